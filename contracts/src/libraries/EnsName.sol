// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title EnsName
/// @notice From a name of the Ethereum Name Service to the address that it stands for (ERC-137): the hash of the name,
/// the resolver that the registry names for it, the address that the resolver names.
///
/// The registry belongs to the chain's ENS; the resolver is whatever contract the name's owner chose, and may revert,
/// answer garbage, answer at great length or spend all gas that it is given. So it gets a bounded amount of gas, one word
/// of its answer is looked at, and everything that is no address counts as none. Names whose address lies off the chain
/// (ERC-3668) or with a resolver of a parent (ENSIP-10) resolve to none here.
library EnsName {
    /// @notice Longest name in bytes, as in DNS.
    uint256 internal constant LENGTH_LIMIT = 255;
    /// @notice Gas that registry and resolver get each. ENS's own resolvers need less than a tenth of it.
    uint256 internal constant CALL_GAS = 100_000;

    /// @dev Of ENSRegistry: resolver(bytes32 node) returns (address).
    bytes4 private constant RESOLVER = 0x0178b8bf;
    /// @dev Of resolvers: addr(bytes32 node) returns (address payable).
    bytes4 private constant ADDR = 0x3b3b57de;

    /// @notice The node of a name: namehash of ERC-137. Bytes are hashed as they are: whoever writes a name normalises
    /// it (ENSIP-15).
    /// @param name Labels joined by full stops.
    /// @return node Zero when the name is not valid.
    /// @return valid False when the name is empty, longer than 255 bytes, or has an empty label.
    function nodeOf(bytes memory name) internal pure returns (bytes32 node, bool valid) {
        uint256 end = name.length;
        if (end == 0 || end > LENGTH_LIMIT) return (0, false);
        // From the last label to the first; `end` is one behind the label that is being read.
        for (uint256 i = end; i != 0; --i) {
            if (name[i - 1] != ".") continue;
            if (i == end) return (0, false);
            node = _child(node, name, i, end);
            end = i - 1;
        }
        if (end == 0) return (0, false);
        return (_child(node, name, 0, end), true);
    }

    /// @notice The address that a node stands for now; zero when it stands for none.
    /// @param ens The chain's ENS registry.
    function addressOf(address ens, bytes32 node) internal view returns (address) {
        address resolver = _ask(ens, RESOLVER, node);
        return resolver == address(0) ? address(0) : _ask(resolver, ADDR, node);
    }

    /// @dev The node of the label in `name` from `start` to before `end`, under `parent`.
    function _child(bytes32 parent, bytes memory name, uint256 start, uint256 end) private pure returns (bytes32 node) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(0x20, keccak256(add(add(name, 0x20), start), sub(end, start)))
            mstore(0x00, parent)
            node := keccak256(0x00, 0x40)
        }
    }

    /// @dev The address that a contract answers when asked about a node; zero when it answers none.
    function _ask(address account, bytes4 selector, bytes32 node) private view returns (address answer) {
        uint256 gasLimit = CALL_GAS;
        // Solidity's own call would copy the whole answer.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(0x00, selector)
            mstore(0x04, node)
            let good := staticcall(gasLimit, account, 0x00, 0x24, 0x00, 0x20)
            let word := mload(0x00)
            good := and(good, and(gt(returndatasize(), 0x1f), iszero(shr(160, word))))
            answer := mul(word, good)
        }
    }
}
