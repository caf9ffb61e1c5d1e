// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "./interfaces/IStream.sol";
import {IStreamRegistry} from "./interfaces/IStreamRegistry.sol";
import {EnsName} from "./libraries/EnsName.sol";
import {StreamMetadata} from "./libraries/StreamMetadata.sol";
import {Stream} from "./Stream.sol";

/// @title StreamRegistry
/// @notice Creates streams, lists them by its events (whitepaper 2.5.2), and keeps their ENS names.
///
/// Who is trusted: nobody with a stream: the registry has no owner, and has no say over a stream once it exists. A
/// stream is a minimal clone of one implementation that this registry deployed in its constructor and that nothing can
/// change. What a reader may conclude from a StreamCreated event of this address: the stream runs that implementation,
/// and was created with that owner, name, description, slot duration and number of partitions.
///
/// A clone carries its first owner and metadata behind its code (see Stream), so that creating one writes no storage.
/// Its address comes from the registry's nonce: after a reorganisation of the chain the same address may belong to
/// another stream, so a program waits for the event to be final before it hands the address to others. Acting too early
/// does no harm on chain, since every action of Stream and DataLicense checks permissions at the address it is sent to.
///
/// What isStream proves, and what not: it reads the code at the address. True means that the code is, byte for byte, the
/// clone of this registry's implementation, with a slot duration, a number of partitions, a name and a description
/// within the limits: so whatever is asked there is answered by the rules of Stream, for ever. It does not prove that
/// this registry made the clone: anybody can deploy the same code, with somebody else as first owner, and with storage
/// written before that (permissions that no event tells of). Only the StreamCreated event proves a stream's beginning. A
/// registry that remembered its streams would cost each of them 22,100 gas.
///
/// ENS names: whoever holds Edit on a stream may say that it goes by a name, if the name's address record is the stream
/// at that moment. Who owns the name decides what it resolves to, later too, so ensNameOf asks again every time and
/// answers only with a name that is true in both directions. Names are hashed as they are written: whether a name is
/// normalised (ENSIP-15), and is not made to look like another one, is for readers to check before they show it. Trusted
/// here is ENS's registry and nobody's resolver: see EnsName.
///
/// When a party vanishes: nothing here needs anybody. A name that lapses at ENS stops being answered here.
contract StreamRegistry is IStreamRegistry {
    /// @notice Longest slot in seconds: one day.
    uint32 public constant SLOT_DURATION_LIMIT = 1 days;
    /// @notice Largest number of partitions.
    uint32 public constant PARTITIONS_LIMIT = 1024;

    /// @dev Code that returns what stands behind it: PUSH2 length RETURNDATASIZE DUP2 PUSH1 10 RETURNDATASIZE CODECOPY
    /// RETURN, with room for the length.
    uint80 private constant CREATION_HEAD = 0x6100003d81600a3d39f3;
    /// @dev The clone of ERC-1167, in front of and behind the implementation's address.
    bytes10 private constant CLONE_HEAD = 0x363d3d373d3d3d363d73;
    bytes15 private constant CLONE_TAIL = 0x5af43d82803e903d91602b57fd5bf3;
    /// @dev Where in a stream's code its arguments begin, in bytes, and how many come in front of name and description:
    /// owner, slot duration, partitions, length of the name.
    uint256 private constant ARGUMENTS_OFFSET = 45;
    uint256 private constant ARGUMENTS_LENGTH = 29;

    /// @inheritdoc IStreamRegistry
    address public immutable override implementation;
    /// @inheritdoc IStreamRegistry
    address public immutable override ens;

    /// @dev What a stream's editors say it goes by, whether or not that is still true.
    mapping(address stream => string name) private _ensNames;

    /// @notice Deploys the code that every stream of this registry runs.
    /// @param ens_ The chain's ENS registry; zero where there is none.
    constructor(address ens_) {
        implementation = address(new Stream());
        ens = ens_;
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

        // The clone, and behind it the order and widths that Stream reads: see its constants.
        uint256 length;
        uint256 numbers;
        unchecked {
            // The lengths were checked.
            length = ARGUMENTS_OFFSET + ARGUMENTS_LENGTH + bytes(name).length + bytes(description).length;
            numbers = (uint256(slotDuration) << 40) | (uint256(partitions) << 8) | bytes(name).length;
        }
        bytes memory code = abi.encodePacked(
            // forge-lint: disable-next-line(unsafe-typecast)
            bytes20(uint160((uint256(CREATION_HEAD) << 80) | (length << 136) | uint80(CLONE_HEAD))),
            implementation,
            CLONE_TAIL,
            msg.sender,
            // forge-lint: disable-next-line(unsafe-typecast)
            uint72(numbers),
            name,
            description
        );
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            stream := create(0, add(code, 0x20), mload(code))
            // Only for want of gas.
            if iszero(stream) { revert(0, 0) }
        }
        emit StreamCreated(stream, msg.sender, name, description, slotDuration, partitions);
    }

    /// @inheritdoc IStreamRegistry
    function setEnsName(address stream, string calldata name) external override {
        if (ens == address(0)) revert EnsUnavailable();
        if (!isStream(stream)) revert StreamUnknown(stream);
        if (!IStream(stream).hasPermission(msg.sender, IStream.Permission.Edit)) revert NotEditor(msg.sender, stream);
        if (bytes(name).length != 0) {
            (bytes32 node, bool valid) = EnsName.nodeOf(bytes(name));
            if (!valid) revert EnsNameInvalid(name);
            address resolved = EnsName.addressOf(ens, node);
            if (resolved != stream) revert EnsNameElsewhere(name, resolved);
        }

        _ensNames[stream] = name;
        emit EnsNameChanged(stream, name, msg.sender);
    }

    /// @inheritdoc IStreamRegistry
    function ensNameOf(address stream) external view override returns (string memory name) {
        name = _ensNames[stream];
        // An empty name is not valid either.
        (bytes32 node, bool valid) = EnsName.nodeOf(bytes(name));
        if (!valid || EnsName.addressOf(ens, node) != stream) return "";
    }

    /// @inheritdoc IStreamRegistry
    function isStream(address stream) public view override returns (bool) {
        uint256 length = stream.code.length;
        if (length < ARGUMENTS_OFFSET + ARGUMENTS_LENGTH) return false;
        bytes memory clone = new bytes(ARGUMENTS_OFFSET);
        uint256 word;
        // Solidity's own `code` would copy all of it, also where it is no stream's.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            extcodecopy(stream, add(clone, 0x20), 0, ARGUMENTS_OFFSET)
            extcodecopy(stream, 0, ARGUMENTS_OFFSET, ARGUMENTS_LENGTH)
            word := shr(24, mload(0))
        }
        if (keccak256(clone) != keccak256(abi.encodePacked(CLONE_HEAD, implementation, CLONE_TAIL))) return false;

        uint256 nameLength = uint8(word);
        uint256 partitions = uint32(word >> 8);
        uint256 slotDuration = uint32(word >> 40);
        uint256 owner = word >> 72;
        if (owner == 0 || slotDuration == 0 || slotDuration > SLOT_DURATION_LIMIT) return false;
        if (partitions == 0 || partitions > PARTITIONS_LIMIT) return false;
        if (nameLength == 0 || nameLength > StreamMetadata.NAME_LIMIT) return false;
        uint256 described = ARGUMENTS_OFFSET + ARGUMENTS_LENGTH + nameLength;
        return length >= described && length - described <= StreamMetadata.DESCRIPTION_LIMIT;
    }
}
