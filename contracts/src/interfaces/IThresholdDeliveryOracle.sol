// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryOracle} from "./IDeliveryOracle.sol";

/// @title IThresholdDeliveryOracle
/// @notice A delivery oracle of named attestors: a count stands once enough of them signed it (EIP-712), whoever
/// carries the signatures to the chain.
interface IThresholdDeliveryOracle is IDeliveryOracle {
    /// @notice One attestor's signature; accounts with code answer by ERC-1271.
    struct Attestation {
        address attestor;
        bytes signature;
    }

    /// @notice Emitted when a count stands.
    event DeliveryReported(address indexed stream, uint256 indexed time, uint256 count);

    /// @notice Attestors must be 1 to 32 in number.
    error AttestorCountInvalid(uint256 count);
    /// @notice Attestors must be strictly ascending and not zero: no doubles, one order.
    error AttestorsNotAscending(address previous, address next);
    /// @notice The threshold must be 1 to the number of attestors.
    error ThresholdInvalid(uint256 threshold, uint256 attestors);
    /// @notice Fewer attestations than the threshold.
    error AttestationsTooFew(uint256 count, uint256 threshold);
    /// @notice The account is none of the attestors.
    error NotAttestor(address account);
    /// @notice The signature is not the attestor's for this stream, time and count.
    error SignatureInvalid(address attestor);
    /// @notice The time has not come yet: events before it may still happen.
    error TimeNotPast(uint256 time, uint256 now_);
    /// @notice Another count stands for this stream and time.
    error CountAlreadyReported(address stream, uint256 time, uint256 count);

    /// @notice The attestors, ascending.
    function attestors() external view returns (address[] memory);

    /// @notice How many of them must sign.
    function threshold() external view returns (uint256);

    /// @notice Makes a count stand. Reporting the same count again changes nothing.
    /// @param attestations Strictly ascending by attestor, at least the threshold.
    function report(address stream, uint256 time, uint256 count, Attestation[] calldata attestations) external;
}
