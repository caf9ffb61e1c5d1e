// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EnsCode} from "./EnsCode.sol";
import {IENS, IPublicResolver} from "./IENS.sol";

/// @notice What wildcard resolvers answer (ENSIP-10).
interface IExtendedResolver {
    function resolve(bytes calldata name, bytes calldata data) external view returns (bytes memory);
}

/// @notice Resolvers as ERC-137 and ERC-181 have them, by what the universal resolver calls.
interface IRecords {
    function name(bytes32 node) external view returns (string memory);
    function setName(bytes32 node, string calldata name) external;
    function supportsInterface(bytes4 id) external view returns (bool);
}

/// @notice A server off the chain is to be asked (ERC-3668).
error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callback, bytes extraData);

/// @title Stands for the universal resolver of ENS in tests
/// @notice ENS's own is in no package that tests could deploy. This follows its interface as clients call it: finds the
/// resolver of a name or of its nearest parent that is a wildcard (ENSIP-1, ENSIP-10), asks it for a record, and looks up
/// a primary name both ways (ENSIP-3, ENSIP-19 for Ethereum). It passes on what a resolver wants looked up off the chain;
/// it bundles no lookups and knows no other chains. Registry and public resolver beside it are ENS's own code.
contract EnsUniversalResolver {
    error ResolverNotFound(bytes name);
    error ResolverNotContract(bytes name, address resolver);
    error UnsupportedResolverProfile(bytes4 selector);
    error ResolverError(bytes errorData);
    error ReverseAddressMismatch(string primary, bytes primaryAddress);
    error EmptyAddress();
    error DNSEncodingFailed(string ens);

    IENS private immutable registry;

    constructor(IENS ens) {
        registry = ens;
    }

    function resolveWithGateways(bytes calldata name, bytes calldata data, string[] calldata)
        external
        view
        returns (bytes memory, address)
    {
        return ask(name, data);
    }

    function reverseWithGateways(bytes calldata account, uint256 coinType, string[] calldata)
        external
        view
        returns (string memory primary, address resolver, address reverseResolver)
    {
        if (account.length == 0) revert EmptyAddress();
        bytes memory reverseName =
            encode(string.concat(digitsOf(account), coinType == 60 ? ".addr.reverse" : ".reverse"));
        bytes memory found;
        (found, reverseResolver) = ask(reverseName, abi.encodeCall(IRecords.name, (nodeOf(reverseName, 0))));
        primary = abi.decode(found, (string));
        if (bytes(primary).length == 0) return ("", address(0), reverseResolver);
        bytes memory name = encode(primary);
        (found, resolver) = ask(name, abi.encodeCall(IPublicResolver.addr, (nodeOf(name, 0))));
        bytes memory named = abi.encodePacked(abi.decode(found, (address)));
        if (keccak256(named) != keccak256(account)) revert ReverseAddressMismatch(primary, named);
    }

    function ask(bytes memory name, bytes memory data) private view returns (bytes memory answer, address resolver) {
        uint256 place;
        while (name[place] != 0 && resolver == address(0)) {
            resolver = registry.resolver(nodeOf(name, place));
            if (resolver == address(0)) place += 1 + uint8(name[place]);
        }
        if (resolver == address(0)) revert ResolverNotFound(name);
        if (resolver.code.length == 0) revert ResolverNotContract(name, resolver);
        bool extended = isExtended(resolver);
        if (place != 0 && !extended) revert ResolverNotFound(name);
        bool answered;
        (answered, answer) =
            resolver.staticcall(extended ? abi.encodeCall(IExtendedResolver.resolve, (name, data)) : data);
        if (!answered) {
            if (bytes4(answer) != OffchainLookup.selector) revert ResolverError(answer);
            assembly {
                // what follows the selector, as bytes of their own
                mstore(add(answer, 4), sub(mload(answer), 4))
                answer := add(answer, 4)
            }
            (, string[] memory urls, bytes memory call, bytes4 callback, bytes memory extra) =
                abi.decode(answer, (address, string[], bytes, bytes4, bytes));
            // clients follow only what the contract that they called says of itself
            revert OffchainLookup(address(this), urls, call, callback, extra);
        }
        if (answer.length == 0) revert UnsupportedResolverProfile(bytes4(data));
        if (extended) answer = abi.decode(answer, (bytes));
    }

    function isExtended(address resolver) private view returns (bool) {
        try IRecords(resolver).supportsInterface(type(IExtendedResolver).interfaceId) returns (bool supported) {
            return supported;
        } catch {
            return false;
        }
    }

    /// @dev Name hash (ERC-137) of a name in DNS wire format, from a place in it on.
    function nodeOf(bytes memory name, uint256 place) private pure returns (bytes32) {
        uint256 length = uint8(name[place]);
        if (length == 0) return 0;
        bytes memory label = new bytes(length);
        for (uint256 i; i < length; ++i) {
            label[i] = name[place + 1 + i];
        }
        return keccak256(abi.encodePacked(nodeOf(name, place + 1 + length), keccak256(label)));
    }

    /// @dev A name with dots in DNS wire format.
    function encode(string memory text) private pure returns (bytes memory name) {
        bytes memory given = bytes(text);
        name = bytes.concat(hex"00", given, hex"00");
        uint256 start;
        for (uint256 i; i <= given.length; ++i) {
            if (i < given.length && given[i] != ".") continue;
            if (i == start || i - start > 255) revert DNSEncodingFailed(text);
            name[start] = bytes1(uint8(i - start));
            start = i + 1;
        }
    }

    function digitsOf(bytes calldata account) private pure returns (string memory) {
        bytes memory digits = new bytes(account.length * 2);
        for (uint256 i; i < account.length; ++i) {
            digits[2 * i] = bytes16("0123456789abcdef")[uint8(account[i]) >> 4];
            digits[2 * i + 1] = bytes16("0123456789abcdef")[uint8(account[i]) & 15];
        }
        return string(digits);
    }
}

