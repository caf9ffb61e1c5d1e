// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "./IOffers.sol";

/// @title ILicenses
/// @notice Time-limited licences to the streams of an offer: bought, renewed, given, ended early, flagged. Buyers hand
/// the whole offer in, so what was signed is what is bought. A purchase writes nothing per stream; access ends by time
/// alone.
interface ILicenses {
    /// @notice What a buyer asks for.
    struct Purchase {
        /// Where the offer stands among the offers of its first stream (OfferListed.position).
        uint256 position;
        /// Unix seconds at which the licence shall end, a multiple of the boundary.
        uint256 until;
        /// X25519 public key to which grants are sealed.
        bytes32 publicKey;
        /// EAS uid of the licensee's attestation where the offer demands one, otherwise zero.
        bytes32 attestation;
    }

    /// @notice An ERC-2612 permit of the caller for the contract: 65 bytes r, s, v of a key, or what an ERC-1271 account
    /// answers for.
    struct Permit {
        uint256 value;
        uint256 deadline;
        bytes signature;
    }

    /// @notice An ERC-3009 authorisation of the buyer to pay the contract; its nonce is authorizationNonce(...).
    struct Authorization {
        address buyer;
        /// DATAcoin wei, at least the price when the transaction is mined; what is too much flows back at once.
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes signature;
    }

    /// @notice Emitted by every purchase and renewal.
    /// @param licensee Who may read; `payer` paid, and is the licensee unless the licence is a gift.
    /// @param from Unix seconds at which the added range starts: now, or the end of the running licence.
    /// @param until Unix seconds at which the licence now ends.
    /// @param paid DATAcoin wei, fee included: the seconds added times the price. Settled by events, the seconds up to
    /// the first boundary are free.
    /// @param publicKey The X25519 key to which grants are sealed.
    event LicensePurchased(
        bytes32 indexed offerId,
        bytes32 indexed productId,
        address indexed licensee,
        address payer,
        uint256 from,
        uint256 until,
        uint256 paid,
        bytes32 publicKey
    );

    /// @notice Emitted with a purchase of an offer that demands an attestation, just before LicensePurchased.
    event AttestationPresented(bytes32 indexed offerId, address indexed licensee, bytes32 indexed attestation);

    /// @notice Emitted when the licensee replaces the key to which grants are sealed.
    event KeyReplaced(bytes32 indexed offerId, address indexed licensee, bytes32 publicKey);

    /// @notice Emitted when the licensee ends its licence early.
    /// @param until Unix seconds at which it now ends.
    /// @param refund DATAcoin wei that flowed back to the licensee.
    event LicenseCancelled(
        bytes32 indexed offerId, bytes32 indexed productId, address indexed licensee, uint256 until, uint256 refund
    );

    /// @notice Emitted when the seller ends a licence early.
    /// @param until Unix seconds at which it now ends.
    /// @param refund DATAcoin wei that flowed back to the licensee.
    /// @param reasonHash SHA-256 of the reason, a document on IPFS (CIDv1, codec raw).
    event LicenseRevoked(
        bytes32 indexed offerId,
        bytes32 indexed productId,
        address indexed licensee,
        uint256 until,
        uint256 refund,
        bytes32 reasonHash
    );

    /// @notice Emitted when a licensee flags the data as bad.
    /// @param points Karma points, as of the start of the licence, that the seller was to lose.
    /// @param reasonHash SHA-256 of the reason, a document on IPFS (CIDv1, codec raw).
    event LicenseFlagged(
        bytes32 indexed offerId, bytes32 indexed productId, address indexed licensee, uint256 points, bytes32 reasonHash
    );

    /// @notice Emitted when the seller answers a flag.
    /// @param answerHash SHA-256 of the answer, a document on IPFS (CIDv1, codec raw).
    event FlagAnswered(
        bytes32 indexed offerId, bytes32 indexed productId, address indexed licensee, bytes32 answerHash
    );

