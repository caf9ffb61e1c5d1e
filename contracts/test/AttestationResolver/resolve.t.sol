// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAttestationResolver} from "../../src/interfaces/IAttestationResolver.sol";
import {IAttestationService} from "../../src/interfaces/IAttestationService.sol";
import {AttestationBase} from "../AttestationBase.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {IEAS} from "../external/IEAS.sol";

contract AttestationResolverTest is AttestationBase {
    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant START = 1_800_014_400;
    uint256 private constant ATTESTER_KEY = 0xa77e57;

    address private attester = vm.addr(ATTESTER_KEY);
    address private recipient = address(0xbeef);
    address private stranger = address(0xbad);
    bytes private data = abi.encode("example.org");
    bytes32 private domainSchema;
    bytes32 private buyerSchema;

    function setUp() external {
        vm.warp(START);
        deployAttestationService();
        domainSchema = registerSchema(DOMAIN_SCHEMA);
        buyerSchema = registerSchema(KNOWN_BUYER_SCHEMA);
    }

    function test_ItNamesTheServiceAndTakesNoEther() external {
        vm.assertEq(attestationResolver.attestationService(), address(attestationService));
        vm.assertFalse(attestationResolver.isPayable());
        vm.assertEq(attestationService.version(), "1.4.0");
        vm.deal(stranger, 1 ether);
        vm.prank(stranger);
        (bool taken,) = address(attestationResolver).call{value: 1}("");
        vm.assertFalse(taken);
    }

    function test_TheSchemasUidFollowsFromItsParts() external view {
        vm.assertEq(domainSchema, keccak256(abi.encodePacked(DOMAIN_SCHEMA, attestationResolver, true)));
        vm.assertEq(schemaRegistry.getSchema(domainSchema).resolver, address(attestationResolver));
        vm.assertTrue(schemaRegistry.getSchema(domainSchema).revocable);
    }

    function test_WhenTheCallerIsNotTheService(address caller) external {
        vm.assume(caller != address(attestationService));
        IAttestationService.Attestation memory one;
        IAttestationService.Attestation[] memory many = new IAttestationService.Attestation[](2);
        bytes memory reason = abi.encodeWithSelector(IAttestationResolver.NotAttestationService.selector, caller);
        vm.startPrank(caller);
        vm.expectRevert(reason);
        attestationResolver.attest(one);
        vm.expectRevert(reason);
        attestationResolver.multiAttest(many, new uint256[](2));
        vm.expectRevert(reason);
        attestationResolver.revoke(one);
        vm.expectRevert(reason);
        attestationResolver.multiRevoke(many, new uint256[](2));
        vm.stopPrank();
    }

    function test_WhenTheServiceSendsEther(uint128 value) external {
        vm.assume(value != 0);
        IAttestationService.Attestation memory one;
        IAttestationService.Attestation[] memory none = new IAttestationService.Attestation[](0);
        bytes memory reason = abi.encodeWithSelector(IAttestationResolver.ValueRefused.selector, value);
        vm.deal(address(attestationService), type(uint256).max);
        vm.startPrank(address(attestationService));
        vm.expectRevert(reason);
        attestationResolver.attest{value: value}(one);
        vm.expectRevert(reason);
        attestationResolver.multiAttest{value: value}(none, new uint256[](0));
        vm.expectRevert(reason);
        attestationResolver.revoke{value: value}(one);
        vm.expectRevert(reason);
        attestationResolver.multiRevoke{value: value}(none, new uint256[](0));
        vm.stopPrank();
    }

    function test_WhenTheServiceSendsNone(IAttestationService.Attestation[] memory several) external {
        vm.startPrank(address(attestationService));
        vm.recordLogs();
        vm.assertTrue(attestationResolver.multiAttest(several, new uint256[](several.length)));
        vm.assertTrue(attestationResolver.multiRevoke(several, new uint256[](several.length)));
        Cheatcodes.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 2 * several.length);
        for (uint256 i; i < several.length; ++i) {
            checkRecorded(logs[i], several[i]);
            checkWithdrawn(logs[several.length + i], several[i]);
        }
        if (several.length == 0) return;
        vm.assertTrue(attestationResolver.attest(several[0]));
        vm.assertTrue(attestationResolver.revoke(several[0]));
        logs = vm.getRecordedLogs();
        checkRecorded(logs[0], several[0]);
        checkWithdrawn(logs[1], several[0]);
        vm.stopPrank();
    }

    function test_WhenAnAccountAttests(address about, bytes calldata anything) external {
        vm.recordLogs();
        bytes32 uid = attest(attester, domainSchema, about, 0, anything);
        Cheatcodes.Log memory log = onlyLogOfTheResolver();

        IAttestationService.Attestation memory attested = attestationService.getAttestation(uid);
        vm.assertEq(attested.uid, uid);
        vm.assertEq(attested.schema, domainSchema);
        vm.assertEq(attested.attester, attester);
        vm.assertEq(attested.recipient, about);
        vm.assertEq(keccak256(attested.data), keccak256(anything));
        checkRecorded(log, attested);
    }

    function test_WhenEtherIsSentAlong() external {
        IEAS.AttestationRequestData memory request = attestationData(recipient, 0, data);
        request.value = 1;
        vm.deal(attester, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(IEAS.NotPayable.selector));
        vm.prank(attester);
        attestationService.attest{value: 1}(IEAS.AttestationRequest(domainSchema, request));
    }

    function test_WhenItExpires(uint64 expirationTime) external {
        expirationTime = uint64(START + 1 + expirationTime % 10_000_000_000);
        vm.expectEmit(address(attestationResolver));
        emit IAttestationResolver.AttestationRecorded(
            uidOf(expirationTime), domainSchema, recipient, attester, expirationTime, data
        );
        attest(attester, domainSchema, recipient, expirationTime, data);
    }

    function test_WhenItWouldHaveExpired() external {
        vm.expectRevert(abi.encodeWithSelector(IEAS.InvalidExpirationTime.selector));
        attest(attester, domainSchema, recipient, uint64(START), data);
    }

    function test_WhenAnAccountAttestsSeveralOfTwoSchemas() external {
        (bytes32[] memory uids, Cheatcodes.Log[] memory logs) = attestThree();
        vm.assertEq(uids.length, 3);
        vm.assertEq(logs.length, 3);
        for (uint256 i; i < 3; ++i) {
            checkRecorded(logs[i], attestationService.getAttestation(uids[i]));
        }
        vm.assertEq(logs[0].topics[2], domainSchema);
        vm.assertEq(logs[1].topics[2], domainSchema);
        vm.assertEq(logs[2].topics[2], buyerSchema);
    }

    function test_WhenAnAccountSignsAndAnotherSubmits() external {
        IEAS.DelegatedAttestationRequest memory request = delegatedRequest(ATTESTER_KEY);
        vm.recordLogs();
        vm.prank(stranger);
        bytes32 uid = attestationService.attestByDelegation(request);
        Cheatcodes.Log memory log = onlyLogOfTheResolver();
        vm.assertEq(attestationService.getAttestation(uid).attester, attester);
        checkRecorded(log, attestationService.getAttestation(uid));
    }

    function test_WhenSomebodyElseSigned() external {
        IEAS.DelegatedAttestationRequest memory request = delegatedRequest(0xbad);
        vm.expectRevert(abi.encodeWithSelector(IEAS.InvalidSignature.selector));
        attestationService.attestByDelegation(request);
    }

    function test_WhenTheAttesterRevokes() external {
        bytes32 uid = attest(attester, domainSchema, recipient, 0, data);
        vm.expectEmit(address(attestationResolver));
        emit IAttestationResolver.AttestationWithdrawn(uid, domainSchema, recipient, attester);
        revokeAttestation(attester, domainSchema, uid);
        vm.assertEq(attestationService.getAttestation(uid).revocationTime, START);

        vm.expectRevert(abi.encodeWithSelector(IEAS.AlreadyRevoked.selector));
        revokeAttestation(attester, domainSchema, uid);
    }

    function test_WhenSeveralAreRevoked() external {
        (bytes32[] memory uids,) = attestThree();
        IEAS.MultiRevocationRequest[] memory requests = new IEAS.MultiRevocationRequest[](2);
        requests[0] = IEAS.MultiRevocationRequest(domainSchema, new IEAS.RevocationRequestData[](2));
        requests[0].data[0].uid = uids[0];
        requests[0].data[1].uid = uids[1];
        requests[1] = IEAS.MultiRevocationRequest(buyerSchema, new IEAS.RevocationRequestData[](1));
        requests[1].data[0].uid = uids[2];

        vm.recordLogs();
        vm.prank(attester);
        attestationService.multiRevoke(requests);
        Cheatcodes.Log[] memory logs = logsOfTheResolver();
        vm.assertEq(logs.length, 3);
        for (uint256 i; i < 3; ++i) {
            checkWithdrawn(logs[i], attestationService.getAttestation(uids[i]));
        }
    }

    function test_WhenTheAttesterSignsTheRevocation() external {
        bytes32 uid = attest(attester, domainSchema, recipient, 0, data);
        bytes32 structHash = keccak256(
            abi.encode(
                attestationService.getRevokeTypeHash(),
                attester,
                domainSchema,
                uid,
                0,
                attestationService.getNonce(attester),
                START
            )
        );
        IEAS.DelegatedRevocationRequest memory request = IEAS.DelegatedRevocationRequest(
            domainSchema, IEAS.RevocationRequestData(uid, 0), sign(ATTESTER_KEY, structHash), attester, uint64(START)
        );
        vm.expectEmit(address(attestationResolver));
        emit IAttestationResolver.AttestationWithdrawn(uid, domainSchema, recipient, attester);
        vm.prank(stranger);
        attestationService.revokeByDelegation(request);
    }

    function test_WhenAnotherAccountRevokes() external {
        bytes32 uid = attest(attester, domainSchema, recipient, 0, data);
        vm.expectRevert(abi.encodeWithSelector(IEAS.AccessDenied.selector));
        revokeAttestation(recipient, domainSchema, uid);
    }

    function test_WhenASchemaHasAnotherResolver() external {
        bytes32 schema = schemaRegistry.register(DOMAIN_SCHEMA, address(0), true);
        vm.recordLogs();
        attest(attester, schema, recipient, 0, data);
        vm.assertEq(logsOfTheResolver().length, 0);
    }

    function attestThree() private returns (bytes32[] memory uids, Cheatcodes.Log[] memory logs) {
        IEAS.MultiAttestationRequest[] memory requests = new IEAS.MultiAttestationRequest[](2);
        requests[0] = IEAS.MultiAttestationRequest(domainSchema, new IEAS.AttestationRequestData[](2));
        requests[0].data[0] = attestationData(recipient, 0, data);
        requests[0].data[1] = attestationData(stranger, uint64(START + 1), abi.encode("example.net"));
        requests[1] = IEAS.MultiAttestationRequest(buyerSchema, new IEAS.AttestationRequestData[](1));
        requests[1].data[0] = attestationData(recipient, 0, abi.encode("basic"));
        vm.recordLogs();
        vm.prank(attester);
        uids = attestationService.multiAttest(requests);
        logs = logsOfTheResolver();
    }

    function delegatedRequest(uint256 key) private view returns (IEAS.DelegatedAttestationRequest memory) {
        bytes32 structHash = keccak256(
            abi.encode(
                attestationService.getAttestTypeHash(),
                attester,
                domainSchema,
                recipient,
                0,
                true,
                bytes32(0),
                keccak256(data),
                0,
                attestationService.getNonce(attester),
                START
            )
        );
        return IEAS.DelegatedAttestationRequest(
            domainSchema, attestationData(recipient, 0, data), sign(key, structHash), attester, uint64(START)
        );
    }

    function sign(uint256 key, bytes32 structHash) private view returns (IEAS.Signature memory signature) {
        bytes32 domain = attestationService.getDomainSeparator();
        (signature.v, signature.r, signature.s) =
            vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
    }

    /// @dev As the service makes it for the first attestation of its kind in a block.
    function uidOf(uint64 expirationTime) private view returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                domainSchema, recipient, attester, uint64(START), expirationTime, true, bytes32(0), data, uint32(0)
            )
        );
    }

    function onlyLogOfTheResolver() private returns (Cheatcodes.Log memory) {
        Cheatcodes.Log[] memory logs = logsOfTheResolver();
        vm.assertEq(logs.length, 1);
        return logs[0];
    }

    function logsOfTheResolver() private returns (Cheatcodes.Log[] memory found) {
        Cheatcodes.Log[] memory logs = vm.getRecordedLogs();
        uint256 count;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == address(attestationResolver)) logs[count++] = logs[i];
        }
        found = new Cheatcodes.Log[](count);
        for (uint256 i; i < count; ++i) {
            found[i] = logs[i];
        }
    }

    function checkRecorded(Cheatcodes.Log memory log, IAttestationService.Attestation memory attested) private pure {
        vm.assertEq(log.topics[0], IAttestationResolver.AttestationRecorded.selector);
        checkTopics(log, attested);
        vm.assertEq(
            keccak256(log.data), keccak256(abi.encode(attested.attester, attested.expirationTime, attested.data))
        );
    }

    function checkWithdrawn(Cheatcodes.Log memory log, IAttestationService.Attestation memory attested) private pure {
        vm.assertEq(log.topics[0], IAttestationResolver.AttestationWithdrawn.selector);
        checkTopics(log, attested);
        vm.assertEq(keccak256(log.data), keccak256(abi.encode(attested.attester)));
    }

    function checkTopics(Cheatcodes.Log memory log, IAttestationService.Attestation memory attested) private pure {
        vm.assertEq(log.topics[1], attested.uid);
        vm.assertEq(log.topics[2], attested.schema);
        vm.assertEq(log.topics[3], bytes32(uint256(uint160(attested.recipient))));
    }
}
