// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {WishlistBase} from "./WishlistBase.t.sol";

contract WishlistFollowTest is WishlistBase {
    function test_WhenThereIsNoSuchWish(bool follows) external {
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishUnknown.selector, 9));
        wishlist.follow(9, follows);
    }

    function test_WhenTheCallerHasNoStake(bool follows) external {
        back(bob, 1);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.StakeZero.selector, wish, ann));
        follow(ann, follows);
    }

    function test_WhenTheStakeWasPaidAsPartOfARest(bool follows) external {
        proposed();
        vm.warp(START + 3 days);
        wishlist.releaseRest(wish);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.StakeZero.selector, wish, bob));
        follow(bob, follows);
    }

    function test_WhenAStakeBeginsToFollow_WhenTheRestIsProposed() external {
        uint256 number = proposed();
        back(cid, 5e18);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.RestAlreadyProposed.selector, wish, number));
        follow(cid, true);
    }

    function test_WhenAStakeBeginsToFollow_WhenItIsNot() external {
        back(ann, 3);
        back(bob, 4);
        vm.expectEmit(address(wishlist));
        emit IWishlist.StakeFollows(wish, ann, true);
        follow(ann, true);
        vm.assertTrue(wishlist.follows(wish, ann));
        vm.assertFalse(wishlist.follows(wish, bob));
        vm.assertEq(wishlist.restOf(wish), 3, "rest");
    }

    function test_WhenAStakeStopsToFollow(uint256 wait) external {
        proposed();
        vm.warp(START + wait % 100 days);
        vm.expectEmit(address(wishlist));
        emit IWishlist.StakeFollows(wish, bob, false);
        follow(bob, false);
        vm.assertEq(wishlist.restOf(wish), 0, "rest");
        vm.assertEq(wishlist.stakeOf(wish, bob), 40e18, "stake");
    }

    function test_WhenNothingChanges() external {
        back(ann, 3);
        vm.recordLogs();
        follow(ann, false);
        vm.assertEq(vm.getRecordedLogs().length, 0, "logs");
        follow(ann, true);
        vm.recordLogs();
        follow(ann, true);
        vm.assertEq(vm.getRecordedLogs().length, 0, "logs");
        vm.assertEq(wishlist.restOf(wish), 3, "rest");
    }
}
