// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract AcceptOwnershipTest is Base {
    function test_WhenTheStreamWasDeleted() external {
        vm.startPrank(seller);
        stream.transferOwnership(stranger);
        stream.deleteStream();
        vm.stopPrank();
        vm.assertEq(stream.pendingOwner(), address(0));
        vm.expectRevert(abi.encodeWithSelector(IStream.StreamDeleted.selector));
        vm.prank(stranger);
        stream.acceptOwnership();
    }

    function test_WhenTheCallerWasNotProposed(address caller) external {
        vm.assume(caller != stranger && caller != address(0));
        vm.prank(seller);
        stream.transferOwnership(stranger);
        vm.expectRevert(abi.encodeWithSelector(IStream.NotPendingOwner.selector, caller, stranger));
        vm.prank(caller);
        stream.acceptOwnership();
    }

    function test_WhenTheCallerWasProposed(address next, uint40 until) external {
        vm.assume(next != address(0));
        give(EVERYONE, IStream.Permission.Read, until);
        vm.prank(seller);
        stream.transferOwnership(next);
        vm.expectEmit(address(stream));
        emit IStream.OwnershipTransferred(seller, next);
        vm.prank(next);
        stream.acceptOwnership();
        vm.assertEq(stream.owner(), next);
        vm.assertEq(stream.pendingOwner(), address(0));
        vm.assertEq(stream.permissionUntil(EVERYONE, IStream.Permission.Read), until);
        vm.assertFalse(stream.deleted());
    }

    function test_BackToTheFirstOwner() external {
        pass(seller, stranger);
        pass(stranger, buyer);
        pass(buyer, seller);
        vm.assertEq(stream.owner(), seller);
        vm.assertFalse(stream.hasPermission(buyer, IStream.Permission.Read));
    }

    function pass(address from, address to) private {
        vm.prank(from);
        stream.transferOwnership(to);
        vm.prank(to);
        stream.acceptOwnership();
    }
}
