// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttestationService} from "../../src/interfaces/IAttestationService.sol";

/// @notice What tests call of the Ethereum Attestation Service 1.4, and the errors that they meet.
interface IEAS is IAttestationService {
    struct AttestationRequestData {
        address recipient;
        uint64 expirationTime;
        bool revocable;
        bytes32 refUID;
        bytes data;
        uint256 value;
    }

    struct AttestationRequest {
        bytes32 schema;
        AttestationRequestData data;
    }

    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    struct DelegatedAttestationRequest {
        bytes32 schema;
        AttestationRequestData data;
        Signature signature;
        address attester;
        uint64 deadline;
    }

    struct MultiAttestationRequest {
        bytes32 schema;
        AttestationRequestData[] data;
    }

    struct RevocationRequestData {
        bytes32 uid;
        uint256 value;
    }

    struct RevocationRequest {
        bytes32 schema;
        RevocationRequestData data;
    }

    struct DelegatedRevocationRequest {
        bytes32 schema;
        RevocationRequestData data;
        Signature signature;
        address revoker;
        uint64 deadline;
    }

    struct MultiRevocationRequest {
        bytes32 schema;
        RevocationRequestData[] data;
    }

    error AccessDenied();
    error AlreadyRevoked();
    error InvalidExpirationTime();
    error InvalidSignature();
    error NotPayable();

    function attest(AttestationRequest calldata request) external payable returns (bytes32 uid);
    function attestByDelegation(DelegatedAttestationRequest calldata request) external payable returns (bytes32 uid);
    function multiAttest(MultiAttestationRequest[] calldata requests) external payable returns (bytes32[] memory uids);
    function revoke(RevocationRequest calldata request) external payable;
    function revokeByDelegation(DelegatedRevocationRequest calldata request) external payable;
    function multiRevoke(MultiRevocationRequest[] calldata requests) external payable;
    function getDomainSeparator() external view returns (bytes32);
    function getNonce(address account) external view returns (uint256);
    function getAttestTypeHash() external view returns (bytes32);
    function getRevokeTypeHash() external view returns (bytes32);
    function getSchemaRegistry() external view returns (address);
    function version() external view returns (string memory);
}
