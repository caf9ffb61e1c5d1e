// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IKarma} from "../../src/interfaces/IKarma.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {EscrowBase} from "./EscrowBase.t.sol";

contract CloseTest is EscrowBase {
    function test_WhenTheLicenseeHoldsNoSuchDeposit() external {
        deposit(byEvent(), alice);
        vm.warp(UNTIL + REPORTING_TIME);
        expectUnknown(byEvent(), bob, SINCE);
        expectUnknown(byEvent(), alice, UNTIL);
        expectUnknown(afterEvents(), alice, SINCE);
        escrow.close(byEvent(), alice, SINCE);
        expectUnknown(byEvent(), alice, SINCE);
        checkReceived(alice, 4 hours);
    }

    function test_WhenTheCohortIsNeitherFinalNorLate(uint256 now_, bool partly) external {
        deposit(byEvent(), alice);
        vm.warp(SINCE + 1 hours);
        if (partly) {
            report(SINCE, 0, 0);
            report(SINCE + 1 hours, 70, 0);
            escrow.release(byEvent(), SINCE, UNTIL, SINCE + 1 hours);
        }
        vm.warp(within(now_, SINCE + 1 hours, UNTIL + REPORTING_TIME - 1));
        expectOpen(byEvent(), UNTIL + REPORTING_TIME);
        vm.warp(UNTIL + REPORTING_TIME);
        escrow.close(byEvent(), alice, SINCE);
        checkReceived(alice, partly ? 4 hours - 1000 : 4 hours);
        checkEarned(partly ? 1000 * PRICE : 0);
    }

    function test_AfterEventsWhenTheCohortIsNeitherFinalNorLate(uint256 now_) external {
        deposit(afterEvents(), alice);
        vm.warp(within(now_, SINCE, SINCE + 2 hours + REPORTING_TIME - 1));
        expectOpen(afterEvents(), SINCE + 2 hours + REPORTING_TIME);
        vm.warp(SINCE + 2 hours + REPORTING_TIME);
        escrow.close(afterEvents(), alice, SINCE);
        checkReceived(alice, 4 hours);
    }

    function test_WhenTheCohortIsFinal(address caller, uint256 events, uint256 later) external {
        events %= 1200;
        deposit(byEvent(), alice);
        deposit(byEvent(), bob);
        vm.warp(UNTIL);
        report(SINCE, 0, 0);
        report(UNTIL, events, 0);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        uint256 earned = events * 100 / 7 > 4 hours ? 4 hours : events * 100 / 7;
        vm.warp(UNTIL + later % 100 days);
        vm.expectEmit(address(escrow));
        emit IDeliveryEscrow.DepositClosed(
            idOf(byEvent()), productIdOf(byEvent()), alice, SINCE, earned * PRICE, (4 hours - earned) * PRICE
        );
        vm.prank(caller);
        escrow.close(byEvent(), alice, SINCE);
        checkReceived(alice, 4 hours - earned);
        checkCohort(byEvent(), SINCE, UNTIL, 1, earned, true);
        checkDeposit(byEvent(), alice, SINCE, 0, 0);
        vm.assertEq(escrow.earnedOf(byEvent(), alice, 0), earned * PRICE);
        checkHeld(4 hours - earned);

        // Releasing after some were closed adds nothing.
        if (block.timestamp < UNTIL + REPORTING_TIME) escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        escrow.close(byEvent(), bob, SINCE);
        checkCohort(byEvent(), SINCE, UNTIL, 0, 0, false);
        checkReceived(bob, 4 hours - earned);
        checkEarned(2 * earned * PRICE);
        checkHeld(0);
    }

    function test_ItGivesTheLicenseeKarmaAsOfTheStart() external {
        IOffers.Offer memory offer = byEvent();
        offer.pricePerSecond = 1e18;
        deposit(offer, alice);
        vm.warp(UNTIL);
        report(SINCE, 0, 0);
        report(UNTIL, 70, 0);
        escrow.release(offer, SINCE, UNTIL, UNTIL);
        // A half-life later half is left, since the points count from the start: waiting gained nothing.
        vm.warp(SINCE + 180 days);
        escrow.close(offer, alice, SINCE);
        uint256 points = karma.pointsOf(alice, IKarma.Role.Buyer);
        vm.assertTrue(points > 500e18 - 1e6 && points < 500e18 + 1e6);
    }

    function test_WhenTheOracleIsSevenDaysLate(uint256 later, bool spoke) external {
        deposit(byEvent(), alice);
        deposit(byEvent(), bob);
        vm.warp(UNTIL);
        if (spoke) {
            // Said in time, and nobody released it.
            report(SINCE, 0, 0);
            report(UNTIL, 5000, 0);
        }
        vm.warp(UNTIL + REPORTING_TIME + later % 3650 days);
        escrow.close(byEvent(), bob, SINCE);
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.ReportingOver.selector, UNTIL + REPORTING_TIME));
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        escrow.close(byEvent(), alice, SINCE);
        checkReceived(alice, 4 hours);
        checkReceived(bob, 4 hours);
        checkEarned(0);
        vm.assertEq(karma.unitsOf(alice, IKarma.Role.Buyer), 0);
    }

    function test_WhenAnAfterEventsDepositIsEarnedEarlyAndRenewed() external {
        IOffers.Offer memory offer = afterEvents();
        deposit(offer, alice);
        deposit(offer, alice, UNTIL, UNTIL + 4 hours);
        vm.warp(SINCE + 1 hours);
        report(SINCE, 0, 0);
        report(SINCE + 1 hours, 100, 0);
        escrow.release(offer, SINCE, UNTIL, SINCE + 1 hours);
        escrow.close(offer, alice, SINCE);
        checkDeposit(offer, alice, UNTIL, UNTIL + 4 hours, SINCE);
        checkHeld(4 hours);
        // The latest deposit has not begun, and says nothing of the one before.
        vm.assertEq(escrow.earnedOf(offer, alice, 0), 4 hours * PRICE);
        vm.assertEq(escrow.earnedOf(offer, alice, SINCE + 1), 0);
        deposit(offer, alice, UNTIL + 4 hours, UNTIL + 5 hours);
        vm.assertEq(escrow.end(offer, alice, SINCE + 1 hours), 5 hours * PRICE);
        vm.assertEq(escrow.earnedOf(offer, alice, 0), 4 hours * PRICE);
        checkHeld(0);
    }

    function test_WhenTheLicenceEndedEarlyAndItsEndHasNotCome(uint256 now_) external {
        endAfterAnHour();
        vm.warp(within(now_, SINCE + 1, SINCE + 1 hours - 1));
        expectOpen(byEvent(), SINCE + 1 hours + REPORTING_TIME);
    }

    function test_WhenTheLicenceEndedEarlyAndTheOracleHasNotSpoken(uint256 now_) external {
        endAfterAnHour();
        vm.warp(within(now_, SINCE + 1 hours, SINCE + 1 hours + REPORTING_TIME - 1));
        report(SINCE, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.CountNotReported.selector, streamA, SINCE + 1 hours));
        escrow.close(byEvent(), alice, SINCE);
    }

    function test_WhenTheLicenceEndedEarlyAndTheOracleHasSpoken(address caller, uint256 events) external {
        vm.assume(caller != address(0));
        events %= 400;
        endAfterAnHour();
        vm.warp(SINCE + 1 hours);
        report(SINCE, 0, 0);
        report(SINCE + 1 hours, events, 0);
        uint256 earned = events * 100 / 7 > 1 hours ? 1 hours : events * 100 / 7;
        bytes32 offerId = idOf(byEvent());
        if (earned != 0) {
            vm.expectEmit(address(escrow));
            emit IDeliveryEscrow.DepositReleased(
                offerId, productIdOf(byEvent()), alice, SINCE, SINCE + 1 hours, earned * PRICE, feeOf(earned * PRICE)
            );
        }
        vm.expectEmit(address(escrow));
        emit IDeliveryEscrow.DepositClosed(
            offerId, productIdOf(byEvent()), alice, SINCE, earned * PRICE, (1 hours - earned) * PRICE
        );
        vm.prank(caller);
        escrow.close(byEvent(), alice, SINCE);
        checkReceived(alice, 4 hours - earned);
        checkEarned(earned * PRICE);
        // Bob's cohort is untouched.
        checkCohort(byEvent(), SINCE, UNTIL, 1, 0, false);
        checkHeld(4 hours);
        expectUnknown(byEvent(), alice, SINCE);
    }

    /// @dev Bob's licence was bought for the hour to which Alice's was cut: their releases can be told apart.
    function test_WhenACohortHasTheTimesOfADepositThatStandsAlone() external {
        IOffers.Offer memory offer = byEvent();
        deposit(offer, alice);
        deposit(offer, bob, SINCE, SINCE + 1 hours);
        vm.warp(SINCE + 1);
        escrow.end(offer, alice, SINCE + 1 hours);
        vm.warp(SINCE + 1 hours);
        report(SINCE, 0, 0);
        report(SINCE + 1 hours, 7, 0);
        vm.recordLogs();
        escrow.close(offer, alice, SINCE);
        vm.assertEq(released(IDeliveryEscrow.DeliveryReleased.selector), 0);
        checkCohort(offer, SINCE, SINCE + 1 hours, 1, 0, false);
        vm.recordLogs();
        escrow.release(offer, SINCE, SINCE + 1 hours, SINCE + 1 hours);
        vm.assertEq(released(IDeliveryEscrow.DepositReleased.selector), 0);
        checkCohort(offer, SINCE, SINCE + 1 hours, 1, 100, true);
        checkEarned(2 * 100 * PRICE);
    }

    /// @dev Released with its cohort before, judged alone after: the larger of the two counts, once.
    function test_ItTakesNothingBackOfWhatTheCohortHadReleased(uint256 first, uint256 second) external {
        first %= 400;
        second %= 800;
        deposit(byEvent(), alice);
        deposit(byEvent(), bob);
        vm.warp(SINCE + 90 minutes);
        report(SINCE, 0, 0);
        report(SINCE + 1 hours, first, 0);
        escrow.release(byEvent(), SINCE, UNTIL, SINCE + 1 hours);
        escrow.end(byEvent(), alice, SINCE + 2 hours);
        vm.warp(UNTIL);
        report(SINCE + 2 hours, second, 0);
        // What the cohort gets later is the cohort's.
        report(UNTIL, second + 100, 0);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        escrow.close(byEvent(), alice, SINCE);
        escrow.close(byEvent(), bob, SINCE);

        uint256 early = earnedBy(first, 1 hours);
        uint256 alone = earnedBy(second, 2 hours) > early ? earnedBy(second, 2 hours) : early;
        uint256 whole = earnedBy(second + 100, 4 hours) > early ? earnedBy(second + 100, 4 hours) : early;
        checkReceived(alice, 4 hours - alone);
        checkReceived(bob, 4 hours - whole);
        checkEarned((alone + whole) * PRICE);
        checkHeld(0);
    }

    function test_WhenTheLicenceEndedEarlyAndTheOracleIsLate(uint256 later) external {
        endAfterAnHour();
        vm.warp(SINCE + 1 hours);
        report(SINCE, 0, 0);
        report(SINCE + 1 hours, 5000, 0);
        vm.warp(SINCE + 1 hours + REPORTING_TIME + later % 3650 days);
        escrow.close(byEvent(), alice, SINCE);
        checkReceived(alice, 4 hours);
        checkEarned(0);
    }

    function test_ItTakesManyInOneTransaction() external {
        bytes[] memory calls = new bytes[](30);
        for (uint160 i; i < 30; ++i) {
            deposit(byEvent(), address(0x1000 + i));
            calls[i] = abi.encodeCall(IDeliveryEscrow.close, (byEvent(), address(0x1000 + i), SINCE));
        }
        vm.warp(UNTIL + REPORTING_TIME);
        Multicall(address(escrow)).multicall(calls);
        for (uint160 i; i < 30; ++i) {
            checkReceived(address(0x1000 + i), 4 hours);
        }
        checkHeld(0);
    }

    /// @dev Nobody becomes the licence contract by calling through multicall.
    function test_MulticallKeepsTheCaller() external {
        deposit(byEvent(), alice);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(IDeliveryEscrow.end, (byEvent(), alice, SINCE));
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.NotLicenseContract.selector, stranger));
        vm.prank(stranger);
        Multicall(address(escrow)).multicall(calls);
    }

    /// @dev Alice and Bob have a deposit each; Alice's ends after its first hour.
    function endAfterAnHour() private {
        deposit(byEvent(), alice);
        deposit(byEvent(), bob);
        vm.warp(SINCE + 1);
        escrow.end(byEvent(), alice, SINCE + 1 hours);
        checkDeposit(byEvent(), alice, SINCE, SINCE + 1 hours, 0);
    }

    /// @dev How many events of a kind the escrow emitted since vm.recordLogs.
    function released(bytes32 selector) private returns (uint256 count) {
        Cheatcodes.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == selector) ++count;
        }
    }

    function earnedBy(uint256 events, uint256 most) private pure returns (uint256) {
        return events * 100 / 7 > most ? most : events * 100 / 7;
    }

    function expectUnknown(IOffers.Offer memory offer, address licensee, uint256 since) private {
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.DepositUnknown.selector, idOf(offer), licensee, since));
        escrow.close(offer, licensee, since);
    }

    function expectOpen(IOffers.Offer memory offer, uint256 deadline) private {
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.DeliveryOpen.selector, deadline));
        escrow.close(offer, alice, SINCE);
    }
}
