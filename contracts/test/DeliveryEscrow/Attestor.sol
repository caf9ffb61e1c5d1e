// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IThresholdDeliveryOracle} from "../../src/interfaces/IThresholdDeliveryOracle.sol";
import {Cheatcodes} from "../Cheatcodes.sol";

/// @notice The one attestor of a real oracle: signs counts with its key and reports them.
contract Attestor {
    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant KEY = 0xa77e5;

    function deployOracle() external returns (IThresholdDeliveryOracle) {
        address[] memory attestors = new address[](1);
        attestors[0] = vm.addr(KEY);
        return IThresholdDeliveryOracle(
            vm.deployCode("ThresholdDeliveryOracle.sol:ThresholdDeliveryOracle", abi.encode(attestors, 1))
        );
    }

    function report(IThresholdDeliveryOracle oracle, address stream, uint256 time, uint256 count) external {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("ThresholdDeliveryOracle"),
                keccak256("1"),
                block.chainid,
                address(oracle)
            )
        );
        bytes32 content = keccak256(
            abi.encode(keccak256("Delivery(address stream,uint256 time,uint256 count)"), stream, time, count)
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, keccak256(abi.encodePacked("\x19\x01", domain, content)));
        IThresholdDeliveryOracle.Attestation[] memory attestations = new IThresholdDeliveryOracle.Attestation[](1);
        attestations[0] = IThresholdDeliveryOracle.Attestation(vm.addr(KEY), abi.encodePacked(r, s, v));
        oracle.report(stream, time, count, attestations);
    }
}
