// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract ListTest is Base {
    function test_WhenTheCallerIsNotTheSeller(address caller) external {
        vm.assume(caller != seller);
        vm.expectRevert(abi.encodeWithSelector(IOffers.NotSeller.selector, caller, seller));
        vm.prank(caller);
        market.list(offer, DOCUMENT);
    }

    function test_WhenTheBeneficiaryIsZero() external {
        offer.beneficiary = address(0);
        expectRefusal(abi.encodeWithSelector(IOffers.BeneficiaryZero.selector));
    }

    function test_WhenTheBeneficiaryIsAContractOfTheMarket() external {
        address[4] memory refused = [address(market), address(token), address(escrow), address(karma)];
        for (uint256 i; i < 4; ++i) {
            offer.beneficiary = refused[i];
            expectRefusal(abi.encodeWithSelector(IOffers.BeneficiaryInvalid.selector, refused[i]));
        }
    }

    function test_WhenTheMaximumPeriodIsTooShort(uint40 minimum, uint40 maximum, uint40 boundary) external {
        offer.boundary = uint40(within(boundary, 60, 365 days));
        offer.minimumPeriod = minimum;
        uint256 least = uint256(minimum) + offer.boundary;
        offer.maximumPeriod = uint40(within(maximum, 0, least > type(uint40).max ? type(uint40).max : least - 1));
        expectRefusal(abi.encodeWithSelector(IOffers.PeriodsInvalid.selector, minimum, offer.maximumPeriod));
    }

    function test_WhenTheMaximumPeriodIsTooLong(uint40 maximum) external {
        offer.maximumPeriod = uint40(within(maximum, 5 * 365 days + 1, type(uint40).max));
        expectRefusal(abi.encodeWithSelector(IOffers.PeriodsInvalid.selector, 1 hours, offer.maximumPeriod));
    }

    function test_ThePeriodsLimitsAreInside() external {
        offer.maximumPeriod = 2 hours;
        list(offer);
        (offer.boundary, offer.minimumPeriod, offer.maximumPeriod) = (365 days, 4 * 365 days, 5 * 365 days);
        list(offer);
    }

    function test_WhenTheFeeIsAnother(uint16 fee) external {
        vm.assume(fee != feeBasisPoints());
        offer.feeBasisPoints = fee;
        expectRefusal(abi.encodeWithSelector(IOffers.FeeInvalid.selector, fee, feeBasisPoints()));
    }

    function test_WhenAFreeOfferIsNotSettledAtOnce(uint8 settlement) external {
        offer.pricePerSecond = 0;
        offer.settlement = IOffers.Settlement(within(settlement, 1, 3));
        expectRefusal(abi.encodeWithSelector(IOffers.PriceZero.selector));
    }

    function test_WhenTermsOfDeliveryStandWhereNoneCount(bool bySecond, uint8 which) external {
        offer.settlement = bySecond ? IOffers.Settlement.BySecond : IOffers.Settlement.AtOnce;
        which = which % 3;
        if (which == 0) offer.oracle = stranger;
        if (which == 1) offer.events = 1;
        if (which == 2) offer.deliveryPeriod = 1 hours;
        expectDeliveryTermsInvalid();
    }

    function test_WhenTermsOfDeliveryAreMissing(bool byEvent, uint8 which) external {
        deliver(byEvent ? IOffers.Settlement.ByEvent : IOffers.Settlement.AfterEvents);
        which = which % 3;
        if (which == 0) offer.oracle = address(0);
        if (which == 1) offer.events = 0;
        if (which == 2) offer.deliveryPeriod = 0;
        expectDeliveryTermsInvalid();
    }

    function test_WhenTheDeliveryPeriodIsTooLong(bool byEvent, uint40 period) external {
        deliver(byEvent ? IOffers.Settlement.ByEvent : IOffers.Settlement.AfterEvents);
        offer.deliveryPeriod = uint40(within(period, 5 * 365 days / 1 hours + 1, type(uint40).max / 1 hours) * 1 hours);
        expectDeliveryTermsInvalid();
    }

    function test_WhenTheDeliveryPeriodIsNoMultipleOfTheBoundary(uint40 period) external {
        deliver(IOffers.Settlement.AfterEvents);
        offer.deliveryPeriod = uint40(within(period, 1, 5 * 365 days));
        vm.assume(offer.deliveryPeriod % 1 hours != 0);
        expectDeliveryTermsInvalid();
        // Event by event any period will do.
        offer.settlement = IOffers.Settlement.ByEvent;
        list(offer);
    }

    function test_WhenItIsSettledByEvents() external {
        deliver(IOffers.Settlement.AfterEvents);
        list(offer);
        offer.settlement = IOffers.Settlement.ByEvent;
        offer.deliveryPeriod = 5 * 365 days;
        list(offer);
    }

    function test_WhenAttestersAreNamedWithoutASchema(uint8 count) external {
        count = uint8(within(count, 1, 9));
        offer.attesters = ascending(count);
        expectRefusal(abi.encodeWithSelector(IOffers.AttesterCountInvalid.selector, count));
    }

    function test_WhenTheChainHasNoAttestationService() external {
        offer.attestationSchema = keccak256("schema");
        offer.attesters = ascending(1);
        expectRefusal(abi.encodeWithSelector(IOffers.AttestationServiceMissing.selector));
    }

    function test_WhenTheAttestersAreNoneOrTooMany() external {
        useAttestationService();
        offer.attestationSchema = keccak256("schema");
        expectRefusal(abi.encodeWithSelector(IOffers.AttesterCountInvalid.selector, 0));
        offer.attesters = ascending(9);
        expectRefusal(abi.encodeWithSelector(IOffers.AttesterCountInvalid.selector, 9));
        offer.attesters = ascending(8);
        list(offer);
        offer.attesters = ascending(1);
        list(offer);
    }

    function test_WhenTheAttestersAreNotStrictlyAscending() external {
        useAttestationService();
        offer.attestationSchema = keccak256("schema");
        offer.attesters = ascending(3);
        offer.attesters[1] = offer.attesters[2];
        expectRefusal(
            abi.encodeWithSelector(IOffers.AttestersNotAscending.selector, offer.attesters[1], offer.attesters[2])
        );
        offer.attesters[0] = address(0xffff);
        expectRefusal(abi.encodeWithSelector(IOffers.AttestersNotAscending.selector, 0xffff, offer.attesters[1]));
    }

    function test_WhenTheBoundaryLiesOutside(uint40 boundary) external {
        offer.boundary = boundary % 60;
        expectRefusal(abi.encodeWithSelector(IOffers.BoundaryInvalid.selector, offer.boundary));
        offer.boundary = uint40(within(boundary, 365 days + 1, type(uint40).max));
        expectRefusal(abi.encodeWithSelector(IOffers.BoundaryInvalid.selector, offer.boundary));
    }

    function test_TheBoundarysLimitsAreInside() external {
        offer.boundary = 60;
        list(offer);
        offer.boundary = 365 days;
        list(offer);
    }

    function test_WhenTheStreamsAreNone() external {
        offer.streams = new address[](0);
        expectRefusal(abi.encodeWithSelector(IOffers.StreamCountInvalid.selector, 0));
    }

    function test_WhenTheStreamsAreTooMany() external {
        offer.streams = createStreams(65);
        expectRefusal(abi.encodeWithSelector(IOffers.StreamCountInvalid.selector, 65));
    }

    function test_WhenTheStreamsAreNotStrictlyAscending() external {
        address[] memory streams = createStreams(3);
        (streams[1], streams[2]) = (streams[2], streams[1]);
        offer.streams = streams;
        expectRefusal(abi.encodeWithSelector(IOffers.StreamsNotAscending.selector, streams[1], streams[2]));
        streams[2] = streams[1];
        offer.streams = streams;
        expectRefusal(abi.encodeWithSelector(IOffers.StreamsNotAscending.selector, streams[1], streams[1]));
    }

    function test_WhenTheSellerLacksGrant() external {
        IStream foreign = createStream(stranger, "of somebody else");
        vm.prank(stranger);
        foreign.setPermission(seller, IStream.Permission.Read, NEVER);
        expectNotGrantable(address(foreign));
    }

    function test_WhenTheGrantOfTheSellerHasEnded() external {
        IStream foreign = createStream(stranger, "of somebody else");
        vm.prank(stranger);
        foreign.setPermission(seller, IStream.Permission.Grant, uint40(START));
        expectNotGrantable(address(foreign));
    }

    function test_WhenTheSecondStreamIsNotTheSellers() external {
        address foreign = address(createStream(stranger, "of somebody else"));
        address[] memory streams = new address[](2);
        (streams[0], streams[1]) = foreign < address(stream) ? (foreign, address(stream)) : (address(stream), foreign);
        offer.streams = streams;
        expectRefusal(abi.encodeWithSelector(IOffers.StreamNotGrantable.selector, foreign, seller));
    }

    function test_WhenTheStreamWasDeleted() external {
        vm.prank(seller);
        stream.deleteStream();
        expectNotGrantable(address(stream));
    }

    function test_WhenTheStreamIsNoStream() external {
        expectNotGrantable(makeAccount("an account without code"));
        expectNotGrantable(address(0));
        expectNotGrantable(address(token));
        expectNotGrantable(registry.implementation());
    }

    function test_WhenTheStreamAnswersWithRubbish() external {
        address odd = makeAccount("odd");
        vm.etch(odd, hex"00");
        bytes4 selector = IStream.hasPermission.selector;
        vm.mockCall(odd, abi.encodeWithSelector(selector), abi.encode(2));
        expectNotGrantable(odd);
        vm.mockCall(odd, abi.encodeWithSelector(selector), abi.encode(1, 1));
        expectNotGrantable(odd);
        vm.mockCall(odd, abi.encodeWithSelector(selector), hex"01");
        expectNotGrantable(odd);
    }

    function test_WhenTheOfferWasListedBefore() external {
        (bytes32 offerId,) = list(offer);
        expectRefusal(abi.encodeWithSelector(IOffers.OfferAlreadyListed.selector, offerId));
    }

    function test_WhenTheOfferWasRetired() external {
        (bytes32 offerId, uint256 position) = list(offer);
        vm.prank(seller);
        market.retire(offer, position);
        expectRefusal(abi.encodeWithSelector(IOffers.OfferAlreadyListed.selector, offerId));
    }

    /// @dev The id is a hash of the raw words: were a dirty word listed, the event would show another offer than the id.
    function test_WhenAWordHasBitsAboveItsType(uint8 word, uint256 dirt) external {
        // The words of the offer that are narrower than 256 bits; the last is its stream.
        uint256[13] memory places = [uint256(0), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 18];
        uint256[13] memory widths = [uint256(160), 96, 160, 96, 40, 40, 40, 16, 2, 160, 64, 40, 160];
        word = word % 13;
        dirt = within(dirt, 1, type(uint256).max >> widths[word]);
        bytes memory data = abi.encodeCall(IOffers.list, (offer, DOCUMENT));
        // Selector, offset and document hash stand before the offer.
        uint256 place = 0x20 + 4 + 0x40 + 0x20 * places[word];
        uint256 shifted = dirt << widths[word];
        assembly {
            let at := add(data, place)
            mstore(at, or(mload(at), shifted))
        }
        vm.prank(seller);
        (bool success,) = address(market).call(data);
        vm.assertFalse(success);

        // Nothing but the dirt was wrong.
        assembly {
            let at := add(data, place)
            mstore(at, xor(mload(at), shifted))
        }
        vm.prank(seller);
        (success,) = address(market).call(data);
        vm.assertTrue(success);
    }

    function test_WhenAllIsWell(
        uint96 number,
        uint96 price,
        uint40 minimum,
        uint40 boundary,
        bytes32 terms,
        bytes32 document
    ) external {
        offer.productNumber = number;
        offer.pricePerSecond = price;
        offer.boundary = uint40(within(boundary, 60, 365 days));
        offer.minimumPeriod = uint40(within(minimum, 0, 5 * 365 days - offer.boundary));
        offer.termsHash = terms;
        bytes32 expected = referenceOfferId(offer);

        vm.expectEmit(address(market));
        emit IOffers.OfferListed(expected, productIdOf(offer), seller, offer, 0, document);
        vm.record();
        vm.prank(seller);
        (bytes32 offerId, uint256 position) = market.list(offer, document);
        (, bytes32[] memory writes) = vm.accesses(address(market));

        vm.assertEq(writes.length, 1);
        vm.assertEq(offerId, expected);
        vm.assertEq(position, 0);
        expectAt(address(stream), 0, offerId, true);
        expectAt(address(stream), 1, 0, false);
    }

    function test_ItTakesTheFirstFreePositionOfEachStream() external {
        address[] memory streams = createStreams(3);
        IOffers.Offer memory second = offerFor(streams[1]);
        IOffers.Offer memory all = offerFor(streams);
        (bytes32 secondId,) = list(second);
        (bytes32 allId, uint256 position) = list(all);
        all.productNumber = 8;
        (bytes32 laterId, uint256 laterPosition) = list(all);

        vm.assertEq(position, 0);
        vm.assertEq(laterPosition, 1);
        expectAt(streams[0], 0, allId, true);
        expectAt(streams[0], 1, laterId, true);
        expectAt(streams[1], 0, secondId, true);
        expectAt(streams[1], 1, allId, true);
        expectAt(streams[1], 2, laterId, true);
        expectAt(streams[2], 1, laterId, true);
        expectAt(streams[2], 2, 0, false);
    }

    function test_WhenTheSellerHoldsGrantWithoutBeingTheOwner() external {
        IStream foreign = createStream(stranger, "of somebody else");
        vm.prank(stranger);
        foreign.setPermission(seller, IStream.Permission.Grant, uint40(START + 1));
        list(offerFor(address(foreign)));
    }

    function test_WhenTheOfferHasSixtyFourStreams() external {
        address[] memory streams = createStreams(64);
        (bytes32 offerId,) = list(offerFor(streams));
        expectAt(streams[63], 0, offerId, true);
    }

    function deliver(IOffers.Settlement settlement) private {
        offer.settlement = settlement;
        offer.oracle = stranger;
        offer.events = 1;
        offer.deliveryPeriod = 1 hours;
    }

    /// @dev Listing only looks whether there is a service.
    function useAttestationService() private {
        deployMarket(feeBasisPoints(), makeAccount("attestation service"));
    }

    function ascending(uint256 count) private pure returns (address[] memory accounts) {
        accounts = new address[](count);
        for (uint256 i; i < count; ++i) {
            accounts[i] = address(uint160(i + 1));
        }
    }

    function expectDeliveryTermsInvalid() private {
        expectRefusal(
            abi.encodeWithSelector(
                IOffers.DeliveryTermsInvalid.selector, offer.oracle, offer.events, offer.deliveryPeriod
            )
        );
    }

    function expectRefusal(bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(seller);
        market.list(offer, DOCUMENT);
    }

    function expectNotGrantable(address named) private {
        offer = offerFor(named);
        expectRefusal(abi.encodeWithSelector(IOffers.StreamNotGrantable.selector, named, seller));
    }

    /// @dev What is returned is the place among the offers of the first stream, not of any other.
    function test_WhenTheFirstStreamHasMoreOffersThanOthers() external {
        address[] memory streams = createStreams(2);
        list(offerFor(streams[0]));
        (bytes32 offerId, uint256 position) = list(offerFor(streams));
        vm.assertEq(position, 1);
        expectAt(streams[0], 1, offerId, true);
        expectAt(streams[1], 0, offerId, true);
        buy(offerFor(streams), position, START + 1 hours);
    }

    function expectAt(address named, uint256 position, bytes32 offerId, bool listed) private view {
        (bytes32 found, bool onSale) = market.offerAt(named, position);
        vm.assertEq(found, offerId);
        vm.assertEq(onSale, listed);
    }
}
