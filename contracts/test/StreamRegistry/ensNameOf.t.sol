// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EnsNames} from "./EnsNames.t.sol";

contract EnsNameOfTest is EnsNames {
    function test_WhenTheStreamNeverTookAName(address account) external view {
        // That the name resolves to the stream is not enough.
        vm.assertEq(resolver.addr(node), address(stream));
        vm.assertEq(registry.ensNameOf(address(stream)), "");
        vm.assertEq(registry.ensNameOf(account), "");
    }

    function test_WhenTheNameStillResolves() external {
        setName(NAME);
        vm.assertEq(registry.ensNameOf(address(stream)), NAME);
        vm.assertEq(registry.ens(), address(ens));
    }

    function test_WhenTheNameCameToResolveElsewhere(address elsewhere) external {
        vm.assume(elsewhere != address(stream));
        setName(NAME);
        resolveTo(node, elsewhere);
        vm.assertEq(registry.ensNameOf(address(stream)), "");
        resolveTo(node, address(stream));
        vm.assertEq(registry.ensNameOf(address(stream)), NAME);
    }

    function test_WhenTheResolverCameToNameNobody() external {
        address[] memory resolvers = brokenResolvers();
        resolveBy(address(resolver));
        setName(NAME);
        for (uint256 i; i < resolvers.length; ++i) {
            resolveBy(resolvers[i]);
            uint256 before = gasleft();
            vm.assertEq(registry.ensNameOf(address(stream)), "");
            vm.assertLe(before - gasleft(), 200_000, "gas of a broken resolver");
        }
        resolveBy(address(resolver));
        vm.assertEq(registry.ensNameOf(address(stream)), NAME);
    }

    function test_TheRealResolverNeedsLittleGas() external {
        setName(NAME);
        uint256 before = gasleft();
        resolver.addr(node);
        vm.assertLe(before - gasleft(), 10_000, "gas of the public resolver");
    }

    function test_WhenEnsItselfStopsAnswering() external {
        setName(NAME);
        vm.etch(address(ens), hex"fe");
        vm.assertEq(registry.ensNameOf(address(stream)), "");
        vm.etch(address(ens), "");
        vm.assertEq(registry.ensNameOf(address(stream)), "");
    }
}
