// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {IStreamRegistry} from "../../src/interfaces/IStreamRegistry.sol";
import {Base} from "../Base.t.sol";
import {Cheatcodes} from "../Cheatcodes.sol";

contract CreateStreamTest is Base {
    function test_WhenTheNameIsEmpty() external {
        vm.expectRevert(abi.encodeWithSelector(IStream.NameLengthInvalid.selector, 0, 128));
        registry.createStream("", "", 60, 1);
    }

    function test_WhenTheNameIsTooLong(uint256 length) external {
        length = within(length, 129, 2000);
        string memory name = bytesOf(length);
        vm.expectRevert(abi.encodeWithSelector(IStream.NameLengthInvalid.selector, length, 128));
        registry.createStream(name, "", 60, 1);
    }

    function test_WhenTheDescriptionIsTooLong(uint256 length) external {
        length = within(length, 1025, 4000);
        string memory description = bytesOf(length);
        vm.expectRevert(abi.encodeWithSelector(IStream.DescriptionTooLong.selector, length, 1024));
        registry.createStream("name", description, 60, 1);
    }

    function test_WhenTheSlotDurationIsZero() external {
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.SlotDurationInvalid.selector, 0));
        registry.createStream("name", "", 0, 1);
    }

    function test_WhenTheSlotDurationIsLongerThanADay(uint32 slotDuration) external {
        slotDuration = uint32(within(slotDuration, 86_401, type(uint32).max));
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.SlotDurationInvalid.selector, slotDuration));
        registry.createStream("name", "", slotDuration, 1);
    }

    function test_WhenThePartitionsAreZero() external {
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.PartitionsInvalid.selector, 0));
        registry.createStream("name", "", 60, 0);
    }

    function test_WhenThePartitionsAreTooMany(uint32 partitions) external {
        partitions = uint32(within(partitions, 1025, type(uint32).max));
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.PartitionsInvalid.selector, partitions));
        registry.createStream("name", "", 60, partitions);
    }

    function test_WhenAllFit(
        address owner,
        uint256 nameLength,
        uint256 descriptionLength,
        uint32 slotDuration,
        uint32 partitions
    ) external {
        vm.assume(owner != address(0));
        string memory name = bytesOf(within(nameLength, 1, 128));
        string memory description = bytesOf(within(descriptionLength, 0, 1024));
        slotDuration = uint32(within(slotDuration, 1, 86_400));
        partitions = uint32(within(partitions, 1, 1024));

        vm.recordLogs();
        vm.prank(owner);
        address created = registry.createStream(name, description, slotDuration, partitions);

        vm.assertEq(IStream(created).owner(), owner);
        vm.assertEq(IStream(created).pendingOwner(), address(0));
        vm.assertEq(IStream(created).name(), name);
        vm.assertEq(IStream(created).description(), description);
        vm.assertEq(IStream(created).slotDuration(), slotDuration);
        vm.assertEq(IStream(created).partitions(), partitions);
        vm.assertFalse(IStream(created).deleted());

        Cheatcodes.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1);
        vm.assertEq(logs[0].emitter, address(registry));
        vm.assertEq(logs[0].topics[0], IStreamRegistry.StreamCreated.selector);
        vm.assertEq(logs[0].topics[1], bytes32(uint256(uint160(created))));
        vm.assertEq(logs[0].topics[2], bytes32(uint256(uint160(owner))));
        vm.assertEq(keccak256(logs[0].data), keccak256(abi.encode(name, description, slotDuration, partitions)));
    }

    function test_ItGivesNobodyElseAPermission(address account, uint8 permission) external view {
        vm.assume(account != seller);
        IStream.Permission asked = IStream.Permission(permission % 5);
        vm.assertFalse(stream.hasPermission(account, asked));
        vm.assertEq(stream.permissionUntil(account, asked), 0);
    }

    function test_EveryStreamHasItsOwnAddress() external {
        vm.assertNotEq(address(createStream(seller, "temperature")), address(createStream(seller, "temperature")));
    }

    function test_UnicodeNamesComeBackAsTheyWere() external {
        vm.assertEq(
            createStream(seller, unicode"Température à Zürich 🌡").name(), unicode"Température à Zürich 🌡"
        );
    }
}
