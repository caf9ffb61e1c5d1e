// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Payout
/// @notice Splits a payment between the beneficiary and the treasury. The fee is rounded up: however small the parts
/// into which somebody cuts a payment, each pays its share. It never exceeds the payment, since it is at most 100 per
/// cent of it.
library Payout {
    using SafeERC20 for IERC20;

    /// @notice A fee of 100 per cent.
    uint256 internal constant ALL_BASIS_POINTS = 10_000;

    /// @notice The fee within a payment: `feeBasisPoints` ten thousandths of it, rounded up.
    /// @dev Nothing overflows: payments have fewer than 201 bits (seconds of 2^64 licences times a price of 96 bits).
    function feeOf(uint256 gross, uint256 feeBasisPoints) internal pure returns (uint256) {
        unchecked {
            return (gross * feeBasisPoints + ALL_BASIS_POINTS - 1) / ALL_BASIS_POINTS;
        }
    }

    /// @notice Pays what this contract holds: the fee to the treasury, the rest to the beneficiary. Sends no zeros.
    function pay(IERC20 token, address beneficiary, address treasury, uint256 gross, uint256 feeBasisPoints)
        internal
        returns (uint256 fee)
    {
        uint256 rest;
        (fee, rest) = _split(gross, feeBasisPoints);
        if (rest != 0) token.safeTransfer(beneficiary, rest);
        if (fee != 0) token.safeTransfer(treasury, fee);
    }

    /// @notice The same with the coins of `payer`, who allowed it.
    function payFrom(
        IERC20 token,
        address payer,
        address beneficiary,
        address treasury,
        uint256 gross,
        uint256 feeBasisPoints
    ) internal returns (uint256 fee) {
        uint256 rest;
        (fee, rest) = _split(gross, feeBasisPoints);
        if (rest != 0) token.safeTransferFrom(payer, beneficiary, rest);
        if (fee != 0) token.safeTransferFrom(payer, treasury, fee);
    }

    /// @dev The fee is never more than the payment, since it is at most 100 per cent of it.
    function _split(uint256 gross, uint256 feeBasisPoints) private pure returns (uint256 fee, uint256 rest) {
        fee = feeOf(gross, feeBasisPoints);
        unchecked {
            rest = gross - fee;
        }
    }
}
