// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title EventSignature
/// @notice Verifies an event of a stream on chain, for contracts that act on what a publisher said: the secp256k1
/// signature of an account over the event's canonical signed part, alone or over the Merkle root of a batch.
///
/// The signed part is what sdk/protocol/event-encoding.ts describes: a domain tag, then every field but the signature,
/// each of variable length behind its length, so that it reads in one way only. A signature alone is that of ERC-191
/// over the signed part. A batch is the tree of RFC 6962: a leaf is SHA-256(0x00, signed part), a node
/// SHA-256(0x01, left, right), the last node of a level without a partner moves up as it is; signed, by ERC-191 too, are
/// a tag, the number of leaves and the root. SHA-256 costs more here than Keccak-256, some 150 gas per level, and less
/// everywhere else.
///
/// What this does not know: whether the origin may publish on the stream (ask the stream), how old an event may be, and
/// whether it was used before. Stream addresses do not name their chain.
library EventSignature {
    /// @notice What a contract needs of an event.
    struct Details {
        /// @notice The stream's contract.
        address stream;
        uint32 partition;
        /// @notice Unix time in milliseconds, by the publisher's clock.
        uint64 timestamp;
        /// @notice Orders events of one origin within a millisecond.
        uint32 sequence;
        /// @notice Keccak-256 of the content as it was published, encrypted or not.
        bytes32 contentHash;
        /// @notice The account that signed.
        address origin;
    }

    /// @notice The bytes are no signed part of an event of version 1 whose origin is an account.
    error EventMalformed();
    /// @notice The event is signed in a way that is not verified here.
    error SignatureTypeUnknown();
    /// @notice Size, index and proof of a batch do not fit each other.
    error ProofMalformed();
    /// @notice The signature is not the origin's.
    error EventSignatureInvalid(address origin);

    /// @notice Most events under one signature.
    uint256 internal constant BATCH_LIMIT = 1024;

    /// @dev Length and text of the tag, and the version: the first 17 bytes of every signed part.
    bytes17 private constant HEAD = bytes17("\x0ftributary/event\x01");
    /// @dev Length and text of the tag of a batch: the first 22 bytes of what is signed.
    bytes22 private constant BATCH_HEAD = bytes22("\x15tributary/event-batch");
    bytes32 private constant ADDRESS = keccak256("address");
    bytes32 private constant SINGLE = keccak256("secp256k1");
    bytes32 private constant BATCH = keccak256("secp256k1-merkle");

    /// @notice Verifies an event.
    /// @param signedPart Its canonical signed part.
    /// @param signature Its signature field: 65 bytes r, s, v; or u16 size, u16 index, the hashes of the proof from
    /// below, 65 bytes r, s, v.
    /// @return details What it says of itself.
    /// @return content Its content as it was published.
    function verify(bytes calldata signedPart, bytes calldata signature)
        internal
        view
        returns (Details memory details, bytes calldata content)
    {
        bytes32 signatureType;
        (details, signatureType, content) = parse(signedPart);
        bytes32 digest;
        if (signatureType == SINGLE) {
            digest = MessageHashUtils.toEthSignedMessageHash(signedPart);
        } else if (signatureType == BATCH) {
            (digest, signature) = _batchDigest(signedPart, signature);
        } else {
            revert SignatureTypeUnknown();
        }
        // Without an error the address that is recovered is not zero.
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem != ECDSA.RecoverError.NoError || signer != details.origin) {
            revert EventSignatureInvalid(details.origin);
        }
    }

    /// @notice Reads a signed part without believing it.
    /// @return details What it says of itself.
    /// @return signatureType Keccak-256 of the name of the way of signing.
    /// @return content Its content as it was published.
    function parse(bytes calldata signedPart)
        internal
        pure
        returns (Details memory details, bytes32 signatureType, bytes calldata content)
    {
        if (signedPart.length < 53 || bytes17(signedPart) != HEAD) revert EventMalformed();
        details.stream = address(bytes20(signedPart[17:]));
        details.partition = uint32(bytes4(signedPart[37:]));
        details.timestamp = uint64(bytes8(signedPart[41:]));
        details.sequence = uint32(bytes4(signedPart[49:]));
        uint256 start = _behindName(signedPart, 53);
        // Behind the encryption type stand era and slot.
        start = _behindName(signedPart, start) + 8;
        uint256 next = _behindName(signedPart, start);
        if (keccak256(signedPart[start + 1:next]) != ADDRESS || signedPart.length < next + 22) revert EventMalformed();
        if (uint16(bytes2(signedPart[next:])) != 20) revert EventMalformed();
        details.origin = address(bytes20(signedPart[next + 2:]));
        start = next + 22;
        next = _behindName(signedPart, start);
        signatureType = keccak256(signedPart[start + 1:next]);
        if (signedPart.length < next + 4) revert EventMalformed();
        content = signedPart[next + 4:];
        if (uint32(bytes4(signedPart[next:])) != content.length) revert EventMalformed();
        details.contentHash = keccak256(content);
    }

    /// @dev The place behind a text that stands behind its length of one byte.
    function _behindName(bytes calldata signedPart, uint256 start) private pure returns (uint256 next) {
        if (start >= signedPart.length) revert EventMalformed();
        next = start + 1 + uint8(signedPart[start]);
        if (next > signedPart.length) revert EventMalformed();
    }

    /// @dev What was signed for the batch to whose root the proof leads, and the signature behind the proof.
    function _batchDigest(bytes calldata signedPart, bytes calldata field)
        private
        view
        returns (bytes32 digest, bytes calldata signature)
    {
        if (field.length < 4) revert ProofMalformed();
        uint256 size = uint16(bytes2(field));
        uint256 place = uint16(bytes2(field[2:]));
        if (size > BATCH_LIMIT || place >= size) revert ProofMalformed();
        bytes32 node = sha256(bytes.concat(hex"00", signedPart));
        uint256 start = 4;
        for (uint256 width = size; width > 1; width = (width + 1) >> 1) {
            bool isRight = place & 1 == 1;
            if (isRight || place + 1 < width) {
                if (field.length < start + 32) revert ProofMalformed();
                bytes32 sibling = bytes32(field[start:]);
                node = isRight ? _node(sibling, node) : _node(node, sibling);
                start += 32;
            }
            place >>= 1;
        }
        // forge-lint: disable-next-line(unsafe-typecast)
        digest = MessageHashUtils.toEthSignedMessageHash(bytes.concat(BATCH_HEAD, bytes2(uint16(size)), node));
        signature = field[start:];
    }

    /// @dev SHA-256(0x01, left, right), in memory that nothing else uses.
    function _node(bytes32 left, bytes32 right) private view returns (bytes32 node) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore8(buffer, 1)
            mstore(add(buffer, 1), left)
            mstore(add(buffer, 33), right)
            // The precompile fails only without gas, which then lacks here too.
            if iszero(staticcall(gas(), 2, buffer, 65, 0x00, 0x20)) { revert(0, 0) }
            node := mload(0x00)
        }
    }
}
