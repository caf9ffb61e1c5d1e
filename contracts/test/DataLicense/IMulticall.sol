// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Several calls to the contract in one transaction (OpenZeppelin's Multicall).
interface IMulticall {
    function multicall(bytes[] calldata calls) external returns (bytes[] memory answers);
}
