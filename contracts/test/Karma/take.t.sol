// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {KarmaBase} from "./KarmaBase.t.sol";

contract KarmaTakeTest is KarmaBase {
    function test_WhenTheCallerIsNoSource(address caller) external {
        karma.earn(seller, IKarma.Role.Seller, 1e18, START);
        vm.assume(caller != address(this) && caller != secondSource);
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IKarma.NotSource.selector, caller));
        karma.take(seller, IKarma.Role.Seller, 1e18, START);
    }

    function test_WhenNothingIsToBeTaken() external {
        karma.earn(seller, IKarma.Role.Seller, 1e18, START);
        vm.recordLogs();
        karma.take(seller, IKarma.Role.Seller, 0, START);
        vm.assertEq(vm.getRecordedLogs().length, 0, "logs");
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Seller), 1e18, "points");
    }

    /// @dev Between giving and taking lies any time and any other income, up to a hundred half-lives.
    function test_WhenTheAccountHasAsMuch(uint256 before, uint256 points, uint256 later, uint64[4] calldata waits)
        external
    {
        before = within(before, 0, SUPPLY);
        points = within(points, 1, SUPPLY);
        later = within(later, 0, SUPPLY);
        uint256 time = pass(START, waits[0]);
        karma.earn(seller, IKarma.Role.Seller, before, time);
        time = pass(time, waits[1]);
        uint256 without = karma.unitsOf(seller, IKarma.Role.Seller);
        karma.earn(seller, IKarma.Role.Seller, points, time);
        uint256 given = karma.unitsOf(seller, IKarma.Role.Seller) - without;
        uint256 now_ = pass(time, waits[2]);
        karma.earn(seller, IKarma.Role.Seller, later, now_);
        pass(now_, waits[3]);

        uint256 held = karma.unitsOf(seller, IKarma.Role.Seller);
        vm.expectEmit(address(karma));
        emit IKarma.KarmaTaken(seller, IKarma.Role.Seller, points, held - given);
        karma.take(seller, IKarma.Role.Seller, points, time);
        vm.assertEq(karma.unitsOf(seller, IKarma.Role.Seller), held - given);
    }

    function test_WhenTheAccountHasLess(uint256 earned, uint256 points, uint256 seed) external {
        earned = within(earned, 0, SUPPLY);
        points = within(points, earned + 1, type(uint256).max);
        seed %= 3;
        karma.earn(seller, roleOf(seed), earned, START);
        karma.earn(seller, roleOf(seed + 1), 7e18, START);
        karma.take(seller, roleOf(seed), points, START);
        vm.assertEq(karma.unitsOf(seller, roleOf(seed)), 0, "nothing is left");
        vm.assertEq(karma.unitsOf(seller, roleOf(seed + 1)), 7e18, "other roles are not touched");
    }

    function test_WhenTheTimeLiesInTheFuture(uint256 time) external {
        karma.earn(seller, IKarma.Role.Seller, 3e18, START);
        karma.take(seller, IKarma.Role.Seller, 1e18, within(time, START, type(uint256).max));
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Seller), 2e18);
    }

    function test_WhenTheUnitsNoLongerFit(uint256 points, uint256 age, uint256 time) external {
        vm.warp(within(age, START, type(uint256).max));
        karma.exchange(seller, buyer, points);
        uint256 before = karma.unitsOf(seller, IKarma.Role.Seller);
        karma.take(seller, IKarma.Role.Seller, points, time);
        vm.assertTrue(karma.unitsOf(seller, IKarma.Role.Seller) <= before);
    }

    /// @dev Moves on by up to 25 half-lives.
    function pass(uint256 time, uint256 wait) private returns (uint256 later) {
        later = time + wait % (25 * HALF_LIFE);
        vm.warp(later);
    }
}
