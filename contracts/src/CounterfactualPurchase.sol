// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICounterfactualPurchase} from "./interfaces/ICounterfactualPurchase.sol";
import {ICounterfactualPurchaseFactory} from "./interfaces/ICounterfactualPurchaseFactory.sol";
import {ILicenses} from "./interfaces/ILicenses.sol";
import {IOffers} from "./interfaces/IOffers.sol";

/// @title CounterfactualPurchase
/// @notice What lies at an address that was paid for one purchase: a clone of this (ERC-1167), which
/// CounterfactualPurchaseFactory creates and settles in one transaction. It keeps no state; the coins at its address are
/// all that it has, and they leave it in two ways only, to the licence contract for the purchase that the address
/// commits to, up to the amount of its terms, or to whom its terms name.
///
/// Who is trusted: the factory, to hand in the terms that the address commits to. Nobody else can call it.
///
/// When coins flow back without a purchase: when the licence contract refuses with a reason, or when the end has passed,
/// which needs no answer of the licence contract: whatever else goes wrong, nothing stays longer than until then. A
/// refusal without a reason is a call that ran out of gas. Whoever settles chooses the gas, and could otherwise turn any
/// purchase into a refund; so that reverts, and the next one may try.
contract CounterfactualPurchase is ICounterfactualPurchase {
    using SafeERC20 for IERC20;

    /// @inheritdoc ICounterfactualPurchase
    address public immutable override factory;
    /// @inheritdoc ICounterfactualPurchase
    address public immutable override license;
    /// @inheritdoc ICounterfactualPurchase
    address public immutable override token;

    /// @dev The creator is the factory.
    /// @param license_ Sells the licences.
    /// @param token_ The token that they are paid in.
    constructor(address license_, address token_) {
        factory = msg.sender;
        license = license_;
        token = token_;
    }

    /// @inheritdoc ICounterfactualPurchase
    function settle(ICounterfactualPurchaseFactory.Terms calldata terms, IOffers.Offer calldata offer)
        external
        override
        returns (uint256 paid, uint256 refunded, bytes memory refusal)
    {
        // Check
        if (msg.sender != factory) revert NotFactory(msg.sender);
        IERC20 coin = IERC20(token);
        uint256 held = coin.balanceOf(address(this));
        uint256 until = terms.purchase.until;
        bool over = block.timestamp >= until;
        // Whatever came too late or was too little flows back once the end has passed.
        uint256 required = over ? 1 : terms.amount;
        if (held < required) revert ICounterfactualPurchaseFactory.PaymentMissing(held, required);

        // Interaction
        refusal = over
            ? abi.encodeWithSelector(ICounterfactualPurchaseFactory.PurchaseOver.selector, until)
            : _buy(coin, terms, offer);
        refunded = coin.balanceOf(address(this));
        paid = held - refunded;
        if (refunded != 0) coin.safeTransfer(terms.refundTo, refunded);
    }

    /// @dev Buys, at no more than the amount of the terms, whatever lies here; returns why not, if not.
    function _buy(IERC20 coin, ICounterfactualPurchaseFactory.Terms calldata terms, IOffers.Offer calldata offer)
        private
        returns (bytes memory refusal)
    {
        coin.forceApprove(license, terms.amount);
        try ILicenses(license).buyFor(terms.licensee, offer, terms.purchase) {
            // Of no use to anybody, yet taking it back is cheaper than leaving it.
            if (coin.allowance(address(this), license) != 0) coin.forceApprove(license, 0);
        } catch (bytes memory reason) {
            if (reason.length == 0) revert GasTooLow();
            coin.forceApprove(license, 0);
            refusal = reason;
        }
    }
}
