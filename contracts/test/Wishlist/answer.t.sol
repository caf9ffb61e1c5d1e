// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {WishlistBase} from "./WishlistBase.t.sol";

contract WishlistAnswerTest is WishlistBase {
    function test_WhenThereIsNoSuchWish() external {
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishUnknown.selector, 0));
        vm.prank(seller);
        wishlist.answer(0, productIdOf(seller, 7), beneficiary);
    }

    function test_WhenTheDeadlineHasPassed(uint256 wait) external {
        vm.warp(DEADLINE + wait % 1000 days);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.WishOver.selector, DEADLINE));
        answer();
    }

    function test_WhenTheCallerIsNotTheSellerThatTheProductIdNames(address caller, uint96 number) external {
        vm.assume(caller != seller);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.NotSeller.selector, caller, seller));
        vm.prank(caller);
        wishlist.answer(wish, productIdOf(seller, number), beneficiary);
    }

    function test_WhenTheBeneficiaryIsTheZeroAddressTheContractOrTheToken() external {
        address[3] memory refused = [address(0), address(wishlist), address(token)];
        for (uint256 i; i < refused.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IWishlist.BeneficiaryInvalid.selector, refused[i]));
            answer(seller, 7, refused[i]);
        }
    }

    function test_WhenTheProductAnsweredBefore() external {
        answer();
        vm.expectRevert(abi.encodeWithSelector(IWishlist.AnswerInvalid.selector, wish, productIdOf(seller, 7)));
        answer(seller, 7, seller);
    }

    function test_WhenAllIsValid(address account, uint96 number, address paid) external {
        vm.assume(paid != address(0) && paid != address(wishlist) && paid != address(token));
        vm.assume(account != seller || number != 7);
        answer();
        vm.warp(DEADLINE - 1);
        bytes32 productId = productIdOf(account, number);
        vm.expectEmit(address(wishlist));
        emit IWishlist.WishAnswered(wish, 2, productId, paid);
        vm.assertEq(answer(account, number, paid), 2, "number");
        (bytes32 kept, address keptBeneficiary, uint256 released) = wishlist.answerOf(wish, 2);
        vm.assertEq(kept, productId);
        vm.assertEq(keptBeneficiary, paid);
        vm.assertEq(released, 0, "released");

        // The same product may answer another wish, where numbers begin anew.
        vm.warp(START);
        wish = ask();
        vm.assertEq(answer(account, number, paid), 1, "number in another wish");
    }

    function test_WhenThereAreVeryManyAnswersAlready() external {
        for (uint96 i; i < 200; ++i) {
            answer(rival, i, rival);
        }
        vm.assertEq(answer(), 201, "number");
        back(ann, 5);
        release(ann, 201);
        vm.assertEq(token.balanceOf(beneficiary), 5, "paid");
    }

    function test_WhenTheSellerIsAContract() external {
        vm.assertEq(wishlist.answer(wish, productIdOf(address(this), 1), address(this)), 1);
        back(ann, 5);
        release(ann, 1);
        vm.assertEq(token.balanceOf(address(this)), 5, "paid");
    }
}
