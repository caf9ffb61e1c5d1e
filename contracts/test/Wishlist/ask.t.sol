// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {WishlistBase} from "./WishlistBase.t.sol";

contract WishlistAskTest is WishlistBase {
    function test_WhenTheDeadlineLiesLessThanAnHourOrMoreThanTwoYearsAhead(uint256 deadline, bool early) external {
        deadline = early
            ? within(deadline, 0, START + 1 hours - 1)
            : within(deadline, START + 730 days + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IWishlist.DeadlineInvalid.selector, deadline));
        wishlist.ask(DESCRIPTION, deadline);
    }

    function test_WhenTheDeadlineIsValid(address account, bytes32 description, uint256 deadline) external {
        vm.assume(account != address(0));
        deadline = within(deadline, START + 1 hours, START + 730 days);
        vm.expectEmit(address(wishlist));
        emit IWishlist.WishMade(2, account, description, deadline);
        vm.prank(account);
        uint256 made = wishlist.ask(description, deadline);
        vm.assertEq(made, 2, "the first was made at the beginning");

        (
            address asker_,
            bytes32 descriptionHash,
            uint256 deadline_,
            uint256 total,
            uint256 held,
            uint256 number,
            uint256 payableAt
        ) = wishlist.wishOf(made);
        vm.assertEq(asker_, account);
        vm.assertEq(descriptionHash, description);
        vm.assertEq(deadline_, deadline, "deadline");
        vm.assertEq(total + held + number + payableAt, 0, "nothing else");
    }
}