    /// @notice The end must be a multiple of the offer's boundary.
    error EndNotOnBoundary(uint256 until, uint256 boundary);
    /// @notice The end adds less than the offer's minimum period.
    error PeriodTooShort(uint256 added, uint256 minimum);
    /// @notice The end lies further ahead than the offer's maximum period.
    error PeriodTooLong(uint256 until, uint256 latest);
    /// @notice The public key is zero.
    error PublicKeyZero();
    /// @notice The licensee is the zero address.
    error LicenseeZero();
    /// @notice The authorised amount does not cover the price.
    error AuthorizationTooSmall(uint256 value, uint256 price);
    /// @notice The offer demands an attestation of its schema on the licensee by one of its attesters, valid now.
    error AttestationInvalid(bytes32 attestation, address licensee);
    /// @notice The account has no licence to this offer that is running.
    error LicenseNotRunning(bytes32 offerId, address licensee);
    /// @notice The account never had a licence to this offer.
    error LicenseUnknown(bytes32 offerId, address licensee);
    /// @notice Nothing is held that could flow back: the payment was settled at once, or is locked until its deadline.
    error NotRefundable(IOffers.Settlement settlement);
    /// @notice This licence was used for a flag before.
    error LicenseAlreadyFlagged(bytes32 offerId, address licensee);
    /// @notice There is no flag of this licensee to answer.
    error LicenseNotFlagged(bytes32 offerId, address licensee);

    /// @notice Buys or renews a licence for the caller; needs an allowance for the price.
    function buy(IOffers.Offer calldata offer, Purchase calldata purchase) external;

    /// @notice Buys or renews a licence for somebody else: the caller pays, `licensee` may read.
    function buyFor(address licensee, IOffers.Offer calldata offer, Purchase calldata purchase) external;

    /// @notice The same as `buy` with an ERC-2612 permit, so that one signature and one transaction are enough. A permit
    /// that somebody else already submitted does no harm.
    function buyWithPermit(IOffers.Offer calldata offer, Purchase calldata purchase, Permit calldata permit) external;

    /// @notice Buys or renews a licence for the buyer who signed the authorisation, whoever carries it: the nonce binds
    /// offer, period, buyer, key and attestation, so that the carrier can change nothing.
    function buyWithAuthorization(
        IOffers.Offer calldata offer,
        Purchase calldata purchase,
        Authorization calldata authorization
    ) external;

    /// @notice The ERC-3009 nonce with which `buyer` authorises exactly this purchase.
    function authorizationNonce(bytes32 offerId, address buyer, Purchase calldata purchase)
        external
        pure
        returns (bytes32);

    /// @notice Replaces the key of the caller's running licence.
    function replaceKey(bytes32 offerId, bytes32 publicKey) external;

    /// @notice Ends the caller's running licence now and pays back what it has not used. By event: at the next boundary, but
    /// not before the minimum period after the first boundary of the licence, since the time up to that was free. Only
    /// where the money is held and not locked: settled by the second or by event.
    function cancel(IOffers.Offer calldata offer) external;

    /// @notice Ends a running licence now (by events: at the next boundary). Only the seller. Money still held for the
    /// time after it flows back to the licensee in the same transaction, also a locked payment that is not earned.
    /// @param reasonHash SHA-256 of the reason.
    function revoke(IOffers.Offer calldata offer, address licensee, bytes32 reasonHash) external;

    /// @notice Flags the data as bad; once per licence. Takes from the seller's karma no more than this licence gave.
    /// @param reasonHash SHA-256 of the reason.
    function flag(IOffers.Offer calldata offer, bytes32 reasonHash) external;

    /// @notice Answers a flag. Only the seller.
    /// @param answerHash SHA-256 of the answer.
    function answerFlag(IOffers.Offer calldata offer, address licensee, bytes32 answerHash) external;

    /// @notice Start and end, Unix seconds, of the account's latest uninterrupted licence, and whether it was flagged;
    /// 0, 0, false if never bought.
    function licenseOf(bytes32 offerId, address account)
        external
        view
        returns (uint256 from, uint256 until, bool flagged);

    /// @notice DATAcoin wei that would flow back if the licensee left now; settled by events, more may follow when the
    /// counts are known.
    function refundOf(IOffers.Offer calldata offer, address licensee) external view returns (uint256);

    /// @notice Whether the account may read the stream now: by the stream's own permission or by a running licence.
    /// @dev Walks the stream's offers; meant for eth_call. On chain prefer `licenseOf`.
    function canRead(address stream, address account) external view returns (bool);
}
