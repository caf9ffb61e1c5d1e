// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {IStreamRegistry} from "../../src/interfaces/IStreamRegistry.sol";
import {EnsNames} from "./EnsNames.t.sol";

contract SetEnsNameTest is EnsNames {
    function test_WhenTheChainHasNoEns() external {
        registry = IStreamRegistry(vm.deployCode("StreamRegistry.sol:StreamRegistry", abi.encode(address(0))));
        vm.assertEq(registry.ens(), address(0));
        vm.startPrank(seller);
        address created = registry.createStream("temperature", "", 60, 1);
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.EnsUnavailable.selector));
        registry.setEnsName(created, NAME);
        vm.stopPrank();
        vm.assertEq(registry.ensNameOf(created), "");
    }

    function test_WhenTheAddressIsNoStream(address account) external {
        vm.assume(account != address(stream));
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.StreamUnknown.selector, account));
        registry.setEnsName(account, NAME);
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.StreamUnknown.selector, account));
        registry.setEnsName(account, "");
        address implementation = registry.implementation();
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.StreamUnknown.selector, implementation));
        registry.setEnsName(implementation, NAME);
    }

    function test_WhenTheCallerDoesNotHoldEdit(address caller) external {
        vm.assume(caller != seller);
        expectNotEditor(caller);
        expectNotEditor(nameOwner);
        vm.prank(seller);
        stream.setPermission(caller, IStream.Permission.Grant, NEVER);
        expectNotEditor(caller);
    }

    function test_WhenTheEditorsTimeIsOver() external {
        vm.prank(seller);
        stream.setPermission(stranger, IStream.Permission.Edit, uint40(block.timestamp));
        expectNotEditor(stranger);
    }

    function test_WhenTheStreamWasDeleted() external {
        vm.prank(seller);
        stream.deleteStream();
        expectNotEditor(seller);
    }

    function test_WhenTheNameHasAnEmptyLabel() external {
        string[6] memory names =
            [".", "..", ".weather.example.eth", "weather..example.eth", "weather.example.eth.", "...eth"];
        for (uint256 i; i < names.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.EnsNameInvalid.selector, names[i]));
            setName(names[i]);
        }
    }

    function test_WhenTheNameIsTooLong() external {
        string memory label = textOf(255 - bytes(".example.eth").length);
        bytes32 longest = giveName(label);
        resolveTo(longest, address(stream));
        setName(string.concat(label, ".example.eth"));
        vm.assertEq(registry.ensNameOf(address(stream)), string.concat(label, ".example.eth"));

        label = string.concat(label, "x");
        resolveTo(giveName(label), address(stream));
        string memory name = string.concat(label, ".example.eth");
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.EnsNameInvalid.selector, name));
        setName(name);
    }

    function test_WhenNobodyMadeTheName(bytes32 label) external {
        string memory name = string.concat(string(abi.encodePacked("x", keccak256(abi.encode(label)))), ".eth");
        bytes memory text = bytes(name);
        for (uint256 i; i < text.length - 4; ++i) {
            if (text[i] == ".") text[i] = "-";
        }
        expectElsewhere(string(text), address(0));
    }

    function test_WhenTheNameIsOnlyATopLevel() external {
        expectElsewhere("eth", address(0));
    }

    function test_WhenTheResolverNamesNobody() external {
        address[] memory resolvers = brokenResolvers();
        for (uint256 i; i < resolvers.length; ++i) {
            resolveBy(resolvers[i]);
            uint256 before = gasleft();
            expectElsewhere(NAME, address(0));
            vm.assertLe(before - gasleft(), 200_000, "gas of a broken resolver");
        }
    }

    function test_WhenTheNameResolvesElsewhere(address elsewhere) external {
        vm.assume(elsewhere != address(stream));
        resolveTo(node, elsewhere);
        expectElsewhere(NAME, elsewhere);
        vm.assertEq(registry.ensNameOf(address(stream)), "");
    }

    function test_WhenTheNameResolvesToTheStream() external {
        vm.expectEmit(address(registry));
        emit IStreamRegistry.EnsNameChanged(address(stream), NAME, seller);
        setName(NAME);
        vm.assertEq(registry.ensNameOf(address(stream)), NAME);
    }

    function test_EverybodyWithEditMayDoIt() external {
        vm.startPrank(seller);
        stream.setPermission(nameOwner, IStream.Permission.Edit, uint40(block.timestamp + 1));
        vm.stopPrank();
        vm.prank(nameOwner);
        registry.setEnsName(address(stream), NAME);
        vm.assertEq(registry.ensNameOf(address(stream)), NAME);

        vm.prank(seller);
        stream.setPermission(address(0), IStream.Permission.Edit, NEVER);
        vm.expectEmit(address(registry));
        emit IStreamRegistry.EnsNameChanged(address(stream), "", stranger);
        vm.prank(stranger);
        registry.setEnsName(address(stream), "");
    }

    function test_WhenTheStreamHadAnotherName() external {
        setName(NAME);
        bytes32 other = giveName("rain");
        resolveTo(other, address(stream));
        setName("rain.example.eth");
        vm.assertEq(registry.ensNameOf(address(stream)), "rain.example.eth");
    }

    function test_WhenTheNameIsEmpty() external {
        setName(NAME);
        vm.etch(address(resolver), "");
        vm.expectEmit(address(registry));
        emit IStreamRegistry.EnsNameChanged(address(stream), "", seller);
        setName("");
        vm.assertEq(registry.ensNameOf(address(stream)), "");
    }

    function test_OneStreamsNameIsNotAnothers() external {
        setName(NAME);
        vm.startPrank(seller);
        address second = registry.createStream("temperature", "", 60, 1);
        vm.assertEq(registry.ensNameOf(second), "");
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.EnsNameElsewhere.selector, NAME, address(stream)));
        registry.setEnsName(second, NAME);
        vm.stopPrank();
    }

    function expectNotEditor(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.NotEditor.selector, caller, address(stream)));
        vm.prank(caller);
        registry.setEnsName(address(stream), NAME);
    }

    function expectElsewhere(string memory name, address resolved) private {
        vm.expectRevert(abi.encodeWithSelector(IStreamRegistry.EnsNameElsewhere.selector, name, resolved));
        setName(name);
    }

    function textOf(uint256 length) private pure returns (string memory) {
        bytes memory text = new bytes(length);
        for (uint256 i; i < length; ++i) {
            text[i] = "x";
        }
        return string(text);
    }
}
