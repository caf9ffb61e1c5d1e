// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {WishlistBase} from "./WishlistBase.t.sol";

contract WishlistBackTest is WishlistBase {
    function test_WhenThereIsNoSuchWish(uint256 unknown) external {
        vm.assume(unknown != wish);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishUnknown.selector, unknown));
        vm.prank(ann);
        wishlist.back(unknown, 1);
    }

    function test_WhenTheDeadlineHasPassed(uint256 wait) external {
        vm.warp(DEADLINE + wait % 1000 days);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishOver.selector, DEADLINE));
        back(ann, 1);
    }

    function test_WhenTheAmountIsZero() external {
        vm.expectRevert(abi.encodeWithSelector(IWishlist.AmountZero.selector));
        back(ann, 0);
    }

    function test_WhenTheBackerHasTooLittleOrAllowedTooLittle() external {
        vm.expectRevert();
        back(ann, FUNDS + 1);
        vm.prank(ann);
        token.approve(address(wishlist), 9);
        vm.expectRevert();
        back(ann, 10);
        vm.assertEq(totalOf(wish), 0, "total");
        vm.assertEq(wishlist.stakeOf(wish, ann), 0, "stake");
    }

    function test_WhenTheTokenReturnsFalse() external {
        vm.mockCall(address(token), abi.encodeWithSelector(token.transferFrom.selector), abi.encode(false));
        vm.expectRevert(abi.encodeWithSignature("SafeERC20FailedOperation(address)", address(token)));
        back(ann, 10);
        vm.assertEq(wishlist.stakeOf(wish, ann), 0, "stake");
    }

    function test_WhenAllIsValid(uint256 first, uint256 second, uint256 other) external {
        first = within(first, 1, FUNDS - 1);
        second = within(second, 1, FUNDS - first);
        other = within(other, 1, FUNDS);
        back(ann, first);
        back(bob, other);
        vm.warp(DEADLINE - 1);
        vm.expectEmit(address(wishlist));
        emit IWishlist.WishBacked(wish, ann, second, first + second);
        back(ann, second);
        vm.assertEq(wishlist.stakeOf(wish, ann), first + second, "stake");
        vm.assertEq(totalOf(wish), first + second + other, "total");
        vm.assertEq(heldOf(wish), first + second + other, "held");
        vm.assertEq(token.balanceOf(address(wishlist)), first + second + other, "coins");
        vm.assertEq(token.balanceOf(ann), FUNDS - first - second, "paid");
        vm.assertEq(wishlist.restOf(wish), 0, "nobody follows unasked");
        vm.assertFalse(wishlist.follows(wish, ann));
    }

    function test_WhenTheStakeFollowsAndNoRestIsProposed() external {
        back(ann, 10);
        follow(ann, true);
        back(ann, 5);
        vm.assertEq(wishlist.restOf(wish), 15, "rest");
        vm.assertTrue(wishlist.follows(wish, ann));
    }

    function test_WhenTheStakeFollowsAndTheRestIsProposed() external {
        proposed();
        vm.expectEmit(address(wishlist));
        emit IWishlist.StakeFollows(wish, bob, false);
        back(bob, 1e18);
        vm.assertFalse(wishlist.follows(wish, bob));
        vm.assertEq(wishlist.restOf(wish), 0, "rest");
        vm.assertEq(wishlist.stakeOf(wish, bob), 41e18, "stake");
    }

    function test_WhenAnEarlierStakeWasPaidAsPartOfARest() external {
        proposed();
        vm.warp(START + 3 days);
        wishlist.releaseRest(wish);
        back(bob, 7);
        vm.assertEq(wishlist.stakeOf(wish, bob), 7, "stake");
        vm.assertFalse(wishlist.follows(wish, bob));
        vm.assertEq(wishlist.restOf(wish), 0, "rest");
        vm.assertEq(heldOf(wish), 7, "held");
    }
}
