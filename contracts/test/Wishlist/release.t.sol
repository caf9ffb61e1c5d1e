// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {WishlistBase} from "./WishlistBase.t.sol";

contract WishlistReleaseTest is WishlistBase {
    function test_WhenThereIsNoSuchWish(uint256 unknown) external {
        vm.assume(unknown != wish);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishUnknown.selector, unknown));
        wishlist.release(unknown, 1);
    }

    function test_WhenThereIsNoSuchAnswer(uint256 number) external {
        vm.assume(number != 1);
        answer();
        back(ann, 10);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.AnswerUnknown.selector, wish, number));
        release(ann, number);
    }

    function test_WhenTheCallerHasNoStake() external {
        answer();
        back(bob, 10);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.StakeZero.selector, wish, ann));
        release(ann, 1);
    }

    function test_WhenTheStakeWasReleasedRefundedOrPaidAsPartOfARestBefore() external {
        uint256 number = proposed();
        back(cid, 10e18);
        refund(cid);
        vm.warp(START + 3 days);
        wishlist.releaseRest(wish);
        address[3] memory gone = [ann, bob, cid];
        for (uint256 i; i < gone.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IWishlist.StakeZero.selector, wish, gone[i]));
            release(gone[i], number);
        }
    }

    function test_WhenTheTokenReturnsFalse() external {
        answer();
        back(ann, 10);
        vm.mockCall(address(token), abi.encodeWithSelector(token.transfer.selector), abi.encode(false));
        vm.expectRevert(abi.encodeWithSignature("SafeERC20FailedOperation(address)", address(token)));
        release(ann, 1);
        vm.assertEq(wishlist.stakeOf(wish, ann), 10, "stake");
        vm.assertEq(heldOf(wish), 10, "held");
    }

    function test_WhenAllIsValid(uint256 amount, uint256 other, uint256 wait, bool following) external {
        amount = within(amount, 1, FUNDS);
        other = within(other, 1, FUNDS);
        answer();
        answer(rival, 1, rival);
        back(ann, amount);
        back(bob, other);
        if (following) follow(ann, true);
        vm.warp(START + wait % 1000 days);
        vm.expectEmit(address(wishlist));
        emit IWishlist.StakeReleased(wish, 2, ann, amount);
        release(ann, 2);
        vm.assertEq(token.balanceOf(rival), amount, "paid");
        vm.assertEq(token.balanceOf(address(wishlist)), other, "coins");
        vm.assertEq(wishlist.stakeOf(wish, ann), 0, "stake");
        vm.assertEq(totalOf(wish), amount + other, "total");
        vm.assertEq(heldOf(wish), other, "held");
        vm.assertEq(releasedTo(2), amount, "released to the chosen answer");
        vm.assertEq(releasedTo(1), 0, "and to no other");
        vm.assertEq(wishlist.restOf(wish), 0, "rest");
        vm.assertFalse(wishlist.follows(wish, ann));
    }
}
