// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {WishlistBase} from "./WishlistBase.t.sol";

contract WishlistRefundTest is WishlistBase {
    function test_WhenThereIsNoSuchWish() external {
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishUnknown.selector, 2));
        wishlist.refund(2);
    }

    function test_WhenTheDeadlineHasNotPassedAndNoRestIsProposed(uint256 wait) external {
        back(ann, 10);
        vm.warp(START + wait % 30 days);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishOpen.selector, DEADLINE));
        refund(ann);
    }

    function test_WhenTheDeadlineHasNotPassedAndNoRestIsProposed_AnyMoreEither() external {
        proposed();
        back(cid, 10);
        vm.warp(START + 3 days);
        wishlist.releaseRest(wish);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishOpen.selector, DEADLINE));
        refund(cid);
    }

    function test_WhenTheCallerHasNoStake() external {
        back(bob, 10);
        vm.warp(DEADLINE);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.StakeZero.selector, wish, ann));
        refund(ann);
        refund(bob);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.StakeZero.selector, wish, bob));
        refund(bob);
    }

    function test_WhenTheStakeWasPaidAsPartOfARest() external {
        proposed();
        vm.warp(DEADLINE);
        wishlist.releaseRest(wish);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.StakeZero.selector, wish, bob));
        refund(bob);
    }

    function test_WhenTheTokenReturnsFalse() external {
        back(ann, 10);
        vm.warp(DEADLINE);
        vm.mockCall(address(token), abi.encodeWithSelector(token.transfer.selector), abi.encode(false));
        vm.expectRevert(abi.encodeWithSignature("SafeERC20FailedOperation(address)", address(token)));
        refund(ann);
        vm.assertEq(wishlist.stakeOf(wish, ann), 10, "stake");
        vm.assertEq(totalOf(wish), 10, "total");
    }

    function test_WhenTheDeadlineHasPassed(uint256 amount, uint256 other, uint256 wait, bool following) external {
        amount = within(amount, 1, FUNDS);
        other = within(other, 1, FUNDS);
        back(ann, amount);
        back(bob, other);
        if (following) follow(ann, true);
        vm.warp(DEADLINE + wait % 1000 days);
        vm.expectEmit(address(wishlist));
        emit IWishlist.StakeRefunded(wish, ann, amount);
        refund(ann);
        vm.assertEq(token.balanceOf(ann), FUNDS, "all of it");
        vm.assertEq(wishlist.stakeOf(wish, ann), 0, "stake");
        vm.assertEq(totalOf(wish), other, "total");
        vm.assertEq(heldOf(wish), other, "held");
        vm.assertEq(wishlist.restOf(wish), 0, "rest");
    }

    /// @dev The majority still holds: what was released stays, and the total only shrinks.
    function test_WhenTheRestIsProposed(uint256 wait) external {
        uint256 number = proposed();
        back(cid, 500e18);
        vm.warp(START + wait % 3 days);
        refund(bob);
        refund(cid);
        vm.assertEq(token.balanceOf(bob), FUNDS, "who follows");
        vm.assertEq(token.balanceOf(cid), FUNDS, "and who does not");
        vm.assertEq(totalOf(wish), 60e18, "total");
        vm.assertEq(releasedTo(number), 60e18, "released");
        vm.assertEq(wishlist.restOf(wish), 0, "rest");
    }

    function test_WhenEverybodyElseHasVanished(uint256 first, uint256 second, uint256 third) external {
        answer();
        back(ann, within(first, 1, FUNDS));
        back(bob, within(second, 1, FUNDS));
        back(cid, within(third, 1, FUNDS));
        follow(bob, true);
        follow(cid, true);
        vm.warp(DEADLINE);
        refund(cid);
        refund(ann);
        refund(bob);
        vm.assertEq(token.balanceOf(ann), FUNDS, "Ann");
        vm.assertEq(token.balanceOf(bob), FUNDS, "Bob");
        vm.assertEq(token.balanceOf(cid), FUNDS, "Cid");
        vm.assertEq(token.balanceOf(address(wishlist)), 0, "nothing is left");
    }
}
