// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttestationService} from "./IAttestationService.sol";

/// @title ISchemaResolver
/// @notice What the Ethereum Attestation Service asks of the resolver of a schema (EAS 1.4): it is told of every
/// attestation and every revocation, and may refuse them.
interface ISchemaResolver {
    /// @notice Whether attestations may carry ether.
    function isPayable() external pure returns (bool);

    /// @notice Told of an attestation; false refuses it.
    function attest(IAttestationService.Attestation calldata attestation) external payable returns (bool);

    /// @notice Told of several attestations of one transaction.
    function multiAttest(IAttestationService.Attestation[] calldata attestations, uint256[] calldata values)
        external
        payable
        returns (bool);

    /// @notice Told of a revocation; false refuses it.
    function revoke(IAttestationService.Attestation calldata attestation) external payable returns (bool);

    /// @notice Told of several revocations of one transaction.
    function multiRevoke(IAttestationService.Attestation[] calldata attestations, uint256[] calldata values)
        external
        payable
        returns (bool);
}
