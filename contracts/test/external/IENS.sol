// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What tests call of the registry of ENS.
interface IENS {
    function setSubnodeOwner(bytes32 node, bytes32 label, address owner) external returns (bytes32 subnode);
    function setResolver(bytes32 node, address resolver) external;
    function resolver(bytes32 node) external view returns (address);
}

/// @notice What tests call of the public resolver of ENS.
interface IPublicResolver {
    function setAddr(bytes32 node, address account) external;
    function addr(bytes32 node) external view returns (address);
}
