// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IDataLicense
/// @notice Sells time-limited licences to sets of streams (whitepaper 2.5.4). An offer is content-addressed: its id is
/// a hash of everything it promises, and the buyer hands the whole offer to `buy`, so what was signed is what is
/// bought. A purchase writes one slot and nothing per stream; access ends by time alone.
interface IDataLicense {
    /// @notice All that an offer promises. Immutable: a changed offer is another offer with another id.
    struct Offer {
        /// Lists, describes and retires the offer; holds Grant on every stream when listing.
        address seller;
        /// Chosen by the seller; offers with the same seller and number are versions of one product.
        uint96 productNumber;
        /// Receives the payment.
        address beneficiary;
        /// DATAcoin wei per second; 0 is a free product.
        uint96 pricePerSecond;
        /// Seconds that a purchase must at least add.
        uint40 minimumPeriod;
        /// Seconds; licences end at Unix times that are multiples of it. 60 to 31,536,000.
        uint40 boundary;
        /// SHA-256 of the terms of use: the digest inside their CIDv1 (codec raw).
        bytes32 termsHash;
        /// The streams that the licence opens, 1 to 64, strictly ascending.
        address[] streams;
    }

    /// @notice Emitted when an offer is listed; carries all of it.
    /// @param productId The seller's address followed by the product number.
    /// @param position Where the offer stands among the offers of its first stream; `buy` asks for it.
    /// @param documentHash SHA-256 of the product document: the digest inside its CIDv1 (codec raw).
    event OfferListed(
        bytes32 indexed offerId,
        bytes32 indexed productId,
        address indexed seller,
        Offer offer,
        uint256 position,
        bytes32 documentHash
    );

    /// @notice Emitted when the seller replaces the document that describes a listed offer's product.
    event OfferDescribed(bytes32 indexed offerId, bytes32 indexed productId, bytes32 documentHash);

    /// @notice Emitted when an offer can no longer be bought. Running licences keep running.
    event OfferRetired(bytes32 indexed offerId, bytes32 indexed productId);

    /// @notice Emitted by every purchase and renewal.
    /// @param licensee Who may read; `payer` paid, and is the licensee unless the licence is a gift.
    /// @param from Unix seconds at which the added range starts: now, or the end of the running licence.
    /// @param until Unix seconds at which the licence now ends.
    /// @param paid DATAcoin wei: (until - from) times the price.
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

    /// @notice The caller is not the seller that the offer names (who, when retiring, still holds Grant).
    error NotSeller(address account, address seller);
    /// @notice The seller may not sell this stream: it lacks the Grant permission.
    error StreamNotGrantable(address stream, address seller);
    /// @notice Streams must be 1 to 64 in number.
    error StreamCountInvalid(uint256 count);
    /// @notice Streams must be strictly ascending: no doubles, one order.
    error StreamsNotAscending(address previous, address next);
    /// @notice The beneficiary is the zero address.
    error BeneficiaryZero();
    /// @notice The beneficiary is this contract or the token, from which no coin could ever leave.
    error BeneficiaryInvalid(address beneficiary);
    /// @notice The boundary lies outside 60 seconds to 365 days.
    error BoundaryInvalid(uint256 boundary);
    /// @notice The offer was listed before.
    error OfferAlreadyListed(bytes32 offerId);
    /// @notice The offer is not on sale at this position: never listed, retired, or another position.
    error OfferNotListed(bytes32 offerId, uint256 position);
    /// @notice The end must be a multiple of the offer's boundary.
    error EndNotOnBoundary(uint256 until, uint256 boundary);
    /// @notice The end adds less than the offer's minimum period.
    error PeriodTooShort(uint256 added, uint256 minimum);
    /// @notice The end lies more than five years in the future.
    error PeriodTooLong(uint256 until, uint256 latest);
    /// @notice The public key is zero.
    error PublicKeyZero();
    /// @notice The licensee is the zero address.
    error LicenseeZero();

    /// @notice The token that licences are paid in.
    function token() external view returns (address);

    /// @notice The id of an offer: keccak-256 of its ABI encoding, with the last byte zero (the
    /// contract keeps the offer's state there).
    function offerIdOf(Offer calldata offer) external pure returns (bytes32);

    /// @notice Lists an offer for sale. The caller is the seller and holds Grant on every stream.
    /// @param documentHash SHA-256 of the product document.
    /// @return offerId The id of the offer. @return position Its place among the offers of its first stream.
    function list(Offer calldata offer, bytes32 documentHash) external returns (bytes32 offerId, uint256 position);

    /// @notice Replaces the product document of a listed offer. Only the seller.
    function describe(Offer calldata offer, uint256 position, bytes32 documentHash) external;

    /// @notice Ends the sale of an offer for good. Only the seller; or anybody, once the seller no longer holds Grant on
    /// one of the streams. Licences bought keep running.
    function retire(Offer calldata offer, uint256 position) external;

    /// @notice Buys or renews a licence for the caller; needs an allowance for the price.
    /// @param until Unix seconds, a multiple of the boundary; the caller pays for the seconds from now (or from the
    /// end of the running licence) up to it.
    /// @param publicKey The caller's X25519 public key.
    function buy(Offer calldata offer, uint256 position, uint256 until, bytes32 publicKey) external;

    /// @notice The same with an ERC-2612 permit, so that one signature and one transaction are enough. A permit that
    /// somebody else already submitted does no harm.
    function buyWithPermit(
        Offer calldata offer,
        uint256 position,
        uint256 until,
        bytes32 publicKey,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Buys or renews a licence for somebody else: the caller pays, `licensee` may read.
    function buyFor(address licensee, Offer calldata offer, uint256 position, uint256 until, bytes32 publicKey) external;

    /// @notice Start and end, Unix seconds, of the account's latest uninterrupted licence; 0, 0 if never bought.
    function licenseOf(bytes32 offerId, address account) external view returns (uint256 from, uint256 until);

    /// @notice The offer at a position among a stream's offers, and whether it is on sale; 0 ends the list.
    function offerAt(address stream, uint256 position) external view returns (bytes32 offerId, bool listed);

    /// @notice Whether the account may read the stream now: by the stream's own permission or by a running licence.
    /// @dev Walks the stream's offers; meant for eth_call. On chain prefer `licenseOf`.
    function canRead(address stream, address account) external view returns (bool);
}
