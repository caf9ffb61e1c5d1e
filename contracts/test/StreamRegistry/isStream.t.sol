// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {IStreamRegistry} from "../../src/interfaces/IStreamRegistry.sol";
import {Cheatcodes} from "../Cheatcodes.sol";

contract IsStreamTest {
    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant CLONE_LENGTH = 45;
    address private constant FORGED = address(0xf0e6ed);

    IStreamRegistry private registry;
    address private stream;

    function setUp() external {
        registry = newRegistry();
        stream = registry.createStream("temperature", "A sensor on the roof", 60, 1);
    }

    function test_WhenTheRegistryCreatedIt(
        uint256 nameLength,
        uint256 descriptionLength,
        uint32 slotDuration,
        uint32 partitions
    ) external {
        string memory name = textOf(1 + nameLength % 128);
        string memory description = textOf(descriptionLength % 1025);
        address created = registry.createStream(name, description, 1 + slotDuration % 86_400, 1 + partitions % 1024);
        vm.assertTrue(registry.isStream(created));
        IStream(created).deleteStream();
        vm.assertTrue(registry.isStream(created));
    }

    function test_WhenTheLimitsAreReached() external {
        vm.assertTrue(registry.isStream(registry.createStream("x", "", 1, 1)));
        vm.assertTrue(registry.isStream(registry.createStream(textOf(128), textOf(1024), 86_400, 1024)));
    }

    function test_WhenSomebodyElseMadeTheSameClone(address owner) external {
        vm.assume(owner != address(0));
        forge(abi.encodePacked(owner, uint32(60), uint32(1), uint8(4), "fake"));
        vm.assertTrue(registry.isStream(FORGED));
        vm.assertEq(IStream(FORGED).owner(), owner);
    }

    function test_WhenTheArgumentsAreOutsideTheLimits() external {
        address owner = address(this);
        uint32 longSlot = 86_401;
        uint32 manyPartitions = 1025;
        checkForged(abi.encodePacked(address(0), uint32(60), uint32(1), uint8(4), "fake"), false);
        checkForged(abi.encodePacked(owner, uint32(0), uint32(1), uint8(4), "fake"), false);
        checkForged(abi.encodePacked(owner, longSlot, uint32(1), uint8(4), "fake"), false);
        checkForged(abi.encodePacked(owner, uint32(60), uint32(0), uint8(4), "fake"), false);
        checkForged(abi.encodePacked(owner, uint32(60), manyPartitions, uint8(4), "fake"), false);
        checkForged(abi.encodePacked(owner, uint32(60), uint32(1), uint8(0), "fake"), false);
        checkForged(abi.encodePacked(owner, uint32(60), uint32(1), uint8(129), textOf(129)), false);
        checkForged(abi.encodePacked(owner, uint32(60), uint32(1), uint8(4), textOf(4 + 1024)), true);
        checkForged(abi.encodePacked(owner, uint32(60), uint32(1), uint8(4), textOf(4 + 1025)), false);
    }

    function test_WhenTheArgumentsAreCutOff(uint256 length) external {
        bytes memory arguments = abi.encodePacked(address(this), uint32(60), uint32(1), uint8(4), "fake");
        checkForged(arguments, true);
        length %= arguments.length;
        assembly {
            mstore(arguments, length)
        }
        checkForged(arguments, false);
    }

    function test_WhenAByteOfTheCloneDiffers(uint256 place, uint8 change) external {
        vm.assume(change != 0);
        bytes memory code = stream.code;
        place %= CLONE_LENGTH;
        code[place] = bytes1(uint8(code[place]) ^ change);
        vm.etch(FORGED, code);
        vm.assertFalse(registry.isStream(FORGED));
    }

    function test_WhenAnotherRegistryCreatedIt() external {
        IStreamRegistry other = newRegistry();
        vm.assertFalse(registry.isStream(other.createStream("temperature", "", 60, 1)));
        vm.assertFalse(other.isStream(stream));
    }

    function test_WhenItIsAnAccount(address account) external view {
        vm.assume(account != stream);
        vm.assertFalse(registry.isStream(account));
        vm.assertFalse(registry.isStream(registry.implementation()));
        vm.assertFalse(registry.isStream(address(registry)));
        vm.assertFalse(registry.isStream(address(0)));
        vm.assertFalse(registry.isStream(address(4)));
    }

    function test_WhenAnAccountRunsTheCode() external {
        vm.attachDelegation(vm.signDelegation(registry.implementation(), 0xa11ce));
        vm.assertFalse(registry.isStream(vm.addr(0xa11ce)));
        vm.attachDelegation(vm.signDelegation(stream, 0xa11ce));
        vm.assertFalse(registry.isStream(vm.addr(0xa11ce)));
    }

    function checkForged(bytes memory arguments, bool expected) private {
        forge(arguments);
        vm.assertEq(registry.isStream(FORGED), expected);
    }

    /// @dev The clone's code with other arguments, as anybody can deploy it.
    function forge(bytes memory arguments) private {
        bytes memory code = stream.code;
        assembly {
            mstore(code, CLONE_LENGTH)
        }
        vm.etch(FORGED, bytes.concat(code, arguments));
    }

    function newRegistry() private returns (IStreamRegistry) {
        return IStreamRegistry(vm.deployCode("StreamRegistry.sol:StreamRegistry", abi.encode(address(0))));
    }

    function textOf(uint256 length) private pure returns (string memory) {
        bytes memory text = new bytes(length);
        for (uint256 i; i < length; ++i) {
            text[i] = "x";
        }
        return string(text);
    }
}
