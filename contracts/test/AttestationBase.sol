// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttestationResolver} from "../src/interfaces/IAttestationResolver.sol";
import {Cheatcodes} from "./Cheatcodes.sol";
import {AttestationServiceCode} from "./external/AttestationServiceCode.sol";
import {IEAS} from "./external/IEAS.sol";
import {ISchemaRegistry} from "./external/ISchemaRegistry.sol";

/// @notice The real Ethereum Attestation Service for tests, with the market's resolver and schemas. A test inherits it
/// beside Base and calls deployAttestationService() in its setUp.
abstract contract AttestationBase {
    // Named otherwise than in Base, beside which this is inherited.
    Cheatcodes private constant CHEATCODES = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));

    string internal constant DOMAIN_SCHEMA = "string domain";
    string internal constant ORGANISATION_SCHEMA = "string organisation,string registration";
    string internal constant ENS_NAME_SCHEMA = "string ensName";
    string internal constant KNOWN_BUYER_SCHEMA = "string level";

    ISchemaRegistry internal schemaRegistry;
    IEAS internal attestationService;
    IAttestationResolver internal attestationResolver;

    /// @dev Deploys registry, service and resolver: three contracts, in this order, from this account.
    function deployAttestationService() internal {
        schemaRegistry = ISchemaRegistry(createExternal(AttestationServiceCode.schemaRegistry()));
        attestationService =
            IEAS(createExternal(bytes.concat(AttestationServiceCode.attestationService(), abi.encode(schemaRegistry))));
        attestationResolver = IAttestationResolver(
            CHEATCODES.deployCode("AttestationResolver.sol:AttestationResolver", abi.encode(attestationService))
        );
    }

    /// @dev Registers a schema as the market does: with its resolver, revocable.
    function registerSchema(string memory schema) internal returns (bytes32 uid) {
        return schemaRegistry.register(schema, address(attestationResolver), true);
    }

    /// @param expirationTime Unix seconds; 0 never expires.
    function attest(address attester, bytes32 schema, address recipient, uint64 expirationTime, bytes memory data)
        internal
        returns (bytes32 uid)
    {
        CHEATCODES.prank(attester);
        return
            attestationService.attest(IEAS.AttestationRequest(schema, attestationData(recipient, expirationTime, data)));
    }

    function revokeAttestation(address attester, bytes32 schema, bytes32 uid) internal {
        CHEATCODES.prank(attester);
        attestationService.revoke(IEAS.RevocationRequest(schema, IEAS.RevocationRequestData(uid, 0)));
    }

    function attestationData(address recipient, uint64 expirationTime, bytes memory data)
        internal
        pure
        returns (IEAS.AttestationRequestData memory)
    {
        return IEAS.AttestationRequestData({
            recipient: recipient, expirationTime: expirationTime, revocable: true, refUID: 0, data: data, value: 0
        });
    }

    /// @dev Deploys creation code that ends in its encoded arguments.
    function createExternal(bytes memory code) internal returns (address created) {
        assembly {
            created := create(0, add(code, 0x20), mload(code))
        }
        CHEATCODES.assertTrue(created != address(0), "an external contract was not created");
    }
}
