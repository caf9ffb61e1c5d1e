// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EscrowBase} from "./EscrowBase.t.sol";

contract EscrowViewsTest is EscrowBase {
    function test_WhenNothingWasDeposited(address licensee, uint40 since, uint40 until) external view {
        vm.assertEq(escrow.refundAt(byEvent(), licensee, until), 0);
        vm.assertEq(escrow.refundAt(afterEvents(), licensee, until), 0);
        vm.assertEq(escrow.earnedOf(byEvent(), licensee, 0), 0);
        checkCohort(byEvent(), since, until, 0, 0, false);
        checkDeposit(byEvent(), licensee, since, 0, 0);
    }

    function test_RefundAtFallsWithTime(uint256 until) external {
        deposit(byEvent(), alice);
        deposit(byEvent(), alice, UNTIL, UNTIL + 2 hours);
        until = within(until, SINCE, UNTIL + 2 hours);
        vm.assertEq(escrow.refundAt(byEvent(), alice, until), (UNTIL + 2 hours - until) * PRICE);
    }

    function test_EarnedOfInACohortAloneAndClosed() external {
        deposit(byEvent(), alice);
        deposit(byEvent(), bob);
        vm.warp(SINCE + 1 hours);
        report(SINCE, 0, 0);
        report(SINCE + 1 hours, 7, 0);
        vm.assertEq(escrow.earnedOf(byEvent(), alice, 0), 0);
        escrow.release(byEvent(), SINCE, UNTIL, SINCE + 1 hours);
        vm.assertEq(escrow.earnedOf(byEvent(), alice, 0), 100 * PRICE);
        escrow.end(byEvent(), alice, SINCE + 2 hours);
        vm.assertEq(escrow.earnedOf(byEvent(), alice, 0), 100 * PRICE);

        vm.warp(UNTIL);
        report(SINCE + 2 hours, 14, 0);
        report(UNTIL, 28, 0);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        vm.assertEq(escrow.earnedOf(byEvent(), bob, 0), 400 * PRICE);
        vm.assertEq(escrow.earnedOf(byEvent(), alice, 0), 100 * PRICE);
        escrow.close(byEvent(), alice, SINCE);
        escrow.close(byEvent(), bob, SINCE);
        vm.assertEq(escrow.earnedOf(byEvent(), alice, 0), 200 * PRICE);
        vm.assertEq(escrow.earnedOf(byEvent(), bob, 0), 400 * PRICE);
    }

    /// @dev Three deposits of four hours, which released one, two and three hundred seconds.
    function test_EarnedOfAddsUpWhatStartsAtOrAfterTheTime(uint256 from) external {
        for (uint256 i; i < 3; ++i) {
            deposit(byEvent(), alice, SINCE + i * 4 hours, UNTIL + i * 4 hours);
        }
        vm.warp(UNTIL + 8 hours);
        uint256 events;
        report(SINCE, 0, 0);
        for (uint256 i; i < 3; ++i) {
            events += 7 * (i + 1);
            report(UNTIL + i * 4 hours, events, 0);
            escrow.release(byEvent(), SINCE + i * 4 hours, UNTIL + i * 4 hours, UNTIL + i * 4 hours);
        }
        escrow.close(byEvent(), alice, SINCE + 4 hours);
        from = within(from, 0, UNTIL + 20 hours);
        uint256 earned;
        if (from <= SINCE) earned += 100;
        if (from <= SINCE + 4 hours) earned += 200;
        if (from <= SINCE + 8 hours) earned += 300;
        vm.assertEq(escrow.earnedOf(byEvent(), alice, from), earned * PRICE);
    }

    function test_AClosedDepositStillLeadsToTheOneBefore() external {
        deposit(byEvent(), alice);
        deposit(byEvent(), alice, UNTIL, UNTIL + 2 hours);
        vm.warp(UNTIL + 2 hours + REPORTING_TIME);
        escrow.close(byEvent(), alice, UNTIL);
        checkDeposit(byEvent(), alice, UNTIL, 0, SINCE);
        checkDeposit(byEvent(), alice, SINCE, UNTIL, 0);
    }
}
