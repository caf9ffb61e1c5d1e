// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {Cheatcodes} from "../Cheatcodes.sol";

/// @notice Karma with two sources, of which this contract is the first.
abstract contract KarmaBase {
    Cheatcodes internal constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant START = 1_800_014_400;
    uint256 internal constant HALF_LIFE = 180 days;
    uint256 internal constant SUPPLY = 1_000_000_000e18;

    address internal seller = address(0x5e11e5);
    address internal buyer = address(0xb0e5);
    address internal stranger = address(0x57a9e5);
    address internal secondSource = address(0x50e5ce);

    IKarma internal karma;

    function setUp() public virtual {
        vm.warp(START);
        karma = deployKarma(HALF_LIFE);
    }

    function deployKarma(uint256 halfLife) internal returns (IKarma) {
        address[] memory sources = new address[](2);
        sources[0] = address(this);
        sources[1] = secondSource;
        return deployKarma(halfLife, sources);
    }

    function deployKarma(uint256 halfLife, address[] memory sources) internal returns (IKarma) {
        return IKarma(vm.deployCode("Karma.sol:Karma", abi.encode(halfLife, sources)));
    }

    function roleOf(uint256 seed) internal pure returns (IKarma.Role) {
        return IKarma.Role(seed % 3);
    }

    /// @dev The value folded into [low, high], both included.
    function within(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        uint256 size = high - low + 1;
        return size == 0 ? value : low + value % size;
    }

    /// @dev That the two values differ by at most so much.
    function assertClose(uint256 left, uint256 right, uint256 difference, string memory message) internal pure {
        vm.assertLe(left > right ? left - right : right - left, difference, message);
    }
}
