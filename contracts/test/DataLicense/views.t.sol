// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Base} from "../Base.t.sol";

contract ViewsTest is Base {
    function test_LicenseOf_WhenTheAccountNeverBought(bytes32 offerId, address account) external view {
        (uint256 from, uint256 until,) = market.licenseOf(offerId, account);
        vm.assertEq(from + until, 0);
    }

    function test_LicenseOf_WhenTheLicenceHasEnded() external {
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 1 hours);
        vm.warp(START + 1000 days);
        (uint256 from, uint256 until,) = market.licenseOf(offerId, buyer);
        vm.assertEq(from, START);
        vm.assertEq(until, START + 1 hours);
    }

    function test_OfferAt_WhenThePositionIsBehindTheLast(address named, uint256 position) external view {
        (bytes32 offerId, bool listed) = market.offerAt(named, position);
        vm.assertEq(offerId, 0);
        vm.assertFalse(listed);
    }

    function test_OfferAt_WhenTheOfferIsOnSaleAndRetired() external {
        (bytes32 offerId,) = list(offer);
        (bytes32 found, bool listed) = market.offerAt(address(stream), 0);
        vm.assertEq(found, offerId);
        vm.assertTrue(listed);
        vm.prank(seller);
        market.retire(offer, 0);
        (found, listed) = market.offerAt(address(stream), 0);
        vm.assertEq(found, offerId);
        vm.assertFalse(listed);
    }
}
