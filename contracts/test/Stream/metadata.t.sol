// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract StreamMetadataTest is Base {
    function test_WhenNothingWasChanged(uint256 nameLength, uint256 descriptionLength) external {
        string memory name = bytesOf(within(nameLength, 1, 128));
        string memory description = bytesOf(within(descriptionLength, 0, 1024));
        IStream created = IStream(registry.createStream(name, description, 86_400, 1024));
        vm.assertEq(created.name(), name);
        vm.assertEq(created.description(), description);
        vm.assertEq(created.slotDuration(), 86_400);
        vm.assertEq(created.partitions(), 1024);
        vm.assertEq(created.owner(), address(this));
    }

    function test_StreamsDoNotShareWhatChanges() external {
        IStream other = createStream(seller, "humidity");
        vm.startPrank(seller);
        other.setMetadata("dew point", "");
        other.setPermission(stranger, IStream.Permission.Read, NEVER);
        vm.stopPrank();
        vm.assertEq(stream.name(), "temperature");
        vm.assertFalse(stream.hasPermission(stranger, IStream.Permission.Read));
    }
}
