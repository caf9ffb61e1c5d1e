// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {IStreamRegistry} from "../../src/interfaces/IStreamRegistry.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {EnsCode} from "../external/EnsCode.sol";
import {IENS, IPublicResolver} from "../external/IENS.sol";

/// @notice A resolver that answers exactly these bytes, whatever it is asked.
contract AnsweringResolver {
    bytes private _answer;

    constructor(bytes memory answer) {
        _answer = answer;
    }

    fallback() external {
        bytes memory answer = _answer;
        assembly {
            return(add(answer, 32), mload(answer))
        }
    }
}

/// @notice A resolver that reverts, with a good address as its reason.
contract RevertingResolver {
    address private immutable ACCOUNT;

    constructor(address account) {
        ACCOUNT = account;
    }

    fallback() external {
        bytes32 word = bytes32(uint256(uint160(ACCOUNT)));
        assembly {
            mstore(0, word)
            revert(0, 32)
        }
    }
}

/// @notice A resolver that spends all gas that it is given.
contract SpendingResolver {
    fallback() external {
        for (uint256 i;; ++i) {}
    }
}

/// @notice A resolver that answers with as many zeros as it has gas for.
contract LengthyResolver {
    fallback() external {
        assembly {
            return(0, 150000)
        }
    }
}

/// @notice What the tests of ENS names share: ENS as on its main chain (the registry with a fallback on its predecessor,
/// and a public resolver), the name weather.example.eth of an account, a registry of streams and a stream.
abstract contract EnsNames {
    Cheatcodes internal constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint40 internal constant NEVER = type(uint40).max;
    string internal constant NAME = "weather.example.eth";

    address internal seller = makeAccount("seller");
    address internal stranger = makeAccount("stranger");
    address internal nameOwner = makeAccount("name owner");

    IENS internal ens;
    IPublicResolver internal resolver;
    IStreamRegistry internal registry;
    IStream internal stream;
    bytes32 internal example;
    bytes32 internal node;

    function setUp() public virtual {
        vm.warp(1_800_014_400);
        address predecessor = create(EnsCode.registry());
        ens = IENS(create(bytes.concat(EnsCode.registryWithFallback(), abi.encode(predecessor))));
        resolver = IPublicResolver(create(bytes.concat(EnsCode.publicResolver(), abi.encode(ens))));
        registry = IStreamRegistry(vm.deployCode("StreamRegistry.sol:StreamRegistry", abi.encode(ens)));
        vm.prank(seller);
        stream = IStream(registry.createStream("temperature", "", 60, 1));

        bytes32 eth = ens.setSubnodeOwner(0, keccak256("eth"), address(this));
        example = ens.setSubnodeOwner(eth, keccak256("example"), nameOwner);
        node = giveName("weather");
        resolveTo(node, address(stream));
    }

    /// @dev The name owner makes a name under example.eth, with the public resolver.
    function giveName(string memory label) internal returns (bytes32 made) {
        vm.startPrank(nameOwner);
        made = ens.setSubnodeOwner(example, keccak256(bytes(label)), nameOwner);
        ens.setResolver(made, address(resolver));
        vm.stopPrank();
    }

    function resolveTo(bytes32 named, address account) internal {
        vm.prank(nameOwner);
        resolver.setAddr(named, account);
    }

    function resolveBy(address other) internal {
        vm.prank(nameOwner);
        ens.setResolver(node, other);
    }

    function setName(string memory name) internal {
        vm.prank(seller);
        registry.setEnsName(address(stream), name);
    }

    /// @dev Resolvers that name nobody, each in its own way.
    function brokenResolvers() internal returns (address[] memory resolvers) {
        bytes memory good = abi.encode(stream);
        bytes memory short = abi.encode(stream);
        assembly {
            mstore(short, 31)
        }
        bytes memory dirty = abi.encode(uint256(uint160(address(stream))) | (1 << 160));
        bytes memory nothing = "";
        resolvers = new address[](9);
        resolvers[0] = address(0);
        resolvers[1] = stranger;
        resolvers[2] = address(4);
        resolvers[3] = address(new RevertingResolver(address(stream)));
        resolvers[4] = address(new SpendingResolver());
        resolvers[5] = address(new LengthyResolver());
        resolvers[6] = address(new AnsweringResolver(short));
        resolvers[7] = address(new AnsweringResolver(dirty));
        resolvers[8] = address(new AnsweringResolver(nothing));
        // The others differ from a good one in nothing but their fault.
        resolveBy(address(new AnsweringResolver(good)));
        setName(NAME);
        setName("");
    }

    function makeAccount(string memory name) internal returns (address account) {
        account = address(uint160(uint256(keccak256(bytes(name)))));
        vm.label(account, name);
    }

    function create(bytes memory code) internal returns (address created) {
        assembly {
            created := create(0, add(code, 0x20), mload(code))
        }
        vm.assertTrue(created != address(0), "an external contract was not created");
    }
}
