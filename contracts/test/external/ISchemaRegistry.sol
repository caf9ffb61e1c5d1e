// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What tests call of the registry of schemas of the Ethereum Attestation Service 1.4.
interface ISchemaRegistry {
    struct SchemaRecord {
        bytes32 uid;
        address resolver;
        bool revocable;
        string schema;
    }

    function register(string calldata schema, address resolver, bool revocable) external returns (bytes32 uid);
    function getSchema(bytes32 uid) external view returns (SchemaRecord memory);
}
