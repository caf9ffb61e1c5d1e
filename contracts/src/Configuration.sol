// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataLicense} from "./interfaces/IDataLicense.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {Payout} from "./libraries/Payout.sol";

/// @title Configuration
/// @notice The contracts and accounts that the market works with and its fee: fixed at deployment, for good.
abstract contract Configuration is IDataLicense {
    /// @inheritdoc IDataLicense
    address public immutable override token;
    /// @inheritdoc IDataLicense
    address public immutable override treasury;
    /// @inheritdoc IDataLicense
    address public immutable override karma;
    /// @inheritdoc IDataLicense
    address public immutable override escrow;
    /// @inheritdoc IDataLicense
    address public immutable override attestationService;
    /// @inheritdoc IOffers
    uint16 public immutable override feeBasisPoints;

    /// @param token_ The token that licences are paid in.
    /// @param treasury_ Receives the fees.
    /// @param feeBasisPoints_ The fee in hundredths of a per cent, at most 10,000.
    /// @param karma_ Counts karma; has this contract among its sources.
    /// @param escrow_ Holds payments settled by events; knows this contract as the one that sells.
    /// @param attestationService_ The Ethereum Attestation Service, or zero where the chain has none.
    constructor(
        address token_,
        address treasury_,
        uint16 feeBasisPoints_,
        address karma_,
        address escrow_,
        address attestationService_
    ) {
        if (token_ == address(0) || treasury_ == address(0) || karma_ == address(0) || escrow_ == address(0)) {
            revert ConfigurationInvalid();
        }
        if (feeBasisPoints_ > Payout.ALL_BASIS_POINTS) revert ConfigurationInvalid();
        token = token_;
        treasury = treasury_;
        feeBasisPoints = feeBasisPoints_;
        karma = karma_;
        escrow = escrow_;
        attestationService = attestationService_;
    }
}
