// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Configuration} from "./Configuration.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {IStream} from "./interfaces/IStream.sol";
import {ListedOffer} from "./libraries/ListedOffer.sol";
import {OfferHash} from "./libraries/OfferHash.sol";

/// @title Offers
/// @notice Lists and retires offers.
///
/// Listing writes one slot for each stream, at the first free position of that stream's list: the offer's id with the
/// state in its last byte. Finding that position costs by the offers that were ever listed for the stream; only holders
/// of Grant can make a list grow. Every promise is checked here and only here: whatever is listed can be bought, and
/// a purchase or a settlement trusts each word of an offer whose id it has found.
abstract contract Offers is Configuration {
    /// @dev Longest maximum and delivery period in seconds: five years of 365 days. Bounds what a mistyped end can
    /// cost, for how long a seller binds itself, and for how long a payment can be locked.
    uint256 private constant LONGEST_PERIOD = 5 * 365 days;
    /// @dev Shortest boundary in seconds.
    uint256 private constant SHORTEST_BOUNDARY = 60;
    /// @dev Longest boundary in seconds.
    uint256 private constant LONGEST_BOUNDARY = 365 days;
    /// @dev Most streams in an offer.
    uint256 private constant STREAMS_LIMIT = 64;
    /// @dev Most attesters in an offer.
    uint256 private constant ATTESTERS_LIMIT = 8;

    /// @dev The last byte of an offer's slot. Zero is an empty slot, which ends the list.
    uint256 private constant LISTED = 1;
    uint256 private constant RETIRED = 2;
    uint256 private constant STATE_MASK = 0xff;

    mapping(address stream => mapping(uint256 position => bytes32 offerIdAndState)) private _offers;

    /// @inheritdoc IOffers
    function list(Offer calldata offer, bytes32 documentHash)
        external
        override
        returns (bytes32 offerId, uint256 position)
    {
        // Check
        if (msg.sender != offer.seller) revert NotSeller(msg.sender, offer.seller);
        _checkBeneficiary(offer.beneficiary);
        _checkPeriods(offer);
        _checkSettlement(offer);
        _checkAttesters(offer);
        _checkStreams(offer);
        offerId = OfferHash.offerIdOf(offer);

        // Effect
        uint256 count = offer.streams.length;
        for (uint256 i; i < count; ++i) {
            address stream = offer.streams[i];
            uint256 free = _freePosition(stream, offerId);
            _offers[stream][free] = _slot(offerId, LISTED);
            if (i == 0) position = free;
        }
        emit OfferListed(offerId, OfferHash.productIdOf(offer), msg.sender, offer, position, documentHash);
    }

    /// @inheritdoc IOffers
    function describe(Offer calldata offer, uint256 position, bytes32 documentHash) external override {
        if (msg.sender != offer.seller) revert NotSeller(msg.sender, offer.seller);
        bytes32 offerId = _checkListed(offer, position);

        emit OfferDescribed(offerId, OfferHash.productIdOf(offer), documentHash);
    }

    /// @inheritdoc IOffers
    function retire(Offer calldata offer, uint256 position) external override {
        // Check
        bytes32 offerId = _checkListed(offer, position);
        if (msg.sender != offer.seller && !_hasLostGrant(offer)) revert NotSeller(msg.sender, offer.seller);

        // Effect
        uint256 count = offer.streams.length;
        for (uint256 i; i < count; ++i) {
            address stream = offer.streams[i];
            uint256 place = i == 0 ? position : _listedPosition(stream, offerId);
            _offers[stream][place] = _slot(offerId, RETIRED);
        }
        emit OfferRetired(offerId, OfferHash.productIdOf(offer));
    }

    /// @inheritdoc IOffers
    function offerAt(address stream, uint256 position) external view override returns (bytes32 offerId, bool listed) {
        uint256 slot = uint256(_offers[stream][position]);
        return (bytes32(slot & ~STATE_MASK), slot & STATE_MASK == LISTED);
    }

    /// @inheritdoc IOffers
    function offerIdOf(Offer calldata offer) external pure override returns (bytes32) {
        return OfferHash.offerIdOf(offer);
    }

    /// @dev Reverts unless the offer is on sale at this position of its first stream; returns its id. What passes has
    /// at least one stream and no word with bits above its type, since nothing else was ever listed.
    function _checkListed(Offer calldata offer, uint256 position) internal view returns (bytes32 offerId) {
        offerId = OfferHash.offerIdOf(offer);
        address first = ListedOffer.firstStreamOf(offer);
        if (_offers[first][position] != _slot(offerId, LISTED)) revert OfferNotListed(offerId, position);
    }

    /// @dev The id of the offer at a position of the stream's list, whatever its state; zero behind the last.
    function _offerIdAt(address stream, uint256 position) internal view returns (bytes32) {
        return _offerIdIn(_offers[stream][position]);
    }

    /// @dev Asks any address whether it is a stream that gives the permission; never reverts with the callee.
    function _askPermission(address stream, address account, IStream.Permission permission)
        internal
        view
        returns (bool answered, bool holds)
    {
        (bool success, bytes memory answer) =
            stream.staticcall(abi.encodeCall(IStream.hasPermission, (account, permission)));
        answered = success && answer.length == 32;
        holds = answered && uint256(bytes32(answer)) == 1;
    }

    /// @dev Reverts for addresses that coins sent to could never leave again.
    function _checkBeneficiary(address beneficiary) private view {
        if (beneficiary == address(0)) revert BeneficiaryZero();
        if (beneficiary == address(this) || beneficiary == token || beneficiary == escrow || beneficiary == karma) {
            revert BeneficiaryInvalid(beneficiary);
        }
    }

    /// @dev Between now and the latest end lies an end on the boundary that adds the minimum, whenever one buys.
    function _checkPeriods(Offer calldata offer) private pure {
        uint256 boundary = offer.boundary;
        uint256 minimum = offer.minimumPeriod;
        uint256 maximum = offer.maximumPeriod;
        if (boundary < SHORTEST_BOUNDARY || boundary > LONGEST_BOUNDARY) revert BoundaryInvalid(boundary);
        if (maximum < minimum + boundary || maximum > LONGEST_PERIOD) revert PeriodsInvalid(minimum, maximum);
    }

    /// @dev Reverts unless the offer carries the fee of this contract and terms of delivery exactly where they count.
    function _checkSettlement(Offer calldata offer) private view {
        if (offer.feeBasisPoints != feeBasisPoints) revert FeeInvalid(offer.feeBasisPoints, feeBasisPoints);
        Settlement settlement = offer.settlement;
        if (settlement != Settlement.AtOnce && offer.pricePerSecond == 0) revert PriceZero();

        address oracle = offer.oracle;
        uint256 events = offer.events;
        uint256 period = offer.deliveryPeriod;
        bool valid;
        if (settlement == Settlement.AfterEvents || settlement == Settlement.ByEvent) {
            valid = oracle != address(0) && events != 0 && period != 0 && period <= LONGEST_PERIOD
                && (settlement == Settlement.ByEvent || period % offer.boundary == 0);
        } else {
            valid = oracle == address(0) && events == 0 && period == 0;
        }
        if (!valid) revert DeliveryTermsInvalid(oracle, events, period);
    }

    /// @dev Reverts unless attesters are named, ascending, exactly where an attestation is demanded.
    function _checkAttesters(Offer calldata offer) private view {
        address[] calldata attesters = offer.attesters;
        uint256 count = attesters.length;
        if (offer.attestationSchema == bytes32(0)) {
            if (count != 0) revert AttesterCountInvalid(count);
            return;
        }
        if (attestationService == address(0)) revert AttestationServiceMissing();
        if (count == 0 || count > ATTESTERS_LIMIT) revert AttesterCountInvalid(count);
        for (uint256 i = 1; i < count; ++i) {
            if (attesters[i] <= attesters[i - 1]) revert AttestersNotAscending(attesters[i - 1], attesters[i]);
        }
    }

    /// @dev Reverts unless the streams are 1 to 64, strictly ascending, and the seller holds Grant on each.
    function _checkStreams(Offer calldata offer) private view {
        uint256 count = offer.streams.length;
        if (count == 0 || count > STREAMS_LIMIT) revert StreamCountInvalid(count);
        address previous;
        for (uint256 i; i < count; ++i) {
            address stream = offer.streams[i];
            if (i != 0 && stream <= previous) revert StreamsNotAscending(previous, stream);
            previous = stream;
            (, bool holds) = _askPermission(stream, offer.seller, IStream.Permission.Grant);
            if (!holds) revert StreamNotGrantable(stream, offer.seller);
        }
    }

    /// @dev The first free position of the stream; reverts when the offer stands in one before it.
    function _freePosition(address stream, bytes32 offerId) private view returns (uint256 position) {
        for (;; ++position) {
            bytes32 slot = _offers[stream][position];
            if (slot == bytes32(0)) return position;
            if (_offerIdIn(slot) == offerId) revert OfferAlreadyListed(offerId);
        }
    }

    /// @dev The position of an offer that is known to be in the stream's list.
    function _listedPosition(address stream, bytes32 offerId) private view returns (uint256 position) {
        while (_offerIdAt(stream, position) != offerId) ++position;
    }

    /// @dev Whether one of the streams says that the seller no longer holds Grant. A stream that does not answer says
    /// nothing, so that starving the call of gas retires no offer.
    function _hasLostGrant(Offer calldata offer) private view returns (bool) {
        uint256 count = offer.streams.length;
        for (uint256 i; i < count; ++i) {
            (bool answered, bool holds) = _askPermission(offer.streams[i], offer.seller, IStream.Permission.Grant);
            if (answered && !holds) return true;
        }
        return false;
    }

    function _slot(bytes32 offerId, uint256 state) private pure returns (bytes32) {
        return bytes32(uint256(offerId) | state);
    }

    function _offerIdIn(bytes32 slot) private pure returns (bytes32) {
        return bytes32(uint256(slot) & ~STATE_MASK);
    }
}
