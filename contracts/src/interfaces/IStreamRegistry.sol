// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IStreamRegistry
/// @notice Creates streams, each a contract of its own, and lists them by its events (whitepaper 2.5.2).
interface IStreamRegistry {
    /// @notice Emitted for every stream created; carries all that the stream says of itself at that time.
    event StreamCreated(
        address indexed stream,
        address indexed owner,
        string name,
        string description,
        uint32 slotDuration,
        uint32 partitions
    );

    /// @notice The slot duration lies outside 1 second to 1 day.
    error SlotDurationInvalid(uint32 slotDuration);
    /// @notice The number of partitions lies outside 1 to 1,024.
    error PartitionsInvalid(uint32 partitions);

    /// @notice The contract whose code every stream runs.
    function implementation() external view returns (address);

    /// @notice Creates a stream owned by the caller.
    /// @param slotDuration Seconds per key slot, 1 to 86,400; 60 suits most streams.
    /// @param partitions Number of partitions, 1 to 1,024; 1 suits most streams.
    /// @return stream The address, which is the stream's id.
    function createStream(string calldata name, string calldata description, uint32 slotDuration, uint32 partitions)
        external
        returns (address stream);
}
