// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IThresholdDeliveryOracle} from "../../src/interfaces/IThresholdDeliveryOracle.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {KeyedAccount, OracleBase} from "./OracleBase.t.sol";

contract ReportTest is OracleBase {
    uint256 private constant ALL = 0x1f;

    function test_WhenAnotherCountStands(uint256 count, uint256 other) external {
        count %= type(uint256).max;
        vm.assume(other != count);
        oracle.report(STREAM, START, count, attest(ALL, digestOf(START, count)));
        IThresholdDeliveryOracle.Attestation[] memory attestations = attest(ALL, digestOf(START, other));
        vm.expectRevert(
            abi.encodeWithSelector(IThresholdDeliveryOracle.CountAlreadyReported.selector, STREAM, START, count)
        );
        oracle.report(STREAM, START, other, attestations);
        checkStands(START, count);
    }

    function test_WhenTheSameCountStands(uint256 count) external {
        count %= type(uint256).max;
        oracle.report(STREAM, START, count, attest(ALL, digestOf(START, count)));
        IThresholdDeliveryOracle.Attestation[] memory again = attest(7, digestOf(START, count));
        vm.recordLogs();
        oracle.report(STREAM, START, count, again);
        vm.assertEq(vm.getRecordedLogs().length, 0);
        checkStands(START, count);
    }

    function test_WhenTheTimeHasNotCome(uint256 ahead) external {
        ahead = 1 + ahead % 365 days;
        IThresholdDeliveryOracle.Attestation[] memory attestations = attest(ALL, digestOf(START + ahead, 5));
        vm.expectRevert(abi.encodeWithSelector(IThresholdDeliveryOracle.TimeNotPast.selector, START + ahead, START));
        oracle.report(STREAM, START + ahead, 5, attestations);
        vm.warp(START + ahead);
        oracle.report(STREAM, START + ahead, 5, attestations);
        checkStands(START + ahead, 5);
    }

    function test_WhenThereAreFewerAttestationsThanTheThreshold(uint256 members) external {
        members &= ALL;
        vm.assume(sizeOf(members) < THRESHOLD);
        IThresholdDeliveryOracle.Attestation[] memory attestations = attest(members, digestOf(START, 5));
        vm.expectRevert(
            abi.encodeWithSelector(IThresholdDeliveryOracle.AttestationsTooFew.selector, sizeOf(members), THRESHOLD)
        );
        oracle.report(STREAM, START, 5, attestations);
    }

    function test_WhenOneAttestorSignedTwice(uint256 which) external {
        IThresholdDeliveryOracle.Attestation[] memory attestations = attest(ALL, digestOf(START, 5));
        which = 1 + which % (COUNT - 1);
        attestations[which] = attestations[which - 1];
        expectNotAscending(attestations[which].attestor, attestations[which].attestor);
        oracle.report(STREAM, START, 5, attestations);
    }

    function test_WhenTheOrderIsWrong(uint256 which) external {
        IThresholdDeliveryOracle.Attestation[] memory attestations = attest(ALL, digestOf(START, 5));
        which = 1 + which % (COUNT - 1);
        (attestations[which], attestations[which - 1]) = (attestations[which - 1], attestations[which]);
        expectNotAscending(attestations[which - 1].attestor, attestations[which].attestor);
        oracle.report(STREAM, START, 5, attestations);
    }

    function test_WhenAnAccountIsNoAttestor(uint256 key) external {
        key = 1 + key % (2 ** 128);
        bytes32 digest = digestOf(START, 5);
        address account = vm.addr(key);
        // Put where the order wants it, so that nothing else is wrong.
        IThresholdDeliveryOracle.Attestation[] memory right = attest(ALL, digest);
        IThresholdDeliveryOracle.Attestation[] memory attestations =
            new IThresholdDeliveryOracle.Attestation[](COUNT + 1);
        uint256 place;
        while (place < COUNT && right[place].attestor < account) ++place;
        for (uint256 i; i <= COUNT; ++i) {
            if (i != place) attestations[i] = right[i < place ? i : i - 1];
        }
        attestations[place] = IThresholdDeliveryOracle.Attestation(account, sign(key, digest));
        vm.expectRevert(abi.encodeWithSelector(IThresholdDeliveryOracle.NotAttestor.selector, account));
        oracle.report(STREAM, START, 5, attestations);
    }

    function test_WhenASignatureIsForAnotherContent(uint256 which) external {
        uint256 chain = block.chainid;
        expectInvalid(which, digestOf(chain, address(oracle), address(0xbad), START, 5));
        expectInvalid(which, digestOf(chain, address(oracle), STREAM, START - 1, 5));
        expectInvalid(which, digestOf(chain, address(oracle), STREAM, START, 6));
        expectInvalid(which, digestOf(chain, address(this), STREAM, START, 5));
        expectInvalid(which, digestOf(chain + 1, address(oracle), STREAM, START, 5));
    }

    /// @dev A fork of the chain: the same contract under another chain id.
    function test_WhenTheChainWasForked() external {
        IThresholdDeliveryOracle.Attestation[] memory attestations = attest(ALL, digestOf(START, 5));
        bytes32 forked = digestOf(block.chainid + 1, address(oracle), STREAM, START, 5);
        vm.chainId(block.chainid + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IThresholdDeliveryOracle.SignatureInvalid.selector, attestations[0].attestor)
        );
        oracle.report(STREAM, START, 5, attestations);
        oracle.report(STREAM, START, 5, attest(ALL, forked));
        checkStands(START, 5);
    }

    function test_WhenAnotherAttestorsSignatureStandsThere(uint256 which) external {
        IThresholdDeliveryOracle.Attestation[] memory attestations = attest(ALL, digestOf(START, 5));
        which %= COUNT;
        attestations[which].signature = attestations[(which + 1) % COUNT].signature;
        vm.expectRevert(
            abi.encodeWithSelector(IThresholdDeliveryOracle.SignatureInvalid.selector, attestations[which].attestor)
        );
        oracle.report(STREAM, START, 5, attestations);
        checkNothingStands(START);
    }

    function test_WhenAnAttestorIsAContract() external {
        address account = address(new KeyedAccount(vm.addr(keys[0])));
        address[] memory attestors = new address[](1);
        attestors[0] = account;
        oracle = deploy(attestors, 1);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[0], digestOf(START, 5));
        IThresholdDeliveryOracle.Attestation[] memory attestations = new IThresholdDeliveryOracle.Attestation[](1);
        attestations[0] = IThresholdDeliveryOracle.Attestation(account, abi.encode(r, s, v));
        vm.expectRevert(abi.encodeWithSelector(IThresholdDeliveryOracle.SignatureInvalid.selector, account));
        oracle.report(STREAM, START, 6, attestations);
        oracle.report(STREAM, START, 5, attestations);
        checkStands(START, 5);
    }

    function test_WhenAnAttestorRunsCodeByEip7702() external {
        // Code that would refuse every signature.
        Cheatcodes.SignedDelegation memory delegation = vm.signDelegation(address(new KeyedAccount(STREAM)), keys[1]);
        vm.attachDelegation(delegation);
        vm.assertTrue(vm.addr(keys[1]).code.length != 0);
        oracle.report(STREAM, START, 5, attest(7, digestOf(START, 5)));
        checkStands(START, 5);
    }

    function test_WhenEnoughAttestorsSigned(address caller, uint256 members, uint256 past, uint256 count) external {
        members &= ALL;
        vm.assume(sizeOf(members) >= THRESHOLD);
        count %= type(uint256).max;
        uint256 time = START - past % START;
        IThresholdDeliveryOracle.Attestation[] memory attestations = attest(members, digestOf(time, count));
        checkNothingStands(time);
        vm.expectEmit(address(oracle));
        emit IThresholdDeliveryOracle.DeliveryReported(STREAM, time, count);
        vm.prank(caller);
        oracle.report(STREAM, time, count, attestations);
        checkStands(time, count);
        checkNothingStands(time - 1);
        checkNothingStands(time + 1);
        (bool reported,) = oracle.eventsBefore(address(uint160(STREAM) + 1), time);
        vm.assertFalse(reported);
    }

    /// @dev One count is stored as one more than it is; the largest has no room and no stream gets there.
    function test_TheLargestCountOfAllIsRefused() external {
        IThresholdDeliveryOracle.Attestation[] memory attestations = attest(ALL, digestOf(START, type(uint256).max));
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        oracle.report(STREAM, START, type(uint256).max, attestations);
    }

    function expectInvalid(uint256 which, bytes32 digest) private {
        which %= COUNT;
        IThresholdDeliveryOracle.Attestation[] memory attestations = attest(ALL, digestOf(START, 5));
        attestations[which].signature = sign(keys[which], digest);
        vm.expectRevert(
            abi.encodeWithSelector(IThresholdDeliveryOracle.SignatureInvalid.selector, attestations[which].attestor)
        );
        oracle.report(STREAM, START, 5, attestations);
        checkNothingStands(START);
    }

    function expectNotAscending(address previous, address next) private {
        vm.expectRevert(abi.encodeWithSelector(IThresholdDeliveryOracle.AttestorsNotAscending.selector, previous, next));
    }
}
