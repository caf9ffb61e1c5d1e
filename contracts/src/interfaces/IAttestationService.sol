// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IAttestationService
/// @notice What the market needs of the Ethereum Attestation Service (EAS 1.4): looking an attestation up. The layout of
/// Attestation is that of EAS.
interface IAttestationService {
    struct Attestation {
        bytes32 uid;
        bytes32 schema;
        uint64 time;
        /// Unix seconds; 0 never expires.
        uint64 expirationTime;
        /// Unix seconds; 0 is not revoked.
        uint64 revocationTime;
        bytes32 refUID;
        address recipient;
        address attester;
        bool revocable;
        bytes data;
    }

    /// @notice The attestation of this uid; all zero when there is none.
    function getAttestation(bytes32 uid) external view returns (Attestation memory);
}
