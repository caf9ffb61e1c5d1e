// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract OfferIdOfTest is Base {
    function test_ItIsTheHashOfTheEncoding(
        address[3] memory accounts,
        uint96[2] memory wide,
        uint40[4] memory times,
        uint16 fee,
        uint8 settlement,
        uint64 events,
        bytes32[2] memory hashes,
        address[] memory attesters,
        address[] memory streams
    ) external view {
        IOffers.Offer memory any = IOffers.Offer({
            seller: accounts[0],
            productNumber: wide[0],
            beneficiary: accounts[1],
            pricePerSecond: wide[1],
            minimumPeriod: times[0],
            maximumPeriod: times[1],
            boundary: times[2],
            feeBasisPoints: fee,
            settlement: IOffers.Settlement(settlement % 4),
            oracle: accounts[2],
            events: events,
            deliveryPeriod: times[3],
            attestationSchema: hashes[0],
            termsHash: hashes[1],
            attesters: attesters,
            streams: streams
        });
        vm.assertEq(market.offerIdOf(any), referenceOfferId(any));
    }

    function test_ItDiffersWithAnyPart(uint8 part) external {
        address[] memory streams = createStreams(2);
        IOffers.Offer memory first = offerFor(streams);
        IOffers.Offer memory second = offerFor(streams);
        part = part % 16;
        if (part == 0) second.seller = stranger;
        if (part == 1) second.productNumber += 1;
        if (part == 2) second.beneficiary = stranger;
        if (part == 3) second.pricePerSecond += 1;
        if (part == 4) second.minimumPeriod += 1;
        if (part == 5) second.boundary += 1;
        if (part == 6) second.termsHash = 0;
        if (part == 7) second.streams = createStreams(2);
        if (part == 8) second.maximumPeriod -= 1;
        if (part == 9) second.feeBasisPoints += 1;
        if (part == 10) second.settlement = IOffers.Settlement.BySecond;
        if (part == 11) second.oracle = stranger;
        if (part == 12) second.events += 1;
        if (part == 13) second.deliveryPeriod += 1;
        if (part == 14) second.attestationSchema = bytes32(uint256(1));
        if (part == 15) second.attesters = second.streams;
        vm.assertNotEq(market.offerIdOf(first), market.offerIdOf(second));
    }

    function test_ItDoesNotDependOnTheLayout() external view {
        // The streams lie before the attesters, with a word between them.
        bytes memory data = abi.encodePacked(
            IOffers.offerIdOf.selector,
            abi.encode(0x20, offer.seller, offer.productNumber, offer.beneficiary, offer.pricePerSecond),
            abi.encode(offer.minimumPeriod, offer.maximumPeriod, offer.boundary, offer.feeBasisPoints),
            abi.encode(offer.settlement, offer.oracle, offer.events, offer.deliveryPeriod, offer.attestationSchema),
            abi.encode(offer.termsHash, 0x260, 0x200, 1, offer.streams[0], 0xffff, 0)
        );
        (bool success, bytes memory answer) = address(market).staticcall(data);
        vm.assertTrue(success);
        vm.assertEq(abi.decode(answer, (bytes32)), market.offerIdOf(offer));
    }
}
