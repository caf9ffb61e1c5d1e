// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {CounterfactualPurchase} from "./CounterfactualPurchase.sol";
import {ICounterfactualPurchase} from "./interfaces/ICounterfactualPurchase.sol";
import {ICounterfactualPurchaseFactory} from "./interfaces/ICounterfactualPurchaseFactory.sol";
import {IERC3009Signature} from "./interfaces/IERC3009Signature.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {OfferHash} from "./libraries/OfferHash.sol";

/// @title CounterfactualPurchaseFactory
/// @notice Sells licences to payers that can do nothing but send coins to an address, such as x402 clients.
///
/// Why: the payment of x402 (scheme exact, version 2) is an ERC-3009 transferWithAuthorization with a random nonce, which
/// says who is paid and how much, and not what for. Anyone who sees it can submit it and take the transfer out of any
/// larger transaction. So what it is for stands in whom it pays: payTo is the address (CREATE2) of a contract that does
/// not exist yet, and the address is a hash of everything the payer agreed to (Terms) and of the code that carries it
/// out. Whoever submits the authorisation, in whatever order, puts the coins where they can only become this purchase or
/// flow back. Payers check the address against the terms (addressOf), and need not trust whoever named it.
///
/// Who is trusted: nobody has power over the contract; it has no owner, no fee and no upgrade. The licence contract is
/// trusted as everywhere: its rules decide what is sold and at what price. Whoever names the terms to a payer is trusted
/// as far as the payer does not read them: licensee, key and refundTo are its own to check.
///
/// Who may settle: anyone, at its own cost, and always with the same effect. Settling twice does nothing more, since
/// nothing lies there then. A call that comes second reverts with PaymentMissing.
///
/// What somebody in between can do. Submit the authorisation alone: the coins lie at the address, and the next call
/// settles. Settle first: the licence is bought. Settle with little gas: reverts, see CounterfactualPurchase. Send coins
/// to the address: they flow to refundTo with the rest, or once the end has passed. Buy the same for the licensee by
/// other means, which costs the same: then the licence contract refuses (PeriodTooShort), and the payment flows back; as
/// does a second payment by a client that tried again. Create the contract at the address: only this factory can, while
/// it settles.
///
/// What can change in between: the price only falls as time passes, and the rest flows back. It rises above the amount
/// only where a licence that was to be renewed ends early meanwhile, by its seller or licensee; then nothing is bought
/// and everything flows back. An offer that was retired, an attestation that was revoked: likewise. An authorisation
/// that expired unused paid nothing.
///
/// settleWithAuthorization takes the payment and buys in one transaction, and reverts when it cannot buy: the payer has
/// paid nothing then. Coins flow back only where somebody had submitted the payment before.
///
/// What is held: nothing, here. Each purchase's coins lie at an address of its own, so no mistake in one can reach those
/// of another. The token is the licence contract's, DATAcoin: no callbacks, no fee on transfer. Accounts with code sign by
/// ERC-1271, which the token asks in a static call; licensees are never called.
///
/// When a party vanishes: without whoever named the terms, the payer (or anyone who knows the terms) settles by itself.
/// Without refundTo, coins flow to an address that nobody uses. Terms that everybody forgot cannot be settled: they are
/// not on the chain before that; payers keep them.
contract CounterfactualPurchaseFactory is ICounterfactualPurchaseFactory {
    /// @inheritdoc ICounterfactualPurchaseFactory
    address public immutable override implementation;
    /// @inheritdoc ICounterfactualPurchaseFactory
    address public immutable override license;
    /// @inheritdoc ICounterfactualPurchaseFactory
    address public immutable override token;

    /// @param license_ Sells the licences (IDataLicense); need not stand yet.
    /// @param token_ Its token. With another nothing could be settled; deploying reads it back.
    constructor(address license_, address token_) {
        license = license_;
        token = token_;
        implementation = address(new CounterfactualPurchase(license_, token_));
    }

    /// @inheritdoc ICounterfactualPurchaseFactory
    function settle(Terms calldata terms, IOffers.Offer calldata offer)
        external
        override
        returns (bool bought, uint256 paid, uint256 refunded)
    {
        (address account, bytes32 salt) = _accountOf(terms);
        return _settle(account, salt, terms, offer, false);
    }

    /// @inheritdoc ICounterfactualPurchaseFactory
    function settleWithAuthorization(
        Terms calldata terms,
        IOffers.Offer calldata offer,
        Authorization calldata authorization
    ) external override returns (bool bought, uint256 paid, uint256 refunded) {
        (address account, bytes32 salt) = _accountOf(terms);
        bool submitted = _trySubmit(account, authorization);
        return _settle(account, salt, terms, offer, submitted);
    }

    /// @inheritdoc ICounterfactualPurchaseFactory
    function addressOf(Terms calldata terms) external view override returns (address account) {
        (account,) = _accountOf(terms);
    }

    /// @dev Creates the contract at the address unless it stands there, and lets it act.
    /// @param submitted Whether this call has submitted the payment.
    function _settle(address account, bytes32 salt, Terms calldata terms, IOffers.Offer calldata offer, bool submitted)
        private
        returns (bool bought, uint256 paid, uint256 refunded)
    {
        // Check
        bytes32 offerId = OfferHash.offerIdOf(offer);
        if (offerId != terms.offerId) revert OfferNotInTerms(offerId, terms.offerId);

        // Interaction
        if (account.code.length == 0) Clones.cloneDeterministic(implementation, salt);
        bytes memory refusal;
        (paid, refunded, refusal) = ICounterfactualPurchase(account).settle(terms, offer);
        bought = refusal.length == 0;
        if (bought) {
            emit PurchaseSettled(account, offerId, terms.licensee, paid, refunded);
        } else {
            // Where nobody had paid before, nobody shall have paid; and a call that changes nothing shall say so.
            if (submitted || refunded == 0) revert PurchaseRefused(refusal);
            emit PurchaseRefunded(account, offerId, terms.licensee, refunded, refusal);
        }
    }

    /// @dev A failure says nothing yet: somebody may have submitted the same authorisation. What lies at the address
    /// decides.
    function _trySubmit(address account, Authorization calldata authorization) private returns (bool) {
        try IERC3009Signature(token)
            .transferWithAuthorization(
                authorization.from,
                account,
                authorization.value,
                authorization.validAfter,
                authorization.validBefore,
                authorization.nonce,
                authorization.signature
            ) {
            return true;
        } catch {
            return false;
        }
    }

    function _accountOf(Terms calldata terms) private view returns (address account, bytes32 salt) {
        if (terms.refundTo == address(0)) revert RefundReceiverZero();
        salt = keccak256(abi.encode(terms));
        account = Clones.predictDeterministicAddress(implementation, salt);
    }
}
