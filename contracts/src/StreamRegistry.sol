// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LibClone} from "solady/utils/LibClone.sol";
import {IStreamRegistry} from "./interfaces/IStreamRegistry.sol";
import {StreamMetadata} from "./libraries/StreamMetadata.sol";
import {Stream} from "./Stream.sol";

/// @title StreamRegistry
/// @notice Creates streams and lists them by its events (whitepaper 2.5.2).
///
/// Who is trusted: nobody. The registry keeps no state, has no owner, and has no say over a stream once it exists. A
/// stream is a minimal clone of one implementation that this registry deployed in its constructor and that nothing can
/// change. What a reader may conclude from a StreamCreated event of this address: the stream runs that implementation,
/// and was created with that owner, name, description, slot duration and number of partitions.
///
/// A clone carries its first owner and metadata behind its code (see Stream), so that creating one writes no storage.
/// Its address comes from the registry's nonce: after a reorganisation of the chain the same address may belong to
/// another stream, so a program waits for the event to be final before it hands the address to others. Acting too early
/// does no harm on chain, since every action of Stream and DataLicense checks permissions at the address it is sent to.
///
/// When a party vanishes: nothing here needs anybody.
contract StreamRegistry is IStreamRegistry {
    /// @notice Longest slot in seconds: one day.
    uint32 public constant SLOT_DURATION_LIMIT = 1 days;
    /// @notice Largest number of partitions.
    uint32 public constant PARTITIONS_LIMIT = 1024;

    /// @inheritdoc IStreamRegistry
    address public immutable override implementation;

    /// @notice Deploys the code that every stream of this registry runs.
    constructor() {
        implementation = address(new Stream());
    }

    /// @inheritdoc IStreamRegistry
    function createStream(string calldata name, string calldata description, uint32 slotDuration, uint32 partitions)
        external
        override
        returns (address stream)
    {
        StreamMetadata.check(name, description);
        if (slotDuration == 0 || slotDuration > SLOT_DURATION_LIMIT) revert SlotDurationInvalid(slotDuration);
        if (partitions == 0 || partitions > PARTITIONS_LIMIT) revert PartitionsInvalid(partitions);

        // The order and widths that Stream reads: see its constants.
        stream = LibClone.clone(
            implementation,
            // The name's length was checked to fit in a byte.
            // forge-lint: disable-next-line(unsafe-typecast)
            abi.encodePacked(msg.sender, slotDuration, partitions, uint8(bytes(name).length), name, description)
        );
        emit StreamCreated(stream, msg.sender, name, description, slotDuration, partitions);
    }
}
