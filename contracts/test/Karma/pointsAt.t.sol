// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {KarmaBase} from "./KarmaBase.t.sol";

contract KarmaPointsAtTest is KarmaBase {
    IKarma.Role private constant SELLER = IKarma.Role.Seller;
    /// @dev One, as a fixed-point number of 127 binary digits.
    uint256 private constant ONE = 1 << 127;
    /// @dev The square root of two, the square root of that, and so on.
    uint256[80] private _roots;

    function setUp() public override {
        super.setUp();
        uint256 root = 2 * ONE;
        for (uint256 i; i < _roots.length; ++i) {
            root = squareRoot(root << 127);
            _roots[i] = root;
        }
    }

    function test_WhenTheAccountEarnedNothing(address account, uint256 seed, uint256 time) external view {
        vm.assertEq(karma.pointsAt(account, roleOf(seed), time), 0);
        vm.assertEq(karma.pointsOf(account, roleOf(seed)), 0);
    }

    function test_AtTheTimeAtWhichItWasEarned(uint256 points, uint256 age) external {
        points = within(points, 1e18, SUPPLY);
        vm.warp(START + age % (160 * HALF_LIFE));
        karma.earn(seller, SELLER, points, block.timestamp);
        vm.assertEq(karma.pointsOf(seller, SELLER), points);
    }

    function test_AfterWholeHalfLives(uint256 points, uint256 age, uint256 halvings) external {
        points = within(points, 1e18, SUPPLY);
        uint256 time = START + (age % 100) * HALF_LIFE;
        halvings %= 100;
        vm.warp(time);
        karma.earn(seller, SELLER, points, time);
        vm.warp(time + halvings * HALF_LIFE);
        vm.assertEq(karma.pointsOf(seller, SELLER), expired(points >> halvings));
    }

    /// @dev To 17 digits, which is what an exponential of 18 digits can give after rounding twice.
    function test_AtAnyOtherTime(uint256 points, uint256 age, uint256 wait) external {
        points = within(points, 1e18, SUPPLY);
        uint256 time = START + age % (100 * HALF_LIFE);
        wait %= 100 * HALF_LIFE;
        vm.warp(time);
        karma.earn(seller, SELLER, points, time);
        uint256 expected = halved(points, wait, HALF_LIFE);
        uint256 measured = karma.pointsAt(seller, SELLER, time + wait);
        if (expected < 1e18 - 20) vm.assertEq(measured, 0, "expired");
        else if (expected > 1e18 + 20) assertClose(measured, expected, expected / 1e17 + 2, "decayed");
    }

    function test_AsTimePasses(uint256 points, uint256 age, uint256 earlier, uint256 later) external {
        points = within(points, 1e18, SUPPLY);
        uint256 time = START + age % (100 * HALF_LIFE);
        vm.warp(time);
        karma.earn(seller, SELLER, points, time);
        // Half of the walks look at neighbouring seconds, where rounding would show.
        earlier %= 100 * HALF_LIFE;
        later = earlier + later % (later % 2 == 0 ? 3 : 100 * HALF_LIFE);
        uint256 before = karma.pointsAt(seller, SELLER, time + earlier);
        vm.assertTrue(karma.pointsAt(seller, SELLER, time + later) <= before, "never grows");
        vm.assertTrue(before <= points, "never more than was earned");
    }

    function test_AsTimePasses_OverTheEndOfAHalfLife(uint256 points, uint256 age) external {
        points = within(points, 1e18, SUPPLY);
        uint256 time = START + age % (100 * HALF_LIFE);
        vm.warp(time);
        karma.earn(seller, SELLER, points, time);
        uint256 end = START + ((time - START) / HALF_LIFE + 1) * HALF_LIFE;
        uint256 before = karma.pointsAt(seller, SELLER, end - 1);
        uint256 after_ = karma.pointsAt(seller, SELLER, end);
        vm.assertTrue(after_ <= before, "never grows");
        // A second is 4.5e-8 of a half-life: there is no jump.
        if (after_ != 0) assertClose(before, after_, before / 1e7, "no jump");
    }

    function test_BelowOneData() external {
        karma.earn(seller, SELLER, 1e18 - 1, START);
        vm.assertEq(karma.pointsOf(seller, SELLER), 0, "a wei too little");
        karma.earn(seller, SELLER, 1, START);
        vm.assertEq(karma.pointsOf(seller, SELLER), 1e18, "one DATA");
        vm.warp(START + 1);
        vm.assertEq(karma.pointsOf(seller, SELLER), 0, "a second later");
        karma.earn(buyer, SELLER, 4e18, START);
        vm.assertEq(karma.pointsAt(buyer, SELLER, START + 2 * HALF_LIFE), 1e18, "after two half-lives");
        vm.assertEq(karma.pointsAt(buyer, SELLER, START + 2 * HALF_LIFE + 1), 0, "and a second");
    }

    function test_BeforeTheAccountEarnedIt() external {
        vm.warp(START + 3 * HALF_LIFE);
        karma.earn(seller, SELLER, 5e18, block.timestamp);
        vm.assertEq(karma.pointsAt(seller, SELLER, START + 2 * HALF_LIFE), 10e18);
        vm.assertEq(karma.pointsAt(seller, SELLER, START), 40e18);
        vm.assertEq(karma.pointsAt(seller, SELLER, 0), 40e18, "before the deployment as at it");
    }

    function test_AtTheEndOfTime(uint256 points, uint256 time) external {
        karma.earn(seller, SELLER, points, START);
        karma.pointsAt(seller, SELLER, time);
        vm.assertEq(karma.pointsAt(seller, SELLER, type(uint256).max), 0);
        vm.assertEq(karma.pointsAt(seller, SELLER, START + 256 * HALF_LIFE), 0);
    }

    function test_WhateverTheHalfLifeIs(uint256 halfLife, uint256 points, uint256 age, uint256 wait) external {
        halfLife = within(halfLife, 1 hours, 36_500 days);
        points = within(points, 1e18, SUPPLY);
        karma = deployKarma(halfLife);
        uint256 time = START + age % (100 * halfLife);
        wait %= 60 * halfLife;
        vm.warp(time);
        karma.earn(seller, SELLER, points, time);
        vm.assertEq(karma.pointsOf(seller, SELLER), points, "at once");
        uint256 expected = halved(points, wait, halfLife);
        uint256 measured = karma.pointsAt(seller, SELLER, time + wait);
        if (expected < 1e18 - 20) vm.assertEq(measured, 0, "expired");
        else if (expected > 1e18 + 20) assertClose(measured, expected, expected / 1e17 + 2, "decayed");
    }

    /// @dev points / 2^(wait / halfLife) without an exponential: the whole part halves, and every binary digit of the
    /// fraction divides by the square root of the root before it.
    function halved(uint256 points, uint256 wait, uint256 halfLife) private view returns (uint256) {
        uint256 growth = ONE;
        uint256 rest = wait % halfLife;
        for (uint256 i; i < _roots.length; ++i) {
            rest *= 2;
            if (rest < halfLife) continue;
            rest -= halfLife;
            growth = (growth * _roots[i]) >> 127;
        }
        return (points * ONE / growth) >> (wait / halfLife);
    }

    /// @dev By bisection, slow and plain: the largest number whose square is not above the value.
    function squareRoot(uint256 value) private pure returns (uint256 low) {
        uint256 high = 1 << 128;
        while (high - low > 1) {
            uint256 middle = (low + high) / 2;
            if (middle * middle <= value) low = middle;
            else high = middle;
        }
    }

    function expired(uint256 points) private pure returns (uint256) {
        return points < 1e18 ? 0 : points;
    }
}
