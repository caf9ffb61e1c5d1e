// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract StreamRegistryConstructorTest is Base {
    function test_ItDeploysAnImplementation() external view {
        vm.assertTrue(registry.implementation().code.length != 0);
    }

    function test_TheImplementationBelongsToNobody(address account, uint8 permission, uint40 until) external {
        IStream implementation = IStream(registry.implementation());
        IStream.Permission asked = IStream.Permission(permission % 5);
        vm.assertTrue(implementation.deleted());
        vm.assertEq(implementation.owner(), address(0));
        vm.assertFalse(implementation.hasPermission(account, asked));

        vm.expectRevert(abi.encodeWithSelector(IStream.StreamDeleted.selector));
        vm.prank(account);
        implementation.setPermission(account, asked, until);
    }
}
