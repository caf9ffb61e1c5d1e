// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {WishlistBase} from "./WishlistBase.t.sol";

contract WishlistProposeRestTest is WishlistBase {
    function test_WhenThereIsNoSuchWish() external {
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishUnknown.selector, 2));
        wishlist.proposeRest(2, 1);
    }

    function test_WhenTheDeadlineHasPassed(uint256 wait) external {
        majority(60e18, 40e18);
        vm.warp(DEADLINE + wait % 1000 days);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishOver.selector, DEADLINE));
        proposeRest(1);
    }

    function test_WhenTheCallerIsNotTheAsker(address caller) external {
        vm.assume(caller != asker);
        majority(60e18, 40e18);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.NotAsker.selector, caller, asker));
        vm.prank(caller);
        wishlist.proposeRest(wish, 1);
    }

    function test_WhenThereIsNoSuchAnswer(uint256 number) external {
        vm.assume(number != 1);
        majority(60e18, 40e18);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.AnswerUnknown.selector, wish, number));
        proposeRest(number);
    }

    function test_WhenTheRestIsProposedAlready() external {
        uint256 number = proposed();
        vm.expectRevert(abi.encodeWithSelector(IWishlist.RestAlreadyProposed.selector, wish, number));
        proposeRest(number);
    }

    function test_WhenHalfOfAllStakesOrLessWasReleasedToTheAnswer(uint256 released, uint256 rest) external {
        rest = within(rest, 1, FUNDS);
        released = within(released, 0, rest);
        majority(released, rest);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.NoMajority.selector, released, released + rest));
        proposeRest(1);
    }

    function test_WhenHalfOfAllStakesOrLessWasReleasedToTheAnswer_OthersDoNotCount() external {
        majority(60e18, 40e18);
        answer(rival, 1, rival);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.NoMajority.selector, 0, 100e18));
        proposeRest(2);
        back(cid, 20e18);
        release(cid, 2);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.NoMajority.selector, 60e18, 120e18));
        proposeRest(1);
    }

    function test_WhenNoStakeFollows() external {
        majority(60e18, 40e18);
        follow(bob, false);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.NothingFollows.selector, wish));
        proposeRest(1);
    }

    function test_WhenMoreThanHalfOfAllStakesWasReleasedToTheAnswer(uint256 released, uint256 rest, uint256 wait)
        external
    {
        released = within(released, 2, FUNDS);
        rest = within(rest, 1, released - 1);
        majority(released, rest);
        uint256 time = START + wait % 30 days;
        vm.warp(time);
        vm.expectEmit(address(wishlist));
        emit IWishlist.RestProposed(wish, 1, time + 3 days);
        proposeRest(1);
        (uint256 number, uint256 payableAt) = proposalOf(wish);
        vm.assertEq(number, 1, "answer");
        vm.assertEq(payableAt, time + 3 days, "time");
        vm.assertEq(wishlist.restOf(wish), rest, "rest");
    }

    /// @dev Ann has released so much to the first answer, Bob's stake follows.
    function majority(uint256 released, uint256 rest) private {
        answer();
        if (released != 0) {
            back(ann, released);
            release(ann, 1);
        }
        back(bob, rest);
        follow(bob, true);
    }
}
