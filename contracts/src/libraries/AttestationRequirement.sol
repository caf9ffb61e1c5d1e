// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttestationService} from "../interfaces/IAttestationService.sol";
import {ILicenses} from "../interfaces/ILicenses.sol";
import {IOffers} from "../interfaces/IOffers.sol";

/// @title AttestationRequirement
/// @notice Whether a licensee has the attestation that an offer demands. It counts at the time of the purchase: one that
/// is revoked later ends no licence, which is the seller's to do.
library AttestationRequirement {
    /// @notice Reverts with AttestationInvalid unless `attestation` is of the offer's schema, on the licensee, by one of
    /// the offer's attesters, neither revoked nor expired.
    /// @dev Of an uid that was never attested the service answers zeros, whose schema no offer demands.
    function check(IAttestationService service, IOffers.Offer calldata offer, bytes32 attestation, address licensee)
        internal
        view
    {
        IAttestationService.Attestation memory found = service.getAttestation(attestation);
        bool valid = found.schema == offer.attestationSchema && found.recipient == licensee && found.revocationTime == 0
            && (found.expirationTime == 0 || found.expirationTime > block.timestamp)
            && _isAmong(offer.attesters, found.attester);
        if (!valid) revert ILicenses.AttestationInvalid(attestation, licensee);
    }

    function _isAmong(address[] calldata attesters, address attester) private pure returns (bool) {
        uint256 count = attesters.length;
        for (uint256 i; i < count; ++i) {
            if (attesters[i] == attester) return true;
        }
        return false;
    }
}
