// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {Settlements} from "./Settlements.t.sol";

contract CancelTest is Settlements {
    function test_WhenNothingCouldFlowBack() external {
        for (uint256 settlement; settlement < 3; settlement += 2) {
            offer = offerOf(settlement);
            (, uint256 position) = list(offer);
            buy(offer, position, START + 10 hours);
            vm.assertEq(market.refundOf(offer, buyer), 0);
            vm.expectRevert(abi.encodeWithSelector(ILicenses.NotRefundable.selector, offer.settlement));
            cancel(offer);
        }
    }

    function test_WhenTheCallerHasNoRunningLicence() external {
        offer = bySecond();
        bytes32 offerId = market.offerIdOf(offer);
        expectNotRunning(offerId);
        list(offer);
        expectNotRunning(offerId);
        buy(offer, 0, START + 1 hours);
        vm.warp(START + 1 hours);
        expectNotRunning(offerId);
        buy(offer, 0, START + 9 hours);
        cancel(offer);
        expectNotRunning(offerId);
        offer.productNumber += 1;
        expectNotRunning(market.offerIdOf(offer));
    }

    function test_BySecond(uint256 time) external {
        offer = bySecond();
        (bytes32 offerId,) = list(offer);
        buyAs(stranger, offer, START + 10 hours);
        uint256 balance = token.balanceOf(buyer);
        buy(offer, 0, START + 10 hours);
        time = within(time, START, START + 10 hours - 1);
        vm.warp(time);
        uint256 refund = (START + 10 hours - time) * PRICE;
        vm.assertEq(market.refundOf(offer, buyer), refund);

        vm.expectEmit(address(market));
        emit ILicenses.LicenseCancelled(offerId, productIdOf(offer), buyer, time, refund);
        cancel(offer);

        expectLicense(offerId, buyer, START, time);
        expectLicense(offerId, stranger, START, START + 10 hours);
        vm.assertFalse(market.canRead(address(stream), buyer));
        vm.assertTrue(market.canRead(address(stream), stranger));
        vm.assertEq(token.balanceOf(buyer), balance - (time - START) * PRICE);
        vm.assertEq(buyerUnits(buyer), (time - START) * PRICE);
        market.settle(offer, buyer);
        vm.assertEq(buyerUnits(buyer), (time - START) * PRICE, "what has run gives karma once");
        vm.assertEq(market.withdrawable(offer, endsOf(START + 10 hours)), 2 * (time - START) * PRICE);
        vm.assertEq(market.refundOf(offer, buyer), 0);
        vm.warp(START + 11 hours);
        uint256 before = received();
        market.withdraw(offer, endsOf(START + 10 hours));
        vm.assertEq(received() - before, (10 hours + time - START) * PRICE);
        vm.assertEq(held(), 0);
    }

    /// @dev Renewals and gifts flow back at the price of the offer, to the licensee.
    function test_BySecond_AfterRenewalAndGift(uint256 time) external {
        offer = bySecond();
        list(offer);
        buy(offer, 0, START + 10 hours);
        time = within(time, START, START + 10 hours - 1);
        vm.warp(time);
        vm.prank(treasury);
        token.transfer(stranger, 100e18);
        vm.startPrank(stranger);
        token.approve(address(market), type(uint256).max);
        market.buyFor(buyer, offer, purchaseOf(0, START + 20 hours));
        vm.stopPrank();
        uint256 balance = token.balanceOf(buyer);
        cancel(offer);
        vm.assertEq(token.balanceOf(buyer) - balance, (START + 20 hours - time) * PRICE);
        vm.assertEq(held(), (time - START) * PRICE);
    }

    function test_BySecond_BoughtAgainInTheSameSecond() external {
        offer = bySecond();
        (bytes32 offerId,) = list(offer);
        uint256 balance = token.balanceOf(buyer);
        for (uint256 i; i < 3; ++i) {
            buy(offer, 0, START + 10 hours);
            cancel(offer);
        }
        vm.assertEq(token.balanceOf(buyer), balance);
        vm.assertEq(held(), 0);
        buy(offer, 0, START + 2 hours);
        expectLicense(offerId, buyer, START, START + 2 hours);
        vm.warp(START + 2 hours);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 2 hours, START + 10 hours)), 2 hours * PRICE);
    }

    /// @dev In the second in which other licences end, and as often as somebody likes: what those have earned stays due.
    function test_BySecond_BoughtAgainWhenOthersEnd(uint8 times) external {
        offer = bySecond();
        list(offer);
        buyAs(stranger, offer, START + 2 hours);
        buy(offer, 0, START + 9 hours);
        vm.warp(START + 2 hours);
        for (uint256 i; i < 1 + times % 4; ++i) {
            cancel(offer);
            buy(offer, 0, START + 9 hours);
        }
        vm.assertEq(market.withdrawable(offer, endsOf(START + 2 hours)), 2 hours * PRICE);
        uint256 before = received();
        market.withdraw(offer, endsOf(START + 2 hours));
        vm.assertEq(received() - before, 2 hours * PRICE);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 9 hours)), 2 hours * PRICE);
    }

    function test_ByEvent(uint256 start, uint256 time) external {
        offer = byEvent();
        (bytes32 offerId,) = list(offer);
        start = within(start, START, START + 1 hours);
        vm.warp(start);
        uint256 since = start == START ? START : START + 1 hours;
        uint256 balance = token.balanceOf(buyer);
        buy(offer, 0, START + 10 hours);
        vm.assertEq(token.balanceOf(address(escrow)), (START + 10 hours - since) * PRICE);
        time = within(time, start, START + 10 hours - 1);
        vm.warp(time);
        uint256 until = (time + 1 hours - 1) / 1 hours * 1 hours;
        // The first charged hour is the minimum.
        if (until < since + 1 hours) until = since + 1 hours;
        uint256 refund = (START + 10 hours - until) * PRICE;
        vm.assertEq(market.refundOf(offer, buyer), refund);

        vm.expectEmit(address(market));
        emit ILicenses.LicenseCancelled(offerId, productIdOf(offer), buyer, until, refund);
        cancel(offer);
        expectLicense(offerId, buyer, start, until);
        vm.assertEq(token.balanceOf(buyer), balance - (until - since) * PRICE);
        vm.assertEq(token.balanceOf(address(escrow)), (until - since) * PRICE);
    }

    /// @dev Whoever comes after every boundary and leaves at once pays for every second hour, as it would by buying the
    /// minimum again and again.
    function test_ByEvent_NobodyReadsOnlyFreeTime() external {
        offer = byEvent();
        (bytes32 offerId,) = list(offer);
        uint256 balance = token.balanceOf(buyer);
        vm.warp(START + 1);
        buy(offer, 0, START + 3 hours);
        cancel(offer);
        expectLicense(offerId, buyer, START + 1, START + 2 hours);
        vm.assertEq(balance - token.balanceOf(buyer), 1 hours * PRICE);
        vm.warp(START + 1 hours + 1);
        buy(offer, 0, START + 4 hours);
        cancel(offer);
        // It ran on without a break, so nothing of it was free.
        expectLicense(offerId, buyer, START + 1, START + 2 hours);
        vm.assertEq(balance - token.balanceOf(buyer), 1 hours * PRICE);
    }

    function test_ByEvent_KeepsTheMinimumOfTheOffer(uint40 minimum) external {
        offer = byEvent();
        offer.minimumPeriod = uint40(within(minimum, 0, 100 hours));
        (bytes32 offerId,) = list(offer);
        vm.warp(START + 10);
        buy(offer, 0, START + 200 hours);
        cancel(offer);
        uint256 kept =
            offer.minimumPeriod == 0 ? 1 hours : (uint256(offer.minimumPeriod) + 1 hours - 1) / 1 hours * 1 hours;
        expectLicense(offerId, buyer, START + 10, START + 1 hours + kept);
    }

    function test_ByEvent_AfterRenewals(uint256 time) external {
        offer = byEvent();
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 2 hours);
        buy(offer, 0, START + 5 hours);
        buy(offer, 0, START + 9 hours);
        time = within(time, START + 1 hours, START + 9 hours - 1);
        vm.warp(time);
        uint256 until = (time + 1 hours - 1) / 1 hours * 1 hours;
        uint256 refund = (START + 9 hours - until) * PRICE;
        vm.assertEq(market.refundOf(offer, buyer), refund);
        uint256 balance = token.balanceOf(buyer);
        cancel(offer);
        vm.assertEq(token.balanceOf(buyer) - balance, refund);
        expectLicense(offerId, buyer, START, until);
        // Still running up to the boundary, it goes on from there.
        if (time == until) return;
        buy(offer, 0, START + 12 hours);
        expectLicense(offerId, buyer, START, START + 12 hours);
        vm.assertEq(token.balanceOf(address(escrow)), 12 hours * PRICE);
    }

    function test_ByEvent_InTheLastHour() external {
        offer = byEvent();
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 2 hours);
        vm.warp(START + 1 hours + 1);
        vm.expectEmit(address(market));
        emit ILicenses.LicenseCancelled(offerId, productIdOf(offer), buyer, START + 2 hours, 0);
        cancel(offer);
        expectLicense(offerId, buyer, START, START + 2 hours);
    }

    function test_WhenTheOfferWasRetired() external {
        for (uint256 settlement = 1; settlement < 4; settlement += 2) {
            offer = offerOf(settlement);
            (, uint256 position) = list(offer);
            buy(offer, position, START + 10 hours);
            vm.prank(seller);
            market.retire(offer, position);
            uint256 balance = token.balanceOf(buyer);
            uint256 refund = market.refundOf(offer, buyer);
            vm.assertEq(refund, (settlement == 1 ? 10 hours : 9 hours) * PRICE);
            cancel(offer);
            vm.assertEq(token.balanceOf(buyer) - balance, refund);
        }
    }

    function test_RefundOf_WithoutARunningLicence(uint8 settlement) external {
        offer = offerOf(settlement % 4);
        vm.assertEq(market.refundOf(offer, buyer), 0);
        list(offer);
        buy(offer, 0, START + 4 hours);
        vm.warp(START + 4 hours);
        vm.assertEq(market.refundOf(offer, buyer), 0);
    }

    function expectNotRunning(bytes32 offerId) private {
        vm.expectRevert(abi.encodeWithSelector(ILicenses.LicenseNotRunning.selector, offerId, buyer));
        cancel(offer);
    }
}
