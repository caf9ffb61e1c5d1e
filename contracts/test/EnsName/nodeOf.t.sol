// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EnsName} from "../../src/libraries/EnsName.sol";
import {Cheatcodes} from "../Cheatcodes.sol";

contract NodeOfTest {
    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev The values that ERC-137 gives.
    function test_WhenTheNameIsOfTheStandard() external pure {
        check("eth", 0x93cdeb708b7545dc668eb9280176169d1c33cfd8ed6f04690a0bcc88a93fc4ae);
        check("foo.eth", 0xde9b09fd7c5f901e23a3f19fecc54828e9c848539801e86591bd9801b019f84f);
    }

    function test_WhenTheNameIsValid(uint8[] memory lengths, bytes32 seed) external pure {
        bytes memory name;
        bytes32[] memory labels = new bytes32[](lengths.length);
        uint256 count;
        for (uint256 i; i < lengths.length; ++i) {
            bytes memory label = labelOf(1 + lengths[i] % 30, keccak256(abi.encode(seed, i)));
            if (name.length + 1 + label.length > 255) break;
            name = name.length == 0 ? label : bytes.concat(name, ".", label);
            labels[count++] = keccak256(label);
        }
        vm.assume(count != 0);
        bytes32 node;
        while (count != 0) {
            node = keccak256(abi.encodePacked(node, labels[--count]));
        }
        check(name, node);
    }

    function test_WhenTheNameIsLong(uint256 length, bytes32 seed) external pure {
        length = 240 + length % 40;
        bytes memory name = labelOf(length, seed);
        (, bool valid) = EnsName.nodeOf(name);
        vm.assertEq(valid, length <= 255);
    }

    function test_WhenALabelIsEmpty(uint256 place, uint256 length, bytes32 seed) external pure {
        length = 1 + length % 100;
        bytes memory name = labelOf(length, seed);
        place %= length;
        name[place] = ".";
        if (place != 0 && place != length - 1) name[place + 1] = ".";
        (bytes32 node, bool valid) = EnsName.nodeOf(name);
        vm.assertFalse(valid);
        vm.assertEq(node, 0);
    }

    function test_WhenTheNameIsEmpty() external pure {
        (bytes32 node, bool valid) = EnsName.nodeOf("");
        vm.assertFalse(valid);
        vm.assertEq(node, 0);
    }

    function check(bytes memory name, bytes32 expected) private pure {
        (bytes32 node, bool valid) = EnsName.nodeOf(name);
        vm.assertTrue(valid);
        vm.assertEq(node, expected);
    }

    /// @dev Any bytes but the full stop.
    function labelOf(uint256 length, bytes32 seed) private pure returns (bytes memory label) {
        label = new bytes(length);
        for (uint256 i; i < length; ++i) {
            label[i] = bytes1(uint8(uint256(keccak256(abi.encode(seed, i)))));
            if (label[i] == ".") label[i] = "x";
        }
    }
}
