// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IStream
/// @notice A stream of events. The address of the contract is the id of the stream. It holds what the stream is
/// called, who owns it and who may do what with it; events themselves never touch the chain (whitepaper 2.4.2).
interface IStream {
    /// @notice What an account may do with the stream.
    /// @dev Read: receive keys and decrypt. Write: publish events. Edit: change name and description. Grant: hand
    /// permissions one holds to others, and sell the stream. Delete: delete the stream.
    enum Permission {
        Read,
        Write,
        Edit,
        Grant,
        Delete
    }

    /// @notice Emitted when a permission changes. The zero address as account stands for everyone.
    /// @param until Unix time in seconds from which the permission no longer holds; 0 revokes it, the largest
    /// uint40 never ends.
    event PermissionChanged(
        address indexed account, Permission indexed permission, uint40 until, address indexed grantor
    );

    /// @notice Emitted when name or description change after creation.
    event MetadataChanged(string name, string description, address indexed editor);

    /// @notice Emitted when the owner proposes a new owner.
    event OwnershipTransferStarted(address indexed owner, address indexed pendingOwner);

    /// @notice Emitted when the proposed owner accepts.
    event OwnershipTransferred(address indexed previousOwner, address indexed owner);

    /// @notice Emitted when an account registers the X25519 public key to which its grants shall be sealed.
    event PublicKeyRegistered(address indexed account, bytes32 publicKey);

    /// @notice Emitted when the stream is deleted: from then on nobody holds any permission on it.
    event Deleted(address indexed account);

    /// @notice `account` lacks `permission` for what it tried.
    error PermissionMissing(address account, Permission permission);
    /// @notice Only the owner may do this.
    error NotOwner(address account, address owner);
    /// @notice Only the account proposed by the owner may accept the ownership.
    error NotPendingOwner(address account, address pendingOwner);
    /// @notice The stream was deleted.
    error StreamDeleted();
    /// @notice The name is empty or longer than the limit, in bytes.
    error NameLengthInvalid(uint256 length, uint256 limit);
    /// @notice The description is longer than the limit, in bytes.
    error DescriptionTooLong(uint256 length, uint256 limit);
    /// @notice The public key is zero.
    error PublicKeyZero();

    /// @notice The owner: holds every permission for as long as the stream exists; zero after deletion.
    function owner() external view returns (address);

    /// @notice The account proposed as the next owner, or zero.
    function pendingOwner() external view returns (address);

    /// @notice The name, UTF-8, 1 to 128 bytes.
    function name() external view returns (string memory);

    /// @notice The description, UTF-8, up to 1,024 bytes.
    function description() external view returns (string memory);

    /// @notice Length in seconds of the slots for which keys are derived; fixed at creation.
    function slotDuration() external view returns (uint32);

    /// @notice Number of partitions; fixed at creation.
    function partitions() external view returns (uint32);

    /// @notice Whether the stream was deleted.
    function deleted() external view returns (bool);

    /// @notice Whether `account` holds `permission` now: as owner, by its own permission or by everyone's.
    function hasPermission(address account, Permission permission) external view returns (bool);

    /// @notice The time, Unix seconds, until which `account` (zero: everyone) was itself given `permission`.
    function permissionUntil(address account, Permission permission) external view returns (uint40);

    /// @notice Gives, prolongs, shortens (`until` in Unix seconds) or revokes (`until` 0) a permission. The caller is
    /// the owner, or holds Grant and itself holds `permission` now and at least until both `until` and the end that the
    /// account has: it can neither give nor take more than it holds.
    function setPermission(address account, Permission permission, uint40 until) external;

    /// @notice Changes name and description. The caller holds Edit.
    function setMetadata(string calldata name_, string calldata description_) external;

    /// @notice Registers the X25519 key to which grants for the caller's own Read permission are sealed.
    function registerPublicKey(bytes32 publicKey) external;

    /// @notice Proposes a new owner (zero withdraws the proposal). Only the owner.
    function transferOwnership(address newOwner) external;

    /// @notice Accepts a proposed ownership.
    function acceptOwnership() external;

    /// @notice Deletes the stream for good. The caller holds Delete.
    function deleteStream() external;
}
