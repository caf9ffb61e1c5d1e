// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISchemaResolver} from "./ISchemaResolver.sol";

/// @title IAttestationResolver
/// @notice Resolver of the market's schemas at the Ethereum Attestation Service: who a seller is (domain, organisation,
/// ENS name) and that a buyer is known. Refuses nothing; tells in its events all that EAS's own leave out, so that an
/// index needs the logs alone. Who attested is part of every event: what an attestation is worth is for readers to
/// decide.
interface IAttestationResolver is ISchemaResolver {
    /// @notice Emitted for every attestation of the market's schemas.
    /// @param expirationTime Unix seconds; 0 never expires. @param data ABI-encoded by the schema.
    event AttestationRecorded(
        bytes32 indexed uid,
        bytes32 indexed schema,
        address indexed recipient,
        address attester,
        uint64 expirationTime,
        bytes data
    );

    /// @notice Emitted when an attestation of the market's schemas is revoked.
    event AttestationWithdrawn(
        bytes32 indexed uid, bytes32 indexed schema, address indexed recipient, address attester
    );

    /// @notice Only the attestation service may call.
    error NotAttestationService(address account);
    /// @notice Attestations of these schemas carry no ether.
    error ValueRefused(uint256 value);

    /// @notice The Ethereum Attestation Service whose schemas this resolves.
    function attestationService() external view returns (address);
}
