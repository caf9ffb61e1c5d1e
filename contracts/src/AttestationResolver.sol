// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttestationResolver} from "./interfaces/IAttestationResolver.sol";
import {IAttestationService} from "./interfaces/IAttestationService.sol";
import {ISchemaResolver} from "./interfaces/ISchemaResolver.sol";

/// @title AttestationResolver
/// @notice Hears of every attestation of the market's schemas from the Ethereum Attestation Service, and tells it on in
/// events that need no second look at the chain.
///
/// Who is trusted: the attestation service that the constructor names, to call only for what really was attested or
/// revoked; it has no owner and cannot be changed where it is not behind a proxy (on chains built with the OP Stack it
/// is a predeployed contract that the chain's operators can upgrade). Nobody else can make this contract say anything.
///
/// What an event proves: that the attester attested it at the service. Not that it is true, and not that anybody should
/// care: everybody can attest everything about everybody, and can register more schemas with this resolver. Readers
/// choose schemas by uid and attesters by address, as offers do that demand an attestation of their buyers.
///
/// It keeps no state, takes no ether and refuses nothing else, so it can neither be filled nor bribed, and no
/// attestation or revocation ever fails because of it.
///
/// When a party vanishes: without the service nothing is attested; what was said stays in the logs.
contract AttestationResolver is IAttestationResolver {
    /// @inheritdoc IAttestationResolver
    address public immutable override attestationService;

    /// @dev Lets only the service call, and only without ether.
    modifier onlyAttestationService() {
        _checkCall();
        _;
    }

    /// @param attestationService_ The Ethereum Attestation Service of this chain.
    constructor(address attestationService_) {
        attestationService = attestationService_;
    }

    /// @inheritdoc ISchemaResolver
    function attest(IAttestationService.Attestation calldata attestation)
        external
        payable
        override
        onlyAttestationService
        returns (bool)
    {
        _record(attestation);
        return true;
    }

    /// @inheritdoc ISchemaResolver
    function multiAttest(IAttestationService.Attestation[] calldata attestations, uint256[] calldata)
        external
        payable
        override
        onlyAttestationService
        returns (bool)
    {
        for (uint256 i; i < attestations.length; ++i) {
            _record(attestations[i]);
        }
        return true;
    }

    /// @inheritdoc ISchemaResolver
    function revoke(IAttestationService.Attestation calldata attestation)
        external
        payable
        override
        onlyAttestationService
        returns (bool)
    {
        _withdraw(attestation);
        return true;
    }

    /// @inheritdoc ISchemaResolver
    function multiRevoke(IAttestationService.Attestation[] calldata attestations, uint256[] calldata)
        external
        payable
        override
        onlyAttestationService
        returns (bool)
    {
        for (uint256 i; i < attestations.length; ++i) {
            _withdraw(attestations[i]);
        }
        return true;
    }

    /// @inheritdoc ISchemaResolver
    function isPayable() external pure override returns (bool) {
        return false;
    }

    function _record(IAttestationService.Attestation calldata attestation) private {
        emit AttestationRecorded(
            attestation.uid,
            attestation.schema,
            attestation.recipient,
            attestation.attester,
            attestation.expirationTime,
            attestation.data
        );
    }

    function _withdraw(IAttestationService.Attestation calldata attestation) private {
        emit AttestationWithdrawn(attestation.uid, attestation.schema, attestation.recipient, attestation.attester);
    }

    function _checkCall() private view {
        if (msg.sender != attestationService) revert NotAttestationService(msg.sender);
        if (msg.value != 0) revert ValueRefused(msg.value);
    }
}
