// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LibClone} from "solady/utils/LibClone.sol";
import {IStream} from "./interfaces/IStream.sol";
import {StreamMetadata} from "./libraries/StreamMetadata.sol";

/// @title Stream
/// @notice A stream of events and who may do what with it (whitepaper 2.4.2, 2.5.1).
///
/// Who is trusted with what: the owner with everything that concerns this stream and nothing else. Whoever holds Grant
/// can hand on what it holds itself, for as long as it holds it, and can take from others only what does not outlast its
/// own; and it can sell the stream (DataLicense), so Grant goes to resellers that the owner trusts to set a price.
/// Licences that were sold are not undone by anything that happens here, deletion included: what a buyer paid for is in
/// DataLicense. Permissions end by time alone, without a transaction.
///
/// Where things stand: every stream is a minimal clone (ERC-1167 with data behind the code). The first owner, the slot
/// duration, the partitions, the first name and the first description are that data; they cost 200 gas a byte once,
/// instead of 22,100 gas per slot. Only what changes later is stored: a new owner, a new name and description, the
/// permissions. An account's five permissions are five uint40 end times in one slot; those of everyone (account zero)
/// share a slot with the two flags that every action must look at, so that asking for a permission reads two slots.
///
/// When a party vanishes: without its owner a stream goes on as it is: permissions given keep holding, holders of Grant
/// keep granting, and nobody can change the owner. A proposed owner who never accepts changes nothing.
contract Stream is IStream {
    /// @dev Places in the data behind the clone's code, in bytes; StreamRegistry.createStream writes it.
    uint256 private constant SLOT_DURATION_OFFSET = 20;
    uint256 private constant PARTITIONS_OFFSET = 24;
    uint256 private constant NAME_LENGTH_OFFSET = 28;
    uint256 private constant NAME_OFFSET = 29;
    /// @dev solady's clone stands in front of the data.
    uint256 private constant CLONE_LENGTH = 0x2d;

    /// @dev Bits of one end time in a word of five.
    uint256 private constant UNTIL_BITS = 40;
    /// @dev In `_everyone`, above the end times: the owner is the stored one, no longer the first one.
    uint256 private constant OWNER_STORED = 1 << 200;
    /// @dev In `_everyone`, above the end times: the stream was deleted.
    uint256 private constant DELETED = 1 << 201;

    /// @dev End times of everyone's permissions, and the two flags.
    uint256 private _everyone;
    /// @dev End times of an account's own permissions: the Read one in the lowest 40 bits, Delete in the highest.
    mapping(address account => uint256 ends) private _ends;
    address private _owner;
    address private _pendingOwner;
    string private _name;
    string private _description;

    /// @notice The implementation itself is no stream: it is born deleted, and only its clones live.
    constructor() {
        _everyone = DELETED;
    }

    /// @inheritdoc IStream
    function setPermission(address account, Permission permission, uint40 until) external override {
        uint256 everyone = _everyoneIfAlive();
        uint256 ends = account == address(0) ? everyone : _ends[account];
        uint256 shift = _shift(permission);

        if (msg.sender != _ownerOf(everyone)) {
            uint256 own = _ends[msg.sender];
            if (!_holds(own, everyone, Permission.Grant)) revert PermissionMissing(msg.sender, Permission.Grant);
            // Neither what is given nor what is taken may outlast what the caller holds, or a guest could lock out a
            // lasting holder.
            uint256 held = _max(_until(own, shift), _until(everyone, shift));
            if (held <= block.timestamp || held < _max(until, _until(ends, shift))) {
                revert PermissionMissing(msg.sender, permission);
            }
        }

        ends = (ends & ~(uint256(type(uint40).max) << shift)) | (uint256(until) << shift);
        if (account == address(0)) _everyone = ends;
        else _ends[account] = ends;
        emit PermissionChanged(account, permission, until, msg.sender);
    }

    /// @inheritdoc IStream
    function setMetadata(string calldata name_, string calldata description_) external override {
        _checkPermission(Permission.Edit);
        StreamMetadata.check(name_, description_);

        _name = name_;
        _description = description_;
        emit MetadataChanged(name_, description_, msg.sender);
    }

    /// @inheritdoc IStream
    function registerPublicKey(bytes32 publicKey) external override {
        _everyoneIfAlive();
        if (publicKey == bytes32(0)) revert PublicKeyZero();

        emit PublicKeyRegistered(msg.sender, publicKey);
    }

    /// @inheritdoc IStream
    function transferOwnership(address newOwner) external override {
        address current = _ownerOf(_everyoneIfAlive());
        if (msg.sender != current) revert NotOwner(msg.sender, current);

        _pendingOwner = newOwner;
        emit OwnershipTransferStarted(current, newOwner);
    }

    /// @inheritdoc IStream
    function acceptOwnership() external override {
        uint256 everyone = _everyoneIfAlive();
        address pending = _pendingOwner;
        if (msg.sender != pending) revert NotPendingOwner(msg.sender, pending);
        address previous = _ownerOf(everyone);

        _everyone = everyone | OWNER_STORED;
        _owner = pending;
        delete _pendingOwner;
        emit OwnershipTransferred(previous, pending);
    }

    /// @inheritdoc IStream
    function deleteStream() external override {
        uint256 everyone = _checkPermission(Permission.Delete);

        _everyone = everyone | DELETED;
        emit Deleted(msg.sender);
    }

    /// @inheritdoc IStream
    function owner() external view override returns (address) {
        uint256 everyone = _everyone;
        return _isDeleted(everyone) ? address(0) : _ownerOf(everyone);
    }

    /// @inheritdoc IStream
    function pendingOwner() external view override returns (address) {
        return _isDeleted(_everyone) ? address(0) : _pendingOwner;
    }

    /// @inheritdoc IStream
    function name() external view override returns (string memory) {
        // A stored name is never empty.
        if (bytes(_name).length != 0) return _name;
        uint256 length = _argument(NAME_LENGTH_OFFSET, 1);
        return string(LibClone.argsOnClone(address(this), NAME_OFFSET, NAME_OFFSET + length));
    }

    /// @inheritdoc IStream
    function description() external view override returns (string memory) {
        // Name and description are always stored together.
        if (bytes(_name).length != 0) return _description;
        uint256 length = _argument(NAME_LENGTH_OFFSET, 1);
        return string(LibClone.argsOnClone(address(this), NAME_OFFSET + length));
    }

    /// @inheritdoc IStream
    function slotDuration() external view override returns (uint32) {
        return uint32(_argument(SLOT_DURATION_OFFSET, 4));
    }

    /// @inheritdoc IStream
    function partitions() external view override returns (uint32) {
        return uint32(_argument(PARTITIONS_OFFSET, 4));
    }

    /// @inheritdoc IStream
    function deleted() external view override returns (bool) {
        return _isDeleted(_everyone);
    }

    /// @inheritdoc IStream
    function hasPermission(address account, Permission permission) external view override returns (bool) {
        uint256 everyone = _everyone;
        return !_isDeleted(everyone) && _has(account, everyone, permission);
    }

    /// @inheritdoc IStream
    function permissionUntil(address account, Permission permission) external view override returns (uint40) {
        uint256 everyone = _everyone;
        if (_isDeleted(everyone)) return 0;
        return uint40(_until(account == address(0) ? everyone : _ends[account], _shift(permission)));
    }

    /// @dev Reverts unless the stream is alive and the caller holds the permission; returns `_everyone`.
    function _checkPermission(Permission permission) private view returns (uint256 everyone) {
        everyone = _everyoneIfAlive();
        if (!_has(msg.sender, everyone, permission)) revert PermissionMissing(msg.sender, permission);
    }

    /// @dev Reads `_everyone` once for all that an action needs of it; reverts when the stream was deleted.
    function _everyoneIfAlive() private view returns (uint256 everyone) {
        everyone = _everyone;
        if (_isDeleted(everyone)) revert StreamDeleted();
    }

    /// @dev Whether the account is the owner or holds the permission by itself or by everyone's.
    function _has(address account, uint256 everyone, Permission permission) private view returns (bool) {
        return account == _ownerOf(everyone) || _holds(_ends[account], everyone, permission);
    }

    function _ownerOf(uint256 everyone) private view returns (address) {
        return everyone & OWNER_STORED != 0 ? _owner : address(uint160(_argument(0, 20)));
    }

    /// @dev Whether one of two words of end times still gives the permission.
    function _holds(uint256 own, uint256 everyone, Permission permission) private view returns (bool) {
        uint256 shift = _shift(permission);
        return block.timestamp < _max(_until(own, shift), _until(everyone, shift));
    }

    /// @dev Up to 32 bytes of the data behind the clone's code, as a number.
    function _argument(uint256 offset, uint256 length) private view returns (uint256 value) {
        uint256 position = CLONE_LENGTH + offset;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            extcodecopy(address(), 0, position, 32)
            value := shr(shl(3, sub(32, length)), mload(0))
        }
    }

    function _isDeleted(uint256 everyone) private pure returns (bool) {
        return everyone & DELETED != 0;
    }

    function _shift(Permission permission) private pure returns (uint256) {
        return uint256(permission) * UNTIL_BITS;
    }

    function _until(uint256 ends, uint256 shift) private pure returns (uint256) {
        return (ends >> shift) & type(uint40).max;
    }

    function _max(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a : b;
    }
}
