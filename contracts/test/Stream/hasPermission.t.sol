// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract HasPermissionTest is Base {
    function test_WhenTheStreamWasDeleted(address account, uint8 permission) external {
        IStream.Permission asked = IStream.Permission(permission % 5);
        give(account, asked, NEVER);
        vm.prank(seller);
        stream.deleteStream();
        vm.assertFalse(stream.hasPermission(account, asked));
        vm.assertFalse(stream.hasPermission(seller, asked));
        vm.assertFalse(stream.hasPermission(EVERYONE, asked));
    }

    function test_WhenTheAccountIsTheOwner(uint8 permission, uint40 time) external {
        vm.warp(time);
        vm.assertTrue(stream.hasPermission(seller, IStream.Permission(permission % 5)));
    }

    function test_WhenTheAccountWasTheOwnerBefore(uint8 permission) external {
        vm.prank(seller);
        stream.transferOwnership(stranger);
        vm.prank(stranger);
        stream.acceptOwnership();
        vm.assertFalse(stream.hasPermission(seller, IStream.Permission(permission % 5)));
        vm.assertTrue(stream.hasPermission(stranger, IStream.Permission(permission % 5)));
    }

    function test_WhenTheAccountHoldsThePermissionItself(address account, uint8 permission, uint40 until, uint40 time)
        external
    {
        vm.assume(account != seller && account != EVERYONE);
        IStream.Permission given = IStream.Permission(permission % 5);
        IStream.Permission other = IStream.Permission((permission % 5 + 1) % 5);
        give(account, given, until);
        vm.warp(time);
        vm.assertEq(stream.hasPermission(account, given), time < until);
        vm.assertFalse(stream.hasPermission(account, other));
    }

    function test_TheEndItselfIsOutside() external {
        give(stranger, IStream.Permission.Read, uint40(START + 5));
        vm.warp(START + 4);
        vm.assertTrue(stream.hasPermission(stranger, IStream.Permission.Read));
        vm.warp(START + 5);
        vm.assertFalse(stream.hasPermission(stranger, IStream.Permission.Read));
    }

    function test_WhenEveryoneHoldsThePermission(address account, uint8 permission, uint40 until, uint40 time)
        external
    {
        vm.assume(account != seller);
        IStream.Permission given = IStream.Permission(permission % 5);
        give(EVERYONE, given, until);
        vm.warp(time);
        vm.assertEq(stream.hasPermission(account, given), time < until);
    }
}
