// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IDeliveryOracle
/// @notice Says how many events of a stream were delivered (whitepaper 2.5.3, 2.5.4). Payments that are settled by
/// events trust the oracle that their offer names, and it alone.
interface IDeliveryOracle {
    /// @notice Events of the stream with timestamps before `time`, counted from its beginning.
    /// @param time Unix seconds.
    /// @return reported Whether the count for exactly this time is known; once known it never changes.
    /// @return count The events; 0 when not reported.
    function eventsBefore(address stream, uint256 time) external view returns (bool reported, uint256 count);
}
