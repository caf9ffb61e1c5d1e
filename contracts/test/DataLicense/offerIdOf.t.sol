// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract OfferIdOfTest is Base {
    function test_ItIsTheHashOfTheEncoding(IDataLicense.Offer memory any) external view {
        vm.assertEq(market.offerIdOf(any), referenceOfferId(any));
    }

    function test_ItDiffersWithAnyPart(uint8 part) external {
        address[] memory streams = createStreams(2);
        IDataLicense.Offer memory first = offerFor(streams);
        IDataLicense.Offer memory second = offerFor(streams);
        part = part % 8;
        if (part == 0) second.seller = stranger;
        if (part == 1) second.productNumber += 1;
        if (part == 2) second.beneficiary = stranger;
        if (part == 3) second.pricePerSecond += 1;
        if (part == 4) second.minimumPeriod += 1;
        if (part == 5) second.boundary += 1;
        if (part == 6) second.termsHash = 0;
        if (part == 7) second.streams = createStreams(2);
        vm.assertNotEq(market.offerIdOf(first), market.offerIdOf(second));
    }

    function test_ItDoesNotDependOnTheLayout() external view {
        // The streams lie one word further behind than an encoder would put them.
        bytes memory data = abi.encodePacked(
            IDataLicense.offerIdOf.selector,
            abi.encode(0x20, offer.seller, offer.productNumber, offer.beneficiary, offer.pricePerSecond),
            abi.encode(offer.minimumPeriod, offer.boundary, offer.termsHash, 0x120, 0, 1, offer.streams[0])
        );
        (bool success, bytes memory answer) = address(market).staticcall(data);
        vm.assertTrue(success);
        vm.assertEq(abi.decode(answer, (bytes32)), market.offerIdOf(offer));
    }
}
