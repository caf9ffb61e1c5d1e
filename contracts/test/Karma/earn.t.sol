// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {KarmaBase} from "./KarmaBase.t.sol";

contract KarmaEarnTest is KarmaBase {
    function test_WhenTheCallerIsNoSource(address caller) external {
        vm.assume(caller != address(this) && caller != secondSource);
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IKarma.NotSource.selector, caller));
        karma.earn(seller, IKarma.Role.Seller, 1e18, START);
    }

    function test_WhenNothingWasEarned() external {
        vm.recordLogs();
        karma.earn(seller, IKarma.Role.Seller, 0, START);
        vm.assertEq(vm.getRecordedLogs().length, 0, "logs");
        vm.assertEq(karma.unitsOf(seller, IKarma.Role.Seller), 0, "units");
    }

    function test_WhenSomethingWasEarnedNow(uint256 seed, uint256 points, uint256 age) external {
        IKarma.Role role = roleOf(seed);
        points = within(points, 1e18, SUPPLY);
        vm.warp(START + age % (100 * HALF_LIFE));
        karma.earn(seller, role, points, block.timestamp);
        uint256 units = karma.unitsOf(seller, role);
        for (uint256 i; i < 3; ++i) {
            vm.assertEq(karma.pointsOf(seller, IKarma.Role(i)), IKarma.Role(i) == role ? points : 0, "points");
        }
        vm.expectEmit(address(karma));
        emit IKarma.KarmaEarned(seller, role, points, 2 * units);
        karma.earn(seller, role, points, block.timestamp);
    }

    function test_WhenSomethingWasEarnedInThePast(uint256 points, uint256 age, uint256 wait) external {
        points = within(points, 0, SUPPLY);
        uint256 time = START + age % (60 * HALF_LIFE);
        vm.warp(time);
        karma.earn(seller, IKarma.Role.Seller, points, time);
        vm.warp(time + wait % (60 * HALF_LIFE));
        karma.earn(buyer, IKarma.Role.Seller, points, time);
        vm.assertEq(karma.unitsOf(buyer, IKarma.Role.Seller), karma.unitsOf(seller, IKarma.Role.Seller));
    }

    function test_WhenTheTimeLiesInTheFuture(uint256 points, uint256 time) external {
        points = within(points, 1e18, SUPPLY);
        karma.earn(seller, IKarma.Role.Seller, points, within(time, START, type(uint256).max));
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Seller), points);
    }

    function test_WhenTheTimeLiesBeforeTheDeployment(uint256 points, uint256 time) external {
        vm.warp(START + 5 * HALF_LIFE);
        points = within(points, 1e18, SUPPLY);
        karma.earn(seller, IKarma.Role.Seller, points, within(time, 0, START));
        vm.assertEq(karma.unitsOf(seller, IKarma.Role.Seller), points);
        vm.assertEq(karma.pointsAt(seller, IKarma.Role.Seller, START), points);
    }

    /// @dev Whatever is earned whenever, nothing reverts, and no balance wraps around.
    function test_WhenTheUnitsNoLongerFit(uint256[6] calldata points, uint64[6] calldata waits) external {
        uint256 time = START;
        uint256 before;
        for (uint256 i; i < points.length; ++i) {
            time += waits[i];
            vm.warp(time);
            karma.earn(seller, IKarma.Role.Seller, points[i], time);
            karma.exchange(seller, buyer, points[i]);
            uint256 units = karma.unitsOf(seller, IKarma.Role.Seller);
            vm.assertTrue(units >= before, "never less");
            before = units;
            karma.pointsOf(seller, IKarma.Role.Seller);
        }
    }

    function test_WhenTheUnitsNoLongerFit_TheyStayTheLargest() external {
        vm.warp(START + 166 * HALF_LIFE);
        karma.earn(seller, IKarma.Role.Seller, SUPPLY, block.timestamp);
        vm.assertTrue(karma.unitsOf(seller, IKarma.Role.Seller) < type(uint256).max, "fits for 166 half-lives");
        vm.warp(START + 167 * HALF_LIFE);
        karma.earn(seller, IKarma.Role.Seller, SUPPLY, block.timestamp);
        vm.assertEq(karma.unitsOf(seller, IKarma.Role.Seller), type(uint256).max, "the largest");
        karma.earn(seller, IKarma.Role.Seller, SUPPLY, block.timestamp);
        vm.assertEq(karma.unitsOf(seller, IKarma.Role.Seller), type(uint256).max, "and stays it");
        // Past this point karma fades for everybody.
        vm.warp(START + 197 * HALF_LIFE);
        karma.exchange(seller, buyer, SUPPLY);
        vm.assertEq(karma.pointsOf(buyer, IKarma.Role.Buyer), 0, "nothing counts any more");
    }

    function test_WhenTheUnitsNoLongerFit_NeitherDoAbsurdPoints() external {
        karma.earn(seller, IKarma.Role.Seller, type(uint256).max, START);
        vm.assertEq(karma.unitsOf(seller, IKarma.Role.Seller), type(uint256).max);
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Seller), type(uint256).max);
    }
}
