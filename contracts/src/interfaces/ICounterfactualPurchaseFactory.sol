// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "./ILicenses.sol";
import {IOffers} from "./IOffers.sol";

/// @title ICounterfactualPurchaseFactory
/// @notice Sells licences to payers that can do nothing but send coins to an address: every purchase has an address of
/// its own, known before anything lies there, and whatever is paid to it can only become that purchase or flow back.
interface ICounterfactualPurchaseFactory {
    /// @notice All that an address commits to. Two purchases that differ in anything have different addresses.
    struct Terms {
        /// The offer that is bought.
        bytes32 offerId;
        /// Who may read.
        address licensee;
        /// Where the offer stands, when the licence ends, the key and the attestation, as buyFor takes them.
        ILicenses.Purchase purchase;
        /// DATAcoin wei that are to be paid to the address: the most that the licence may cost.
        uint256 amount;
        /// Receives what is too much, or everything; not zero.
        address refundTo;
    }

    /// @notice An ERC-3009 authorisation to pay the address (transferWithAuthorization), with a nonce of any kind.
    struct Authorization {
        address from;
        /// DATAcoin wei.
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
        bytes signature;
    }

    /// @notice Emitted when an address was settled by buying; DataLicense says the same in LicensePurchased, with the
    /// address as payer.
    /// @param account The address that was paid.
    /// @param paid DATAcoin wei that the licence cost, fee included.
    /// @param refunded DATAcoin wei that flowed back.
    event PurchaseSettled(
        address indexed account, bytes32 indexed offerId, address indexed licensee, uint256 paid, uint256 refunded
    );

    /// @notice Emitted when an address was settled by sending everything back.
    /// @param account The address that was paid.
    /// @param refusal The error that says why it could not be bought: PurchaseOver, or one of the licence contract.
    event PurchaseRefunded(
        address indexed account, bytes32 indexed offerId, address indexed licensee, uint256 refunded, bytes refusal
    );

    /// @notice The offer handed in is not the one that the terms name.
    error OfferNotInTerms(bytes32 offerId, bytes32 expected);
    /// @notice The terms name nobody to whom coins can flow back.
    error RefundReceiverZero();
    /// @notice Less lies at the address than is to be paid, or nothing at all.
    error PaymentMissing(uint256 held, uint256 required);
    /// @notice The end that was to be bought has passed.
    error PurchaseOver(uint256 until);
    /// @notice The licence cannot be bought, so the payment was not taken; or there is none that could flow back.
    /// @param refusal The error that says why it cannot be bought.
    error PurchaseRefused(bytes refusal);

    /// @notice Settles an address that was paid: buys, and sends the rest to whom the terms name; or sends everything
    /// there, when the licence contract refuses the purchase or its end has passed. Anyone may call it, as often as
    /// coins lie there.
    /// @return bought Whether the licence was bought.
    /// @return paid DATAcoin wei that it cost, fee included.
    /// @return refunded DATAcoin wei that flowed back.
    function settle(Terms calldata terms, IOffers.Offer calldata offer)
        external
        returns (bool bought, uint256 paid, uint256 refunded);

    /// @notice Submits the payer's authorisation and settles, in one. Where somebody submitted it before, it only
    /// settles. Where this call submits it and the licence cannot be bought, it reverts, and nothing was paid.
    /// @param authorization To pay the address of the terms; anyone may carry it and can change nothing.
    function settleWithAuthorization(
        Terms calldata terms,
        IOffers.Offer calldata offer,
        Authorization calldata authorization
    ) external returns (bool bought, uint256 paid, uint256 refunded);

    /// @notice The address to pay for a purchase, whether or not it was settled before.
    function addressOf(Terms calldata terms) external view returns (address);

    /// @notice What every address is a clone of (ERC-1167; ICounterfactualPurchase).
    function implementation() external view returns (address);

    /// @notice Sells the licences (IDataLicense).
    function license() external view returns (address);

    /// @notice The token that licences are paid in.
    function token() external view returns (address);
}
