// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IThresholdDeliveryOracle} from "../../src/interfaces/IThresholdDeliveryOracle.sol";
import {Cheatcodes} from "../Cheatcodes.sol";

/// @notice An account that accepts what one key signed (ERC-1271).
contract KeyedAccount {
    address private immutable SIGNER;

    constructor(address signer) {
        SIGNER = signer;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (bytes32 r, bytes32 s, uint8 v) = abi.decode(signature, (bytes32, bytes32, uint8));
        return ecrecover(hash, v, r, s) == SIGNER ? this.isValidSignature.selector : bytes4(0);
    }
}

/// @notice An oracle of five attestors, of whom three must sign.
abstract contract OracleBase {
    Cheatcodes internal constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant START = 1_800_014_400;
    uint256 internal constant COUNT = 5;
    uint256 internal constant THRESHOLD = 3;
    address internal constant STREAM = address(0x57e4);

    IThresholdDeliveryOracle internal oracle;
    /// @dev Ascending by their accounts.
    uint256[] internal keys;

    function setUp() public virtual {
        vm.warp(START);
        for (uint256 i; i < COUNT; ++i) {
            keys.push(uint256(keccak256(abi.encode("attestor", i))));
            for (uint256 place = i; place != 0 && vm.addr(keys[place - 1]) > vm.addr(keys[place]); --place) {
                (keys[place - 1], keys[place]) = (keys[place], keys[place - 1]);
            }
        }
        oracle = deploy(accounts(), THRESHOLD);
    }

    function deploy(address[] memory attestors, uint256 threshold) internal returns (IThresholdDeliveryOracle) {
        return IThresholdDeliveryOracle(
            vm.deployCode("ThresholdDeliveryOracle.sol:ThresholdDeliveryOracle", abi.encode(attestors, threshold))
        );
    }

    function accounts() internal view returns (address[] memory attestors) {
        attestors = new address[](keys.length);
        for (uint256 i; i < keys.length; ++i) {
            attestors[i] = vm.addr(keys[i]);
        }
    }

    function digestOf(uint256 chainId, address to, address stream, uint256 time, uint256 count)
        internal
        pure
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("ThresholdDeliveryOracle"),
                keccak256("1"),
                chainId,
                to
            )
        );
        bytes32 content = keccak256(
            abi.encode(keccak256("Delivery(address stream,uint256 time,uint256 count)"), stream, time, count)
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, content));
    }

    function digestOf(uint256 time, uint256 count) internal view returns (bytes32) {
        return digestOf(block.chainid, address(oracle), STREAM, time, count);
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev The attestations of those attestors whose bits are set, in order.
    function attest(uint256 members, bytes32 digest)
        internal
        view
        returns (IThresholdDeliveryOracle.Attestation[] memory attestations)
    {
        attestations = new IThresholdDeliveryOracle.Attestation[](sizeOf(members));
        uint256 next;
        for (uint256 i; i < keys.length; ++i) {
            if (members >> i & 1 == 0) continue;
            attestations[next++] = IThresholdDeliveryOracle.Attestation(vm.addr(keys[i]), sign(keys[i], digest));
        }
    }

    function sizeOf(uint256 members) internal pure returns (uint256 size) {
        for (uint256 i; i < COUNT; ++i) {
            size += members >> i & 1;
        }
    }

    function checkStands(uint256 time, uint256 count) internal view {
        (bool reported, uint256 found) = oracle.eventsBefore(STREAM, time);
        vm.assertTrue(reported);
        vm.assertEq(found, count);
    }

    function checkNothingStands(uint256 time) internal view {
        (bool reported, uint256 found) = oracle.eventsBefore(STREAM, time);
        vm.assertFalse(reported);
        vm.assertEq(found, 0);
    }
}
