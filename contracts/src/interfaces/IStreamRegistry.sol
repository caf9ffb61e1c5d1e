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

    /// @notice Emitted when a stream takes an ENS name that resolves to it, or gives its name up (empty).
    event EnsNameChanged(address indexed stream, string name, address indexed editor);

    /// @notice The slot duration lies outside 1 second to 1 day.
    error SlotDurationInvalid(uint32 slotDuration);
    /// @notice The number of partitions lies outside 1 to 1,024.
    error PartitionsInvalid(uint32 partitions);

    /// @notice The address is no stream of this registry.
    error StreamUnknown(address stream);
    /// @notice `account` lacks the Edit permission on the stream.
    error NotEditor(address account, address stream);
    /// @notice This chain has no ENS.
    error EnsUnavailable();
    /// @notice The name is empty, longer than 255 bytes, or has an empty label.
    error EnsNameInvalid(string name);
    /// @notice The name resolves to another address than the stream's (zero: to none).
    error EnsNameElsewhere(string name, address resolved);

    /// @notice The contract whose code every stream runs.
    function implementation() external view returns (address);

    /// @notice Creates a stream owned by the caller.
    /// @param slotDuration Seconds per key slot, 1 to 86,400; 60 suits most streams.
    /// @param partitions Number of partitions, 1 to 1,024; 1 suits most streams.
    /// @return stream The address, which is the stream's id.
    function createStream(string calldata name, string calldata description, uint32 slotDuration, uint32 partitions)
        external
        returns (address stream);

    /// @notice The ENS registry of the chain; zero where there is none.
    function ens() external view returns (address);

    /// @notice Whether the address runs this registry's implementation with a slot duration, a number of partitions, a
    /// name and a description within the limits, so that it answers by the rules of a stream. Anybody can deploy such a
    /// clone; that this registry created it, StreamCreated alone proves.
    function isStream(address stream) external view returns (bool);

    /// @notice Gives a stream an ENS name. The caller holds Edit; the name's address record is the stream. An empty name
    /// gives it up.
    /// @param name Normalised (ENSIP-15), such as weather.example.eth.
    function setEnsName(address stream, string calldata name) external;

    /// @notice The stream's ENS name, verified both ways: the stream claims it and it resolves to the stream now;
    /// otherwise empty.
    function ensNameOf(address stream) external view returns (string memory);
}
