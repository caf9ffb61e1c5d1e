// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IThresholdDeliveryOracle} from "../../src/interfaces/IThresholdDeliveryOracle.sol";
import {OracleBase} from "./OracleBase.t.sol";

contract OracleConstructorTest is OracleBase {
    function test_WhenThereIsNoAttestorOrMoreThan32(uint256 count) external {
        count = 33 + count % 30;
        vm.expectRevert(abi.encodeWithSelector(IThresholdDeliveryOracle.AttestorCountInvalid.selector, count));
        deploy(ascending(count), 1);
        vm.expectRevert(abi.encodeWithSelector(IThresholdDeliveryOracle.AttestorCountInvalid.selector, 0));
        deploy(ascending(0), 0);
    }

    function test_WhenTheThresholdIsZeroOrTooLarge(uint256 count, uint256 threshold) external {
        count = 1 + count % 32;
        if (threshold <= count) threshold = 0;
        vm.expectRevert(abi.encodeWithSelector(IThresholdDeliveryOracle.ThresholdInvalid.selector, threshold, count));
        deploy(ascending(count), threshold);
    }

    function test_WhenTheAttestorsAreNotStrictlyAscending(uint256 which) external {
        address[] memory attestors = ascending(6);
        which = 1 + which % 5;
        attestors[which] = attestors[which - 1];
        expectNotAscending(attestors[which], attestors[which]);
        deploy(attestors, 2);
        attestors = ascending(6);
        (attestors[which], attestors[which - 1]) = (attestors[which - 1], attestors[which]);
        expectNotAscending(attestors[which - 1], attestors[which]);
        deploy(attestors, 2);
    }

    function test_WhenAnAttestorIsZero() external {
        expectNotAscending(address(0), address(0));
        deploy(new address[](1), 1);
    }

    function test_WhenAllIsInOrder(uint256 count, uint256 threshold) external {
        count = 1 + count % 32;
        threshold = 1 + threshold % count;
        oracle = deploy(ascending(count), threshold);
        vm.assertEq(oracle.threshold(), threshold);
        vm.assertEq(keccak256(abi.encode(oracle.attestors())), keccak256(abi.encode(ascending(count))));
    }

    function ascending(uint256 count) private pure returns (address[] memory attestors) {
        attestors = new address[](count);
        for (uint160 i; i < count; ++i) {
            attestors[i] = address(0x100 + i);
        }
    }

    function expectNotAscending(address previous, address next) private {
        vm.expectRevert(abi.encodeWithSelector(IThresholdDeliveryOracle.AttestorsNotAscending.selector, previous, next));
    }
}
