// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "./ILicenses.sol";
import {IOffers} from "./IOffers.sol";
import {ISecondSettlement} from "./ISecondSettlement.sol";

/// @title IDataLicense
/// @notice Sells time-limited licences to sets of streams (whitepaper 2.5.4): offers, licences, and the settlement of
/// what they cost. What is settled by events is held by IDeliveryEscrow.
interface IDataLicense is IOffers, ILicenses, ISecondSettlement {
    /// @notice A constructor argument is not usable: a zero address, or a fee above 100 per cent.
    error ConfigurationInvalid();

    /// @notice The token that licences are paid in.
    function token() external view returns (address);

    /// @notice Receives the fees.
    function treasury() external view returns (address);

    /// @notice Counts karma (IKarma).
    function karma() external view returns (address);

    /// @notice Holds payments that are settled by events (IDeliveryEscrow).
    function escrow() external view returns (address);

    /// @notice The Ethereum Attestation Service that attestations are looked up in; zero where the chain has none, and
    /// then no offer can demand one.
    function attestationService() external view returns (address);
}
