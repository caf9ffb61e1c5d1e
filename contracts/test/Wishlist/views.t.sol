// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {WishlistBase} from "./WishlistBase.t.sol";

/// @notice The one function of OpenZeppelin's Multicall.
interface IMulticall {
    function multicall(bytes[] calldata data) external returns (bytes[] memory results);
}

contract WishlistViewsTest is WishlistBase {
    function test_WhenThereIsNoSuchWish(uint256 unknown) external {
        vm.assume(unknown != wish);
        bytes memory reason = abi.encodeWithSelector(IWishlist.WishUnknown.selector, unknown);
        vm.expectRevert(reason);
        wishlist.wishOf(unknown);
        vm.expectRevert(reason);
        wishlist.answerOf(unknown, 1);
        vm.expectRevert(reason);
        wishlist.stakeOf(unknown, ann);
        vm.expectRevert(reason);
        wishlist.follows(unknown, ann);
        vm.expectRevert(reason);
        wishlist.restOf(unknown);
    }

    function test_WhenThereIsNoSuchAnswer(uint256 number) external {
        vm.assume(number != 1);
        answer();
        vm.expectRevert(abi.encodeWithSelector(IWishlist.AnswerUnknown.selector, wish, number));
        wishlist.answerOf(wish, number);
    }

    function test_Always() external view {
        vm.assertEq(wishlist.token(), address(token));
    }

    function test_WhenABackerStakesAndFollows() external {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IWishlist.back, (wish, 5e18));
        calls[1] = abi.encodeCall(IWishlist.follow, (wish, true));
        vm.prank(ann);
        IMulticall(address(wishlist)).multicall(calls);
        vm.assertEq(wishlist.restOf(wish), 5e18, "rest");
        vm.assertTrue(wishlist.follows(wish, ann));
    }
}
