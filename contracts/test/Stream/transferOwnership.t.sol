// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract TransferOwnershipTest is Base {
    function test_WhenTheStreamWasDeleted() external {
        vm.startPrank(seller);
        stream.deleteStream();
        vm.expectRevert(abi.encodeWithSelector(IStream.StreamDeleted.selector));
        stream.transferOwnership(stranger);
    }

    function test_WhenTheCallerIsNotTheOwner() external {
        for (uint256 i; i < 5; ++i) {
            give(stranger, IStream.Permission(i), NEVER);
        }
        vm.expectRevert(abi.encodeWithSelector(IStream.NotOwner.selector, stranger, seller));
        vm.prank(stranger);
        stream.transferOwnership(stranger);
    }

    function test_WhenTheCallerIsTheOwner(address proposed) external {
        vm.expectEmit(address(stream));
        emit IStream.OwnershipTransferStarted(seller, proposed);
        vm.prank(seller);
        stream.transferOwnership(proposed);
        vm.assertEq(stream.pendingOwner(), proposed);
        vm.assertEq(stream.owner(), seller);
    }

    function test_WhenItIsCalledAgain() external {
        vm.startPrank(seller);
        stream.transferOwnership(stranger);
        stream.transferOwnership(address(0));
        vm.stopPrank();
        vm.assertEq(stream.pendingOwner(), address(0));
        vm.expectRevert(abi.encodeWithSelector(IStream.NotPendingOwner.selector, stranger, address(0)));
        vm.prank(stranger);
        stream.acceptOwnership();
    }
}
