// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IDeliveryOracle} from "./interfaces/IDeliveryOracle.sol";
import {IThresholdDeliveryOracle} from "./interfaces/IThresholdDeliveryOracle.sol";
import {AccountSignature} from "./libraries/AccountSignature.sol";

/// @title ThresholdDeliveryOracle
/// @notice Counts that enough named attestors signed (whitepaper 2.5.3).
///
/// Who is trusted: as many attestors as the threshold says, together. They can make any count stand, for any stream and
/// any time that has passed, and so decide over every payment of the offers that name this contract; fewer than that
/// can do nothing. Attestors and threshold are fixed at deployment: nobody can add, remove or overrule an attestor. A
/// count that stands never changes, also if all attestors want it. Whoever lists or buys an offer chooses its oracle by
/// looking at who the attestors are.
///
/// What is signed: EIP-712, domain {name "ThresholdDeliveryOracle", version "1", chainId, verifyingContract}, type
/// Delivery(address stream,uint256 time,uint256 count), so that a signature is good for one count, one contract and one
/// chain. It says: `count` events of `stream` had timestamps before `time` (Unix seconds). An attestor signs a time only
/// once it is past and its own count is settled, and never two counts for one time; who does shows it by two
/// signatures. Signatures do not expire: what they say stays true. Attestors may be keys, accounts by EIP-7702, and
/// contracts (ERC-1271), whose answer counts at the moment of the report.
///
/// Who carries the signatures to the chain does not matter: a report can be sent by anybody, and sent again without
/// harm. An attestor whose code reverts or eats gas spoils only reports that contain its signature.
///
/// When a party vanishes: with fewer attestors left than the threshold, no further count ever stands. DeliveryEscrow
/// then pays licensees back seven days after the last time at which their deposits are judged.
contract ThresholdDeliveryOracle is IThresholdDeliveryOracle, EIP712 {
    /// @notice Most attestors.
    uint256 public constant ATTESTORS_LIMIT = 32;
    /// @notice EIP-712 type of what an attestor signs.
    // Hashed while compiling; its length costs nothing.
    // solhint-disable-next-line gas-small-strings
    bytes32 public constant DELIVERY_TYPEHASH = keccak256("Delivery(address stream,uint256 time,uint256 count)");

    /// @inheritdoc IThresholdDeliveryOracle
    uint256 public immutable override threshold;

    address[] private _attestors;
    mapping(address account => bool) private _isAttestor;
    /// @dev The count plus one; zero where none stands.
    mapping(address stream => mapping(uint256 time => uint256 countPlusOne)) private _counts;

    /// @param attestors_ 1 to 32 accounts, strictly ascending.
    /// @param threshold_ How many of them must sign.
    constructor(address[] memory attestors_, uint256 threshold_) EIP712("ThresholdDeliveryOracle", "1") {
        uint256 count = attestors_.length;
        if (count == 0 || count > ATTESTORS_LIMIT) revert AttestorCountInvalid(count);
        if (threshold_ == 0 || threshold_ > count) revert ThresholdInvalid(threshold_, count);
        address previous;
        for (uint256 i; i < count; ++i) {
            address attestor = attestors_[i];
            if (attestor <= previous) revert AttestorsNotAscending(previous, attestor);
            previous = attestor;
            _isAttestor[attestor] = true;
        }
        _attestors = attestors_;
        threshold = threshold_;
    }

    /// @inheritdoc IThresholdDeliveryOracle
    function report(address stream, uint256 time, uint256 count, Attestation[] calldata attestations)
        external
        override
    {
        // Check
        uint256 standing = _counts[stream][time];
        if (standing != 0) {
            if (standing - 1 != count) revert CountAlreadyReported(stream, time, standing - 1);
            return;
        }
        if (time > block.timestamp) revert TimeNotPast(time, block.timestamp);
        _checkAttestations(
            _hashTypedDataV4(keccak256(abi.encode(DELIVERY_TYPEHASH, stream, time, count))), attestations
        );

        // Effect
        // The largest count of all would overflow, which reverts; no stream ever gets there.
        _counts[stream][time] = count + 1;
        emit DeliveryReported(stream, time, count);
    }

    /// @inheritdoc IThresholdDeliveryOracle
    function attestors() external view override returns (address[] memory) {
        return _attestors;
    }

    /// @inheritdoc IDeliveryOracle
    function eventsBefore(address stream, uint256 time) external view override returns (bool reported, uint256 count) {
        uint256 standing = _counts[stream][time];
        return standing == 0 ? (false, 0) : (true, standing - 1);
    }

    /// @dev Reverts unless at least `threshold` attestations are there, every one by another attestor and valid. Those
    /// beyond the threshold are checked too, so that a report never carries what is not true.
    function _checkAttestations(bytes32 digest, Attestation[] calldata attestations) private view {
        uint256 count = attestations.length;
        if (count < threshold) revert AttestationsTooFew(count, threshold);
        address previous;
        for (uint256 i; i < count; ++i) {
            address attestor = attestations[i].attestor;
            if (attestor <= previous) revert AttestorsNotAscending(previous, attestor);
            previous = attestor;
            if (!_isAttestor[attestor]) revert NotAttestor(attestor);
            if (!AccountSignature.isValid(attestor, digest, attestations[i].signature)) {
                revert SignatureInvalid(attestor);
            }
        }
    }
}
