// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {Settlements} from "./Settlements.t.sol";

/// @notice Purchases whose payment is held.
contract HeldTest is Settlements {
    function test_BySecond(uint256 time, uint256 periods) external {
        offer = bySecond();
        (bytes32 offerId,) = list(offer);
        time = within(time, START, START + 100 hours);
        vm.warp(time);
        uint256 until = (time / 1 hours + 2 + within(periods, 0, 1000)) * 1 hours;
        uint256 paid = (until - time) * PRICE;
        uint256 before = received();
        vm.record();
        vm.expectEmit(address(market));
        emit ILicenses.LicensePurchased(offerId, productIdOf(offer), buyer, buyer, time, until, paid, PUBLIC_KEY);
        buy(offer, 0, until);
        (, bytes32[] memory writes) = vm.accesses(address(market));
        vm.assertEq(writes.length, 2);
        vm.assertEq(held(), paid);
        vm.assertEq(received(), before);
        vm.assertEq(sellerUnits() + buyerUnits(buyer), 0);
        expectLicense(offerId, buyer, time, until);
    }

    /// @dev In the second in which it ends, a licence is still renewed, and its old cohort is full.
    function test_BySecond_RenewedInTheSecondOfItsEnd() external {
        offer = bySecond();
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 2 hours);
        vm.warp(START + 2 hours);
        buy(offer, 0, START + 4 hours);
        expectLicense(offerId, buyer, START, START + 4 hours);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 2 hours, START + 4 hours)), 2 hours * PRICE);
        vm.warp(START + 9 hours);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 2 hours, START + 4 hours)), 4 hours * PRICE);
        vm.assertEq(held(), 4 hours * PRICE);
    }

    function test_ByEvents(bool locked, uint256 time, uint256 periods) external {
        offer = locked ? afterEvents() : byEvent();
        (bytes32 offerId,) = list(offer);
        time = within(time, START, START + 100 hours);
        vm.warp(time);
        uint256 since = (time + 1 hours - 1) / 1 hours * 1 hours;
        uint256 until = since + within(periods, 1, 1000) * 1 hours;
        uint256 paid = (until - since) * PRICE;
        uint256 before = received();
        vm.expectEmit(address(market));
        emit ILicenses.LicensePurchased(offerId, productIdOf(offer), buyer, buyer, time, until, paid, PUBLIC_KEY);
        buy(offer, 0, until);
        expectLicense(offerId, buyer, time, until);
        vm.assertTrue(market.canRead(address(stream), buyer));
        vm.assertEq(held(), 0);
        vm.assertEq(received(), before);
        vm.assertEq(token.balanceOf(address(escrow)), paid);
        (uint256 end,) = escrow.depositOf(offerId, buyer, since);
        vm.assertEq(end, until);
        (uint256 licenses,,) = escrow.cohortOf(offerId, since, until);
        vm.assertEq(licenses, 1);
    }

    function test_ByEvents_WhenTheChargedTimeIsTooShort() external {
        offer = byEvent();
        list(offer);
        vm.warp(START + 1);
        // An hour lies ahead, but none that is charged.
        vm.expectRevert(abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 0, 1 hours));
        buy(offer, 0, START + 1 hours);
    }

    function test_ByEvents_TheMinimumCanAlwaysBeBought(uint256 time, uint256 settlement) external {
        offer = offerOf(within(settlement, 0, 3));
        offer.minimumPeriod = 5 hours;
        offer.maximumPeriod = 6 hours;
        list(offer);
        time = within(time, START, START + 100 hours);
        vm.warp(time);
        buy(offer, 0, (time + 1 hours - 1) / 1 hours * 1 hours + 5 hours);
    }

    function test_ByEvents_WhenTheLicenceRuns(uint256 time) external {
        offer = byEvent();
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 2 hours);
        vm.warp(within(time, START, START + 2 hours));
        buy(offer, 0, START + 5 hours);
        expectLicense(offerId, buyer, START, START + 5 hours);
        (uint256 end, uint256 previous) = escrow.depositOf(offerId, buyer, START + 2 hours);
        vm.assertEq(end, START + 5 hours);
        vm.assertEq(previous, START);
        vm.assertEq(token.balanceOf(address(escrow)), 5 hours * PRICE);
    }

    function test_ByEvents_WhenTheLicenceHasEnded() external {
        offer = byEvent();
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 2 hours);
        vm.warp(START + 2 hours + 1);
        buy(offer, 0, START + 5 hours);
        expectLicense(offerId, buyer, START + 2 hours + 1, START + 5 hours);
        (uint256 end,) = escrow.depositOf(offerId, buyer, START + 3 hours);
        vm.assertEq(end, START + 5 hours);
    }

    /// @dev What is held for a gift is the licensee's, whoever paid.
    function test_ByEvents_WhenSomebodyElsePays() external {
        offer = byEvent();
        (bytes32 offerId,) = list(offer);
        vm.prank(buyer);
        market.buyFor(stranger, offer, purchaseOf(0, START + 2 hours));
        (uint256 end,) = escrow.depositOf(offerId, stranger, START);
        vm.assertEq(end, START + 2 hours, "the licensee has the deposit");
        vm.assertEq(escrow.latestDepositOf(offerId, buyer), 0, "who paid has none");
        revoke(offer, stranger);
        vm.assertEq(token.balanceOf(stranger), 2 hours * PRICE, "it flows back to the licensee");
    }
}