/// @notice Keeps its records on a server, and says so whatever it is asked.
contract OffchainResolver is IExtendedResolver {
    string private server;

    constructor(string memory url) {
        server = url;
    }

    function resolve(bytes calldata, bytes calldata data) external view returns (bytes memory) {
        string[] memory urls = new string[](1);
        urls[0] = server;
        revert OffchainLookup(address(this), urls, data, this.resolve.selector, "");
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IExtendedResolver).interfaceId;
    }
}

/// @notice ENS for tests: registry and public resolver as ENS deployed them, and what stands for its universal resolver.
/// It owns every name and sets all records.
contract EnsForTests {
    EnsUniversalResolver public immutable universalResolver;
    IENS private immutable registry;
    address private immutable records;

    constructor() {
        registry = IENS(create(EnsCode.registry()));
        records = create(bytes.concat(EnsCode.publicResolver(), abi.encode(registry)));
        universalResolver = new EnsUniversalResolver(registry);
    }

    /// @param top The label above, such as "eth".
    function setAddress(string calldata label, string calldata top, address account) external {
        bytes32 node = own(own(0, top), label);
        registry.setResolver(node, records);
        IPublicResolver(records).setAddr(node, account);
    }

    /// @param digits The account's, 40 in lowercase without 0x.
    function setPrimaryName(string calldata digits, string calldata name) external {
        bytes32 node = own(own(own(0, "reverse"), "addr"), digits);
        registry.setResolver(node, records);
        IRecords(records).setName(node, name);
    }

    function setResolver(string calldata label, string calldata top, address resolver) external {
        registry.setResolver(own(own(0, top), label), resolver);
    }

    function own(bytes32 parent, string memory label) private returns (bytes32 node) {
        bytes32 hash = keccak256(bytes(label));
        node = keccak256(abi.encodePacked(parent, hash));
        registry.setSubnodeOwner(parent, hash, address(this));
    }

    function create(bytes memory code) private returns (address made) {
        assembly {
            made := create(0, add(code, 32), mload(code))
        }
        require(made != address(0), "not created");
    }
}
