// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Boundary
/// @notice Times rounded up to the boundary of an offer.
library Boundary {
    /// @notice The first multiple of `boundary` that is not before `time`; both in seconds.
    function ceil(uint256 time, uint256 boundary) internal pure returns (uint256) {
        unchecked {
            return (time + boundary - 1) / boundary * boundary;
        }
    }
}
