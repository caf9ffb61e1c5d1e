// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IOffers
/// @notice Lists what is for sale (whitepaper 2.5.4). An offer is content-addressed: its id is a hash of everything it
/// promises. A seller changes a product by listing another offer under the same product number and retiring the old
/// one; licences bought keep the offer that they were bought under.
interface IOffers {
    /// @notice When a seller's money becomes its own.
    /// @dev AtOnce: with the purchase; nothing flows back. BySecond: as the licence runs; what has not run yet flows
    /// back when it ends early. AfterEvents: all of it, once `events` events came within `deliveryPeriod` seconds;
    /// otherwise all flows back. ByEvent: the price of `deliveryPeriod` seconds for every `events` events, never more
    /// than the seconds that passed; the rest flows back.
    enum Settlement {
        AtOnce,
        BySecond,
        AfterEvents,
        ByEvent
    }

    /// @notice All that an offer promises. Immutable: a changed offer is another offer with another id.
    struct Offer {
        /// Lists, describes and retires the offer; holds Grant on every stream when listing.
        address seller;
        /// Chosen by the seller; offers with the same seller and number are versions of one product.
        uint96 productNumber;
        /// Receives what the seller earns.
        address beneficiary;
        /// DATAcoin wei per second; 0 is a free product, which is settled at once.
        uint96 pricePerSecond;
        /// Seconds that a purchase must at least add.
        uint40 minimumPeriod;
        /// Seconds from the purchase within which a licence must end; at least minimumPeriod + boundary, at most five
        /// years.
        uint40 maximumPeriod;
        /// Seconds; licences end at Unix times that are multiples of it. 60 to 31,536,000.
        uint40 boundary;
        /// Hundredths of a per cent of every payment, rounded up, that go to the treasury; the fee of the contract.
        uint16 feeBasisPoints;
        /// How the payment is settled.
        Settlement settlement;
        /// AfterEvents, ByEvent: counts the events (IDeliveryOracle). Otherwise zero.
        address oracle;
        /// AfterEvents, ByEvent: number of events promised in every deliveryPeriod. Otherwise 0.
        uint64 events;
        /// AfterEvents, ByEvent: seconds in which so many events are promised; AfterEvents: a multiple of the boundary.
        /// Otherwise 0.
        uint40 deliveryPeriod;
        /// EAS schema of the attestation that a licensee must have; zero demands none.
        bytes32 attestationSchema;
        /// SHA-256 of the terms of use: the digest inside their CIDv1 (codec raw).
        bytes32 termsHash;
        /// Whose attestations count, 1 to 8, strictly ascending; empty where none is demanded.
        address[] attesters;
        /// The streams that the licence opens, 1 to 64, strictly ascending.
        address[] streams;
    }

    /// @notice Emitted when an offer is listed; carries all of it.
    /// @param productId The seller's address followed by the product number.
    /// @param position Where the offer stands among the offers of its first stream; purchases ask for it.
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

    /// @notice The caller is not the seller that the offer names (who, when retiring, still holds Grant).
    error NotSeller(address account, address seller);
    /// @notice The seller may not sell this stream: it lacks the Grant permission.
    error StreamNotGrantable(address stream, address seller);
    /// @notice Streams must be 1 to 64 in number.
    error StreamCountInvalid(uint256 count);
    /// @notice Streams must be strictly ascending: no doubles, one order.
    error StreamsNotAscending(address previous, address next);
    /// @notice An offer that demands an attestation names 1 to 8 attesters, another names none.
    error AttesterCountInvalid(uint256 count);
    /// @notice Attesters must be strictly ascending: no doubles, one order.
    error AttestersNotAscending(address previous, address next);
    /// @notice This chain has no attestation service, so no offer can demand an attestation.
    error AttestationServiceMissing();
    /// @notice The beneficiary is the zero address.
    error BeneficiaryZero();
    /// @notice The beneficiary is a contract of the market or the token, from which no coin could ever leave.
    error BeneficiaryInvalid(address beneficiary);
    /// @notice The boundary lies outside 60 seconds to 365 days.
    error BoundaryInvalid(uint256 boundary);
    /// @notice The maximum period is less than minimum and boundary together, or more than five years.
    error PeriodsInvalid(uint256 minimumPeriod, uint256 maximumPeriod);
    /// @notice The offer must carry the fee of this contract.
    error FeeInvalid(uint256 feeBasisPoints, uint256 required);
    /// @notice Oracle, events and delivery period belong to settlement by events, and to it alone; after events, the
    /// delivery period is a multiple of the boundary.
    error DeliveryTermsInvalid(address oracle, uint256 events, uint256 deliveryPeriod);
    /// @notice A free product is settled at once: there is nothing to hold.
    error PriceZero();
    /// @notice The offer was listed before.
    error OfferAlreadyListed(bytes32 offerId);
    /// @notice The offer is not on sale at this position: never listed, retired, or another position.
    error OfferNotListed(bytes32 offerId, uint256 position);

    /// @notice The fee, in hundredths of a per cent, that every offer listed here carries.
    function feeBasisPoints() external view returns (uint16);

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
    /// one of the streams. Licences bought keep running; where money is held, licensees may leave and get the rest back.
    function retire(Offer calldata offer, uint256 position) external;

    /// @notice The offer at a position among a stream's offers, and whether it is on sale; 0 ends the list.
    function offerAt(address stream, uint256 position) external view returns (bytes32 offerId, bool listed);
}
