// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IKarma} from "../../src/interfaces/IKarma.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {EscrowBase} from "./EscrowBase.t.sol";

contract ReleaseTest is EscrowBase {
    function test_WhenNoLicenceOfTheCohortHoldsADeposit() external {
        deposit(byEvent(), alice);
        vm.warp(UNTIL);
        report(SINCE, 0, 0);
        report(UNTIL, 1000, 0);
        expectUnknown(byEvent(), SINCE + 1 hours, UNTIL);
        expectUnknown(byEvent(), SINCE, UNTIL - 1 hours);
        IOffers.Offer memory other = byEvent();
        other.beneficiary = stranger;
        expectUnknown(other, SINCE, UNTIL);
        other = byEvent();
        other.events = 1;
        expectUnknown(other, SINCE, UNTIL);
        other = byEvent();
        other.streams[1] = address(0xc000);
        expectUnknown(other, SINCE, UNTIL);
        expectUnknown(afterEvents(), SINCE, UNTIL);
    }

    function test_WhenTheTimeIsNoTimeOfJudgement(uint256 time, uint256 now_) external {
        deposit(byEvent(), alice);
        now_ = within(now_, SINCE, UNTIL + 1 hours);
        vm.warp(now_);
        time = within(time, SINCE - 1 days, UNTIL + 1 days);
        vm.assume(time <= SINCE || time > UNTIL || time > now_ || time % 1 hours != 0);
        expectTimeInvalid(byEvent(), time, UNTIL);
        expectTimeInvalid(byEvent(), SINCE, UNTIL);
        expectTimeInvalid(byEvent(), UNTIL + 1 hours, UNTIL);
        expectTimeInvalid(byEvent(), type(uint256).max, UNTIL);
    }

    function test_WhenTheTimeIsAfterTheDeliveryPeriod() external {
        deposit(afterEvents(), alice);
        vm.warp(UNTIL);
        expectTimeInvalid(afterEvents(), SINCE + 3 hours, SINCE + 2 hours);
    }

    /// @dev An oracle that speaks of the future earns nobody anything.
    function test_WhenTheTimeIsNotHere() external {
        IOffers.Offer memory offer = byEvent();
        offer.oracle = address(new GenerousOracle(0));
        deposit(offer, alice);
        vm.warp(UNTIL - 1);
        expectTimeInvalid(offer, UNTIL, UNTIL);
    }

    function test_WhenSevenDaysHavePassed(uint256 late) external {
        deposit(byEvent(), alice);
        vm.warp(UNTIL + 1 days);
        report(SINCE, 0, 0);
        report(UNTIL, 2000, 0);
        vm.warp(UNTIL + REPORTING_TIME + late % 3650 days);
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.ReportingOver.selector, UNTIL + REPORTING_TIME));
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        vm.warp(UNTIL + REPORTING_TIME - 1);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        checkCohort(byEvent(), SINCE, UNTIL, 1, 4 hours, true);
    }

    function test_WhenTheOracleHasNotSaidACount() external {
        deposit(byEvent(), alice);
        vm.warp(UNTIL);
        expectNotReported(byEvent(), streamA, SINCE);
        report(oracle, streamA, SINCE, 0);
        expectNotReported(byEvent(), streamA, UNTIL);
        report(oracle, streamA, UNTIL, 9);
        expectNotReported(byEvent(), streamB, SINCE);
        report(oracle, streamB, SINCE, 0);
        expectNotReported(byEvent(), streamB, UNTIL);
        report(oracle, streamB, UNTIL, 9);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
    }

    function test_WhenTheOracleMisbehaves(uint256 kind, bool early) external {
        address[7] memory oracles = [
            address(new RevertingOracle()),
            address(new SpendingOracle()),
            address(new AnsweringOracle("")),
            address(new AnsweringOracle(abi.encode(true))),
            address(new AnsweringOracle(abi.encode(uint256(2), uint256(1000)))),
            address(new AnsweringOracle(abi.encodePacked(uint256(1), uint248(1000)))),
            address(0xdead)
        ];
        IOffers.Offer memory offer = byEvent();
        offer.oracle = oracles[kind % 7];
        deposit(offer, alice);
        deposit(offer, bob);
        vm.warp(SINCE + 30 minutes);
        if (early) vm.assertEq(escrow.end(offer, alice, SINCE + 1 hours), 3 hours * PRICE);
        vm.warp(UNTIL);
        expectNotReported(offer, streamA, SINCE);
        if (early) {
            vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.CountNotReported.selector, streamA, SINCE));
            escrow.close{gas: 2_000_000}(offer, alice, SINCE);
        }
        vm.warp(UNTIL + REPORTING_TIME);
        escrow.close(offer, alice, SINCE);
        escrow.close(offer, bob, SINCE);
        checkReceived(alice, 4 hours);
        checkReceived(bob, 4 hours);
        checkHeld(0);
    }

    function test_ByEventItEarnsTheEventsOfAllStreamsRoundedDown(uint256 a0, uint256 b0, uint256 a, uint256 b)
        external
    {
        (a0, b0) = (a0 % 2 ** 64, b0 % 2 ** 64);
        (a, b) = (a % 600, b % 600);
        deposit(byEvent(), alice);
        vm.warp(UNTIL);
        report(SINCE, a0, b0);
        report(UNTIL, a0 + a, b0 + b);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        uint256 earned = (a + b) * 100 / 7;
        if (earned > 4 hours) earned = 4 hours;
        checkCohort(byEvent(), SINCE, UNTIL, 1, earned, true);
        checkEarned(earned * PRICE);
        checkHeld(4 hours - earned);
    }

    function test_ByEventItEarnsNoMoreThanTheSecondsThatPassed(uint256 hour, uint256 events) external {
        hour = within(hour, 1, 4);
        events = within(events, 1009, type(uint256).max - 1);
        deposit(byEvent(), alice);
        vm.warp(SINCE + hour * 1 hours);
        report(SINCE, 0, 0);
        // Counts that together would overflow.
        report(SINCE + hour * 1 hours, events, events);
        escrow.release(byEvent(), SINCE, UNTIL, SINCE + hour * 1 hours);
        checkCohort(byEvent(), SINCE, UNTIL, 1, hour * 1 hours, hour == 4);
    }

    function test_ByEventAbsurdCountsAreCut() external {
        deposit(byEvent(), alice);
        vm.warp(UNTIL);
        report(SINCE, 0, 0);
        report(UNTIL, type(uint256).max - 1, type(uint256).max - 1);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        checkCohort(byEvent(), SINCE, UNTIL, 1, 4 hours, true);
    }

    function test_ByEventAShrunkenCountIsNoGrowth(uint256 before, uint256 after_) external {
        before = within(before, 1, type(uint128).max);
        after_ %= before;
        deposit(byEvent(), alice);
        vm.warp(UNTIL);
        report(SINCE, before, 70);
        report(UNTIL, after_, 77);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        checkCohort(byEvent(), SINCE, UNTIL, 1, 100, true);
    }

    function test_ByEventALaterTimeTakesNothingBack() external {
        deposit(byEvent(), alice);
        vm.warp(UNTIL);
        report(SINCE, 100, 0);
        report(SINCE + 1 hours, 170, 0);
        report(UNTIL, 107, 0);
        escrow.release(byEvent(), SINCE, UNTIL, SINCE + 1 hours);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        checkCohort(byEvent(), SINCE, UNTIL, 1, 1000, true);
        checkEarned(1000 * PRICE);
    }

    function test_ByEventEachSecondIsPaidOnceInAnyOrder(uint256 seed, uint256[3] memory growth) external {
        deposit(byEvent(), alice);
        deposit(byEvent(), bob);
        vm.warp(UNTIL);
        uint256 count;
        uint256 best;
        for (uint256 i; i < 4; ++i) {
            report(SINCE + i * 1 hours, count, 5);
            uint256 earned = count * 100 / 7 > i * 1 hours ? i * 1 hours : count * 100 / 7;
            if (earned > best) best = earned;
            if (i < 3) count += growth[i] % 400;
        }
        for (uint256 step; step < 12; ++step) {
            uint256 hour = 1 + uint256(keccak256(abi.encode(seed, step))) % 3;
            escrow.release(byEvent(), SINCE, UNTIL, SINCE + hour * 1 hours);
        }
        for (uint256 hour = 1; hour < 4; ++hour) {
            escrow.release(byEvent(), SINCE, UNTIL, SINCE + hour * 1 hours);
        }
        checkCohort(byEvent(), SINCE, UNTIL, 2, best, false);
        checkEarned(2 * best * PRICE);
        checkHeld(2 * (4 hours - best));
    }

    function test_AfterEventsItEarnsNothingBeforeTheyCame(uint256 a, uint256 b) external {
        a %= 100;
        b %= 100 - a;
        deposit(afterEvents(), alice);
        vm.warp(SINCE + 1 hours);
        report(SINCE, 50, 50);
        report(SINCE + 1 hours, 50 + a, 50 + b);
        vm.recordLogs();
        escrow.release(afterEvents(), SINCE, UNTIL, SINCE + 1 hours);
        vm.assertEq(vm.getRecordedLogs().length, 0);
        checkCohort(afterEvents(), SINCE, UNTIL, 1, 0, false);
    }

    function test_AfterEventsItEarnsAllWhenTheyCame(uint256 more) external {
        deposit(afterEvents(), alice);
        deposit(afterEvents(), bob);
        vm.warp(SINCE + 1 hours);
        report(SINCE, 50, 50);
        report(SINCE + 1 hours, 50 + 60, 50 + 40 + more % 1000);
        vm.expectEmit(address(escrow));
        emit IDeliveryEscrow.DeliveryReleased(
            idOf(afterEvents()),
            productIdOf(afterEvents()),
            SINCE,
            UNTIL,
            SINCE + 1 hours,
            8 hours * PRICE,
            feeOf(8 hours * PRICE),
            true
        );
        escrow.release(afterEvents(), SINCE, UNTIL, SINCE + 1 hours);
        checkCohort(afterEvents(), SINCE, UNTIL, 2, 4 hours, true);
        checkEarned(8 hours * PRICE);
        checkHeld(0);
    }

    function test_AfterEventsItEarnsNothingAtTheLastTimeWithoutThem() external {
        deposit(afterEvents(), alice);
        vm.warp(SINCE + 2 hours);
        report(SINCE, 50, 50);
        report(SINCE + 2 hours, 50 + 60, 50 + 39);
        vm.expectEmit(address(escrow));
        emit IDeliveryEscrow.DeliveryReleased(
            idOf(afterEvents()), productIdOf(afterEvents()), SINCE, UNTIL, SINCE + 2 hours, 0, 0, true
        );
        escrow.release(afterEvents(), SINCE, UNTIL, SINCE + 2 hours);
        checkCohort(afterEvents(), SINCE, UNTIL, 1, 0, true);
        // Whatever comes later.
        vm.warp(SINCE + 3 hours);
        report(SINCE + 1 hours, 500, 500);
        escrow.release(afterEvents(), SINCE, UNTIL, SINCE + 1 hours);
        checkCohort(afterEvents(), SINCE, UNTIL, 1, 0, true);
        checkEarned(0);
    }

    function test_AfterEventsItIsJudgedAlsoAfterTheLicenceEnded() external {
        IOffers.Offer memory offer = afterEvents();
        offer.deliveryPeriod = 10 hours;
        deposit(offer, alice);
        vm.warp(SINCE + 10 hours);
        report(SINCE, 0, 0);
        report(SINCE + 10 hours, 100, 0);
        escrow.release(offer, SINCE, UNTIL, SINCE + 10 hours);
        checkCohort(offer, SINCE, UNTIL, 1, 4 hours, true);
    }

    function test_WhenItIsFinalAlready() external {
        deposit(byEvent(), alice);
        vm.warp(UNTIL);
        report(SINCE, 0, 0);
        report(UNTIL, 70, 0);
        report(UNTIL - 1 hours, 700, 0);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        vm.recordLogs();
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL);
        escrow.release(byEvent(), SINCE, UNTIL, UNTIL - 1 hours);
        vm.assertEq(vm.getRecordedLogs().length, 0);
        checkCohort(byEvent(), SINCE, UNTIL, 1, 1000, true);
    }

    function test_WhenSomethingIsEarned(address caller, uint256 licences) external {
        licences = within(licences, 1, 40);
        for (uint160 i; i < licences; ++i) {
            deposit(byEvent(), address(0x1000 + i));
        }
        vm.warp(SINCE + 2 hours);
        report(SINCE, 0, 0);
        report(SINCE + 2 hours, 1, 0);
        uint256 amount = licences * 14 * PRICE;
        vm.expectEmit(address(escrow));
        emit IDeliveryEscrow.DeliveryReleased(
            idOf(byEvent()), productIdOf(byEvent()), SINCE, UNTIL, SINCE + 2 hours, amount, feeOf(amount), false
        );
        vm.prank(caller);
        escrow.release(byEvent(), SINCE, UNTIL, SINCE + 2 hours);
        vm.assertEq(token.balanceOf(treasury), feeOf(amount));
        vm.assertEq(token.balanceOf(beneficiary), amount - feeOf(amount));
        checkHeld(licences * (4 hours - 14));
    }

    function test_ItGivesTheSellerKarma() external {
        IOffers.Offer memory offer = byEvent();
        offer.pricePerSecond = 1e18;
        deposit(offer, alice);
        vm.warp(UNTIL);
        report(SINCE, 0, 0);
        report(UNTIL, 70, 0);
        escrow.release(offer, SINCE, UNTIL, UNTIL);
        vm.assertTrue(karma.pointsOf(seller, IKarma.Role.Seller) > 1000e18 - 1e6);
        vm.assertTrue(karma.pointsOf(seller, IKarma.Role.Seller) <= 1000e18);
        vm.assertEq(karma.unitsOf(alice, IKarma.Role.Buyer), 0);
        vm.assertEq(karma.unitsOf(beneficiary, IKarma.Role.Seller), 0);
    }

    function test_ItTakesManyCohortsInOneTransaction() external {
        vm.warp(START);
        bytes[] memory calls = new bytes[](20);
        for (uint256 i; i < 20; ++i) {
            uint256 until = UNTIL + i * 1 hours;
            deposit(byEvent(), alice, SINCE + i * 1 hours, until + 1 hours);
            calls[i] = abi.encodeCall(IDeliveryEscrow.release, (byEvent(), SINCE + i * 1 hours, until + 1 hours, until));
        }
        vm.warp(UNTIL + 20 hours);
        for (uint256 i; i < 25; ++i) {
            report(SINCE + i * 1 hours, i, i);
        }
        vm.prank(stranger);
        Multicall(address(escrow)).multicall(calls);
        for (uint256 i; i < 20; ++i) {
            checkCohort(byEvent(), SINCE + i * 1 hours, UNTIL + (i + 1) * 1 hours, 1, 8 * 100 / uint256(7), false);
        }
    }

    function expectUnknown(IOffers.Offer memory offer, uint256 since, uint256 until) private {
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.CohortUnknown.selector, idOf(offer), since, until));
        escrow.release(offer, since, until, UNTIL);
    }

    function expectTimeInvalid(IOffers.Offer memory offer, uint256 time, uint256 last) private {
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.JudgementTimeInvalid.selector, time, SINCE, last));
        escrow.release(offer, SINCE, UNTIL, time);
    }

    function expectNotReported(IOffers.Offer memory offer, address stream, uint256 time) private {
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.CountNotReported.selector, stream, time));
        escrow.release{gas: 2_000_000}(offer, SINCE, UNTIL, UNTIL);
    }
}

/// @notice Says of every time, past or future, that endless events came, more for every second.
contract GenerousOracle {
    uint256 private immutable EXTRA;

    constructor(uint256 extra) {
        EXTRA = extra;
    }

    function eventsBefore(address, uint256 time) external view returns (bool, uint256) {
        return (true, time * 1000 + EXTRA);
    }
}

contract RevertingOracle {
    fallback() external {
        revert("no");
    }
}

contract SpendingOracle {
    fallback() external {
        assembly {
            invalid()
        }
    }
}

/// @notice Answers exactly these bytes.
contract AnsweringOracle {
    bytes private _answer;

    constructor(bytes memory answer) {
        _answer = answer;
    }

    fallback() external {
        bytes memory answer = _answer;
        assembly {
            return(add(answer, 32), mload(answer))
        }
    }
}
