// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract CanReadTest is Base {
    function test_WhenTheStreamGivesRead(address account, uint40 until, uint40 time) external {
        vm.assume(account != seller);
        give(account, IStream.Permission.Read, until);
        vm.warp(time);
        vm.assertEq(market.canRead(address(stream), account), time < until);
    }

    function test_WhenEveryoneMayRead(address account) external {
        give(EVERYONE, IStream.Permission.Read, NEVER);
        vm.assertTrue(market.canRead(address(stream), account));
    }

    function test_OtherPermissionsOpenNothing() external {
        for (uint256 i = 1; i < 5; ++i) {
            give(stranger, IStream.Permission(i), NEVER);
        }
        vm.assertFalse(market.canRead(address(stream), stranger));
    }

    function test_WhenTheAccountHoldsALicence(uint256 which, uint256 hours_, uint256 time) external {
        IOffers.Offer[] memory offers = listMany(6);
        uint256 until = START + within(hours_, 1, 1000) * 1 hours;
        which = which % offers.length;
        buy(offers[which], which, until);
        time = within(time, START, START + 2000 hours);
        vm.warp(time);
        vm.assertEq(market.canRead(address(stream), buyer), time < until);
        vm.assertFalse(market.canRead(address(stream), stranger));
    }

    function test_TheEndItselfIsOutside() external {
        list(offer);
        buy(offer, 0, START + 1 hours);
        vm.warp(START + 1 hours - 1);
        vm.assertTrue(market.canRead(address(stream), buyer));
        vm.warp(START + 1 hours);
        vm.assertFalse(market.canRead(address(stream), buyer));
    }

    function test_ItOpensEveryStreamOfTheOffer() external {
        address[] memory streams = createStreams(5);
        list(offerFor(streams[3]));
        (, uint256 position) = list(offerFor(streams));
        buy(offerFor(streams), position, START + 1 hours);
        for (uint256 i; i < 5; ++i) {
            vm.assertTrue(market.canRead(streams[i], buyer));
        }
        vm.assertFalse(market.canRead(address(stream), buyer));
    }

    function test_WhenTheOfferWasRetiredOrTheStreamDeleted() external {
        IOffers.Offer[] memory offers = listMany(3);
        buy(offers[2], 2, START + 1 hours);
        vm.startPrank(seller);
        for (uint256 i; i < 3; ++i) {
            market.retire(offers[i], i);
        }
        stream.deleteStream();
        vm.stopPrank();
        vm.assertTrue(market.canRead(address(stream), buyer));
    }

    function test_WhenTheAddressIsNoStream(address named, address account) external view {
        vm.assume(named != address(stream));
        vm.assertFalse(market.canRead(named, account));
    }

    function listMany(uint256 count) private returns (IOffers.Offer[] memory offers) {
        offers = new IOffers.Offer[](count);
        for (uint256 i; i < count; ++i) {
            offers[i] = offerFor(address(stream));
            offers[i].productNumber = uint96(i);
            list(offers[i]);
        }
    }
}
