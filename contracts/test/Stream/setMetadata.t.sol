// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract SetMetadataTest is Base {
    function test_WhenTheStreamWasDeleted() external {
        vm.startPrank(seller);
        stream.deleteStream();
        vm.expectRevert(abi.encodeWithSelector(IStream.StreamDeleted.selector));
        stream.setMetadata("name", "");
    }

    function test_WhenTheCallerLacksEdit() external {
        give(stranger, IStream.Permission.Write, NEVER);
        vm.expectRevert(abi.encodeWithSelector(IStream.PermissionMissing.selector, stranger, IStream.Permission.Edit));
        vm.prank(stranger);
        stream.setMetadata("name", "");
    }

    function test_WhenTheNameIsEmpty() external {
        vm.expectRevert(abi.encodeWithSelector(IStream.NameLengthInvalid.selector, 0, 128));
        vm.prank(seller);
        stream.setMetadata("", "description");
    }

    function test_WhenTheNameIsTooLong() external {
        vm.expectRevert(abi.encodeWithSelector(IStream.NameLengthInvalid.selector, 129, 128));
        vm.prank(seller);
        stream.setMetadata(bytesOf(129), "");
    }

    function test_WhenTheDescriptionIsTooLong() external {
        vm.expectRevert(abi.encodeWithSelector(IStream.DescriptionTooLong.selector, 1025, 1024));
        vm.prank(seller);
        stream.setMetadata("name", bytesOf(1025));
    }

    function test_WhenAllIsWell(uint256 nameLength, uint256 descriptionLength) external {
        string memory name = bytesOf(within(nameLength, 1, 128));
        string memory description = bytesOf(within(descriptionLength, 0, 1024));
        give(stranger, IStream.Permission.Edit, NEVER);
        vm.expectEmit(address(stream));
        emit IStream.MetadataChanged(name, description, stranger);
        vm.prank(stranger);
        stream.setMetadata(name, description);

        vm.assertEq(stream.name(), name);
        vm.assertEq(stream.description(), description);
        vm.assertEq(stream.slotDuration(), 60);
        vm.assertEq(stream.partitions(), 1);
        vm.assertEq(stream.owner(), seller);
    }

    function test_TheLastChangeCounts() external {
        vm.startPrank(seller);
        stream.setMetadata(bytesOf(100), bytesOf(900));
        stream.setMetadata("short", "");
        vm.stopPrank();
        vm.assertEq(stream.name(), "short");
        vm.assertEq(stream.description(), "");
    }
}
