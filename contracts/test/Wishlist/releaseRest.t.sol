// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {WishlistBase} from "./WishlistBase.t.sol";

contract WishlistReleaseRestTest is WishlistBase {
    function test_WhenThereIsNoSuchWish() external {
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishUnknown.selector, 2));
        wishlist.releaseRest(2);
    }

    function test_WhenNoRestIsProposedOrItWasPaid() external {
        vm.expectRevert(abi.encodeWithSelector(IWishlist.RestNotProposed.selector, wish));
        wishlist.releaseRest(wish);
        proposed();
        vm.warp(START + 3 days);
        wishlist.releaseRest(wish);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.RestNotProposed.selector, wish));
        wishlist.releaseRest(wish);
    }

    function test_WhenBackersMayStillObject(uint256 wait) external {
        proposed();
        vm.warp(START + wait % 3 days);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.ObjectionPeriod.selector, START + 3 days));
        wishlist.releaseRest(wish);
    }

    function test_WhenTheTokenReturnsFalse() external {
        uint256 number = proposed();
        vm.warp(START + 3 days);
        vm.mockCall(address(token), abi.encodeWithSelector(token.transfer.selector), abi.encode(false));
        vm.expectRevert(abi.encodeWithSignature("SafeERC20FailedOperation(address)", address(token)));
        wishlist.releaseRest(wish);
        (uint256 kept,) = proposalOf(wish);
        vm.assertEq(kept, number, "proposal");
        vm.assertEq(wishlist.stakeOf(wish, bob), 40e18, "stake");
    }

    function test_WhenTheTimeForObjectionsIsOver(address caller, uint256 wait) external {
        uint256 number = proposed();
        back(cid, 25e18);
        vm.warp(START + 3 days + wait % 1000 days);
        vm.expectEmit(address(wishlist));
        emit IWishlist.RestReleased(wish, number, 40e18);
        vm.prank(caller);
        wishlist.releaseRest(wish);
        vm.assertEq(token.balanceOf(beneficiary), 100e18, "paid");
        vm.assertEq(releasedTo(number), 100e18, "released");
        vm.assertEq(wishlist.stakeOf(wish, bob), 0, "the stake that followed");
        vm.assertFalse(wishlist.follows(wish, bob));
        vm.assertEq(wishlist.stakeOf(wish, cid), 25e18, "the stake that did not");
        vm.assertEq(heldOf(wish), 25e18, "held");
        vm.assertEq(totalOf(wish), 125e18, "total");
        vm.assertEq(wishlist.restOf(wish), 0, "rest");
        (uint256 kept, uint256 payableAt) = proposalOf(wish);
        vm.assertEq(kept + payableAt, 0, "no proposal any more");
    }

    function test_WhenTheDeadlineLiesWithinTheObjectionPeriod() external {
        answer();
        back(ann, 60e18);
        back(bob, 30e18);
        back(cid, 10e18);
        follow(bob, true);
        follow(cid, true);
        release(ann, 1);
        vm.warp(DEADLINE - 1);
        proposeRest(1);
        // After the deadline every backer can leave, and the period is not shortened.
        vm.warp(DEADLINE + 1);
        refund(cid);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.ObjectionPeriod.selector, DEADLINE - 1 + 3 days));
        wishlist.releaseRest(wish);
        vm.warp(DEADLINE - 1 + 3 days);
        wishlist.releaseRest(wish);
        vm.assertEq(token.balanceOf(beneficiary), 90e18, "paid");
        vm.assertEq(token.balanceOf(cid), FUNDS, "taken back");
        vm.assertEq(heldOf(wish), 0, "held");
    }

    function test_WhenAllHaveObjected(bool takesBack) external {
        uint256 number = proposed();
        if (takesBack) refund(bob);
        else follow(bob, false);
        vm.warp(START + 3 days);
        vm.expectEmit(address(wishlist));
        emit IWishlist.RestReleased(wish, number, 0);
        wishlist.releaseRest(wish);
        vm.assertEq(token.balanceOf(beneficiary), 60e18, "paid");
        vm.assertEq(wishlist.stakeOf(wish, bob), takesBack ? 0 : 40e18, "stake");
        vm.assertEq(token.balanceOf(bob), takesBack ? FUNDS : FUNDS - 40e18, "balance");
    }

    function test_WhenNewStakesFollowAfterARestWasPaid() external {
        proposed();
        vm.warp(START + 3 days);
        wishlist.releaseRest(wish);
        back(bob, 5e18);
        follow(bob, true);
        back(cid, 6e18);
        follow(cid, true);
        proposeRest(1);
        follow(cid, false);
        vm.warp(START + 6 days);
        wishlist.releaseRest(wish);
        vm.assertEq(token.balanceOf(beneficiary), 105e18, "paid");
        vm.assertEq(wishlist.stakeOf(wish, bob), 0, "Bob's stake");
        vm.assertEq(wishlist.stakeOf(wish, cid), 6e18, "Cid's stake");
        vm.warp(DEADLINE);
        refund(cid);
        vm.assertEq(token.balanceOf(address(wishlist)), 0, "nothing is left");
    }
}
