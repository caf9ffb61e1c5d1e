// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract DeleteStreamTest is Base {
    function test_WhenTheStreamWasDeletedAlready() external {
        vm.startPrank(seller);
        stream.deleteStream();
        vm.expectRevert(abi.encodeWithSelector(IStream.StreamDeleted.selector));
        stream.deleteStream();
    }

    function test_WhenTheCallerLacksDelete() external {
        give(stranger, IStream.Permission.Grant, NEVER);
        vm.expectRevert(abi.encodeWithSelector(IStream.PermissionMissing.selector, stranger, IStream.Permission.Delete));
        vm.prank(stranger);
        stream.deleteStream();
    }

    function test_WhenTheCallerIsTheOwner() external {
        deleteAs(seller);
    }

    function test_WhenTheCallerHoldsDelete() external {
        give(stranger, IStream.Permission.Delete, uint40(START + 1));
        deleteAs(stranger);
    }

    function deleteAs(address account) private {
        give(EVERYONE, IStream.Permission.Read, NEVER);
        vm.expectEmit(address(stream));
        emit IStream.Deleted(account);
        vm.prank(account);
        stream.deleteStream();
        vm.assertTrue(stream.deleted());
        vm.assertEq(stream.owner(), address(0));
        vm.assertFalse(stream.hasPermission(seller, IStream.Permission.Read));
        vm.assertFalse(stream.hasPermission(stranger, IStream.Permission.Read));
        vm.assertEq(stream.name(), "temperature");
        vm.assertEq(stream.description(), "A sensor on the roof");
        vm.assertEq(stream.slotDuration(), 60);
        vm.assertEq(stream.partitions(), 1);
    }
}
