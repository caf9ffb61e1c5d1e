// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {MarketBooks} from "./MarketBooks.sol";

/// @notice Does what owners and sellers do: streams, permissions, offers. Actions that the books forbid are tried too,
/// and must fail with the error that the books name.
abstract contract StreamsHandler is MarketBooks {
    uint256 private constant OFFERS_LIMIT = 14;
    uint256 private constant STREAMS_LIMIT = 5;

    constructor() {
        for (uint256 i; i < 3; ++i) {
            createStream(i);
        }
        // A walk starts with one offer of every settlement.
        for (uint256 i; i < 4; ++i) {
            list(i % 3, uint96(i), 1 + i * 1e14, i, i, 1 << (i % 3));
        }
    }

    function createStream(uint256 owner) public {
        if (streams.length == STREAMS_LIMIT) return;
        vm.prank(accounts[owner % ACCOUNTS]);
        streams.push(IStream(_parts.registry.createStream("stream", "", 60, 1)));
        ++calls["createStream"];
    }

    function setPermission(uint256 which, uint256 holder, uint8 permission, uint40 until) external {
        IStream stream = streams[which % streams.length];
        if (stream.deleted()) return;
        // Sometimes everyone; mostly an end that comes within the walk.
        address account = holder % (ACCOUNTS + 1) == ACCOUNTS ? address(0) : accounts[holder % (ACCOUNTS + 1)];
        vm.prank(stream.owner());
        stream.setPermission(account, IStream.Permission(permission % 5), uint40(block.timestamp + until % 10 hours));
        ++calls["setPermission"];
    }

    function deleteStream(uint256 which, uint256 dice) external {
        IStream stream = streams[which % streams.length];
        if (dice % 16 != 0 || stream.deleted()) return;
        vm.prank(stream.owner());
        stream.deleteStream();
        ++calls["deleteStream"];
    }

    /// @dev The upper bits of `members` say which of the terms is spoilt, mostly none.
    function list(uint256 who, uint96 number, uint256 price, uint256 terms, uint256 settlement, uint256 members)
        public
    {
        if (offerCount() == OFFERS_LIMIT) return;
        IOffers.Offer memory offer;
        offer.seller = accounts[who % ACCOUNTS];
        offer.productNumber = number;
        offer.beneficiary = accounts[(who >> 8) % ACCOUNTS];
        offer.pricePerSecond = uint96(1 + price % (price % 3 == 0 ? 100 : 1e15));
        offer.boundary = uint40(30 minutes * (1 + terms % 3));
        offer.minimumPeriod = [uint40(0), 1, 90 minutes, 4 hours][(terms >> 8) % 4];
        offer.maximumPeriod = uint40(10 hours + (terms >> 16) % 30 days);
        offer.feeBasisPoints = _parts.market.feeBasisPoints();
        offer.settlement = IOffers.Settlement(settlement % 4);
        if (offer.settlement == IOffers.Settlement.AtOnce) {
            // A tenth of them is free.
            if (price % 10 == 0) offer.pricePerSecond = 0;
        } else if (offer.settlement != IOffers.Settlement.BySecond) {
            offer.oracle = address(_oracle);
            offer.events = uint64(1 + (terms >> 32) % 150);
            offer.deliveryPeriod = offer.settlement == IOffers.Settlement.AfterEvents
                ? uint40(offer.boundary * (1 + (terms >> 48) % 6))
                : uint40(60 + (terms >> 48) % 3600);
        }
        offer.streams = _grantable(offer.seller, members);
        if (offer.streams.length == 0) return;
        _list(offer, members >> 16);
    }

    function retire(uint256 which, uint256 who, uint256 dice) external {
        if (dice % 4 != 0) return;
        which = which % offerCount();
        IOffers.Offer memory offer = offerAt(which);
        address caller = who % 2 == 0 ? offer.seller : accounts[(who >> 8) % ACCOUNTS];
        bytes4 expected;
        if (retired[offerIds[which]]) expected = IOffers.OfferNotListed.selector;
        else if (caller != offer.seller && !_hasLostGrant(offer)) expected = IOffers.NotSeller.selector;
        bytes memory call = abi.encodeCall(IOffers.retire, (offer, positions[which]));
        if (_try(caller, call, expected, "retire")) retired[offerIds[which]] = true;
    }

    function pass(uint256 seconds_) external {
        // Often exactly to the next full hour, where licences end.
        if (seconds_ % 5 == 0) vm.warp((block.timestamp / 1 hours + 1) * 1 hours);
        else vm.warp(block.timestamp + (seconds_ % 16 == 0 ? 4 days : seconds_ % 3 hours));
        ++calls["pass"];
    }

    /// @dev Calls the market; it must do it or refuse it as the books say. Zero: it must do it.
    function _try(address caller, bytes memory call, bytes4 expected, string memory action)
        internal
        returns (bool done)
    {
        return _tryAt(address(_parts.market), caller, call, expected, action);
    }

    function _tryAt(address callee, address caller, bytes memory call, bytes4 expected, string memory action)
        internal
        returns (bool done)
    {
        bytes memory answer;
        vm.prank(caller);
        (done, answer) = callee.call(call);
        bytes4 error_ = done ? bytes4(0) : bytes4(answer);
        vm.assertEq(
            bytes32(error_), bytes32(expected), string.concat(action, ": done or refused otherwise than booked")
        );
        ++calls[done ? action : string.concat(action, " refused")];
    }

    function _list(IOffers.Offer memory offer, uint256 dice) private {
        bytes32 offerId = _parts.market.offerIdOf(offer);
        address caller = offer.seller;
        bytes4 expected;
        for (uint256 i; i < offerIds.length; ++i) {
            if (offerIds[i] == offerId) expected = IOffers.OfferAlreadyListed.selector;
        }
        dice = dice % 24;
        if (dice == 1) (caller, expected) = (relayer, IOffers.NotSeller.selector);
        if (dice == 2) (offer.feeBasisPoints, expected) = (0, IOffers.FeeInvalid.selector);
        if (dice == 3) (offer.maximumPeriod, expected) = (offer.boundary - 1, IOffers.PeriodsInvalid.selector);
        if (dice == 4) (offer.streams[0], expected) = (relayer, IOffers.StreamNotGrantable.selector);
        if (dice == 4) offer.streams = _first(offer.streams);
        if (dice == 5) (offer.beneficiary, expected) = (address(_parts.market), IOffers.BeneficiaryInvalid.selector);

        uint256 position = listOf(offer.streams[0]).length;
        if (!_try(caller, abi.encodeCall(IOffers.list, (offer, bytes32(dice))), expected, "list")) return;
        (bytes32 placed, bool listed) = _parts.market.offerAt(offer.streams[0], position);
        vm.assertEq(placed, offerId, "an offer stands behind those before it");
        vm.assertTrue(listed, "what was just listed is on sale");
        _bookOffer(offer, offerId, position);
    }

    function _first(address[] memory from) private pure returns (address[] memory one) {
        one = new address[](1);
        one[0] = from[0];
    }

    function _hasLostGrant(IOffers.Offer memory offer) private view returns (bool) {
        for (uint256 i; i < offer.streams.length; ++i) {
            if (!IStream(offer.streams[i]).hasPermission(offer.seller, IStream.Permission.Grant)) return true;
        }
        return false;
    }

    /// @dev Those of the streams picked by the bits of `members` that the seller may sell, ascending.
    function _grantable(address seller, uint256 members) private view returns (address[] memory picked) {
        address[] memory found = new address[](streams.length);
        uint256 count;
        for (uint256 i; i < streams.length; ++i) {
            if (!streams[i].hasPermission(seller, IStream.Permission.Grant)) continue;
            if (members >> i & 1 == 0) continue;
            uint256 place = count++;
            for (; place != 0 && found[place - 1] > address(streams[i]); --place) {
                found[place] = found[place - 1];
            }
            found[place] = address(streams[i]);
        }
        picked = new address[](count);
        for (uint256 i; i < count; ++i) {
            picked[i] = found[i];
        }
    }
}
