// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {EscrowBase} from "./EscrowBase.t.sol";

contract EndTest is EscrowBase {
    function test_WhenTheCallerIsNotTheLicenceContract(address caller) external {
        vm.assume(caller != address(this));
        deposit(byEvent(), alice);
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.NotLicenseContract.selector, caller));
        vm.prank(caller);
        escrow.end(byEvent(), alice, SINCE);
    }

    function test_WhenTheEndLiesInThePast() external {
        deposit(byEvent(), alice);
        vm.warp(SINCE + 1);
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.TimePast.selector, SINCE, SINCE + 1));
        escrow.end(byEvent(), alice, SINCE);
    }

    function test_WhenTheLicenseeHoldsNoDeposit() external {
        deposit(byEvent(), bob);
        checkEnd(byEvent(), SINCE, 0);
        IOffers.Offer memory other = byEvent();
        other.productNumber = 8;
        vm.assertEq(escrow.end(other, bob, SINCE), 0);
    }

    /// @dev A chain of four; the end falls before it, at each of its joints, within and behind it.
    function test_WhenDepositsBeginAtTheEndOrLater(uint256 now_) external {
        IOffers.Offer memory offer = byEvent();
        for (uint256 i; i < 4; ++i) {
            deposit(offer, alice, SINCE + i * 3 hours, SINCE + (i + 1) * 3 hours);
            deposit(offer, bob, SINCE + i * 3 hours, SINCE + (i + 1) * 3 hours);
        }
        now_ = within(now_, START + 600, SINCE + 12 hours);
        vm.warp(now_);
        uint256 until = (now_ + 1 hours - 1) / 1 hours * 1 hours;
        checkEnd(offer, until, SINCE + 12 hours - until);

        for (uint256 i; i < 4; ++i) {
            uint256 since = SINCE + i * 3 hours;
            uint256 natural = since + 3 hours;
            bool whole = since >= until;
            bool cut = !whole && natural > until;
            checkCohort(offer, since, natural, whole || cut ? 1 : 2, 0, false);
            checkDeposit(offer, alice, since, whole ? 0 : cut ? until : natural, whole || i == 0 ? 0 : since - 3 hours);
            checkDeposit(offer, bob, since, natural, i == 0 ? 0 : since - 3 hours);
        }
        // Nothing more, and a new purchase is welcome from there on.
        checkEnd(offer, until, 0);
        deposit(offer, alice, until, until + 5 hours);
        uint256 kept = (until - SINCE + 2 hours) / 3 hours;
        checkDeposit(offer, alice, until, until + 5 hours, kept == 0 ? 0 : SINCE + (kept - 1) * 3 hours);
    }

    function test_ItClosesWhatFlowsBackWhole() external {
        deposit(byEvent(), alice);
        deposit(byEvent(), alice, UNTIL, UNTIL + 1 hours);
        vm.expectEmit(address(escrow));
        emit IDeliveryEscrow.DepositClosed(idOf(byEvent()), productIdOf(byEvent()), alice, UNTIL, 0, 1 hours * PRICE);
        vm.expectEmit(address(escrow));
        emit IDeliveryEscrow.DepositClosed(idOf(byEvent()), productIdOf(byEvent()), alice, SINCE, 0, 4 hours * PRICE);
        checkEnd(byEvent(), SINCE, 5 hours);
        vm.warp(UNTIL + 30 days);
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.DepositUnknown.selector, idOf(byEvent()), alice, SINCE));
        escrow.close(byEvent(), alice, SINCE);
    }

    function test_ByEventWhenADepositContainsTheEnd(uint256 now_, uint256 events) external {
        IOffers.Offer memory offer = byEvent();
        deposit(offer, alice);
        deposit(offer, bob);
        now_ = within(now_, SINCE + 1 hours, UNTIL - 1);
        vm.warp(now_);
        events %= 1000;
        report(SINCE, 0, 0);
        uint256 judged = now_ / 1 hours * 1 hours;
        report(judged, events, 0);
        escrow.release(offer, SINCE, UNTIL, judged);
        (, uint256 released,) = escrow.cohortOf(idOf(offer), SINCE, UNTIL);

        uint256 until = (now_ + 1 hours - 1) / 1 hours * 1 hours;
        checkEnd(offer, until, UNTIL - until);
        checkCohort(offer, SINCE, UNTIL, until < UNTIL ? 1 : 2, released, false);
        checkHeld(UNTIL - SINCE + until - SINCE - 2 * released);
        vm.assertEq(escrow.earnedOf(offer, alice, 0), released * PRICE);
        vm.assertEq(escrow.earnedOf(offer, bob, 0), released * PRICE);
        checkEnd(offer, until, 0);
    }

    /// @dev Cancelled for a later boundary, then revoked: nobody is paid for time that the licence does not run.
    function test_ByEventWhenTheLicenceWasEndedLaterBefore(uint256 now_, uint256 events) external {
        IOffers.Offer memory offer = byEvent();
        deposit(offer, alice);
        deposit(offer, bob);
        checkEnd(offer, SINCE + 3 hours, 1 hours);
        checkDeposit(offer, alice, SINCE, SINCE + 3 hours, 0);
        now_ = within(now_, START + 600, SINCE + 3 hours);
        vm.warp(now_);
        uint256 until = (now_ + 1 hours - 1) / 1 hours * 1 hours;
        checkEnd(offer, until, SINCE + 3 hours - until);
        checkDeposit(offer, alice, SINCE, until == SINCE ? 0 : until, 0);
        checkCohort(offer, SINCE, UNTIL, 1, 0, false);
        checkHeld(4 hours + until - SINCE);
        if (until == SINCE) {
            deposit(offer, alice, SINCE, UNTIL);
            return checkCohort(offer, SINCE, UNTIL, 2, 0, false);
        }
        vm.warp(until);
        report(SINCE, 0, 0);
        report(until, events % 1000, 0);
        escrow.close(offer, alice, SINCE);
        uint256 earned = events % 1000 * 100 / 7;
        if (earned > until - SINCE) earned = until - SINCE;
        checkReceived(alice, 4 hours - earned);
        checkHeld(4 hours);
    }

    function test_AfterEventsWhenTheDepositInProgressIsNotEarned(uint256 now_, bool judged) external {
        IOffers.Offer memory offer = afterEvents();
        deposit(offer, alice);
        deposit(offer, bob);
        deposit(offer, alice, UNTIL, UNTIL + 3 hours);
        now_ = within(now_, SINCE + 2 hours, UNTIL - 1);
        vm.warp(now_);
        if (judged) {
            report(SINCE, 0, 0);
            report(SINCE + 2 hours, 99, 0);
            escrow.release(offer, SINCE, UNTIL, SINCE + 2 hours);
        }
        checkEnd(offer, (now_ + 1 hours - 1) / 1 hours * 1 hours, 7 hours);
        checkCohort(offer, SINCE, UNTIL, 1, 0, judged);
        checkCohort(offer, UNTIL, UNTIL + 3 hours, 0, 0, false);
        checkDeposit(offer, alice, SINCE, 0, 0);
        vm.assertEq(escrow.earnedOf(offer, alice, 0), 0);
    }

    function test_AfterEventsWhenTheDepositInProgressIsEarned(uint256 now_, bool closed) external {
        IOffers.Offer memory offer = afterEvents();
        deposit(offer, alice);
        vm.warp(SINCE + 1 hours);
        report(SINCE, 0, 0);
        report(SINCE + 1 hours, 100, 0);
        escrow.release(offer, SINCE, UNTIL, SINCE + 1 hours);
        if (closed) escrow.close(offer, alice, SINCE);
        deposit(offer, alice, UNTIL, UNTIL + 3 hours);

        now_ = within(now_, SINCE + 1 hours, UNTIL);
        vm.warp(now_);
        checkEnd(offer, (now_ + 1 hours - 1) / 1 hours * 1 hours, 3 hours);
        vm.assertEq(escrow.earnedOf(offer, alice, 0), 4 hours * PRICE);
        checkHeld(0);
        if (!closed) escrow.close(offer, alice, SINCE);
        checkReceived(alice, 3 hours);
    }

    /// @dev A lapsed licence bought anew and revoked at once, at the last moment of the old one and later: the old
    /// deposit waits for its oracle.
    function test_AfterEventsWhenADepositWasServedToItsEnd(uint256 later) external {
        IOffers.Offer memory offer = afterEvents();
        offer.deliveryPeriod = 10 hours;
        deposit(offer, alice);
        later %= 5 hours;
        vm.warp(UNTIL + later);
        uint256 since = (UNTIL + later + 1 hours - 1) / 1 hours * 1 hours;
        deposit(offer, alice, since, since + 3 hours);
        checkEnd(offer, since, 3 hours);
        checkDeposit(offer, alice, SINCE, UNTIL, 0);
        checkCohort(offer, SINCE, UNTIL, 1, 0, false);
        checkHeld(4 hours);
        vm.warp(SINCE + 10 hours);
        report(SINCE, 0, 0);
        report(SINCE + 10 hours, 100, 0);
        escrow.release(offer, SINCE, UNTIL, SINCE + 10 hours);
        escrow.close(offer, alice, SINCE);
        checkEarned(4 hours * PRICE);
    }

    /// @dev Ended so, the same is told beforehand by refundAt.
    function checkEnd(IOffers.Offer memory offer, uint256 until, uint256 seconds_) private {
        uint256 before = token.balanceOf(alice);
        vm.assertEq(escrow.refundAt(offer, alice, until), seconds_ * PRICE, "told");
        vm.assertEq(escrow.end(offer, alice, until), seconds_ * PRICE, "said");
        vm.assertEq(token.balanceOf(alice) - before, seconds_ * PRICE, "paid");
    }
}
