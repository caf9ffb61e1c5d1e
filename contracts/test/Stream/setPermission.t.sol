// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract SetPermissionTest is Base {
    address private delegate = makeAccount("delegate");
    address private reader = makeAccount("reader");

    function test_WhenTheStreamWasDeleted(address account, uint8 permission, uint40 until) external {
        vm.startPrank(seller);
        stream.deleteStream();
        vm.expectRevert(abi.encodeWithSelector(IStream.StreamDeleted.selector));
        stream.setPermission(account, IStream.Permission(permission % 5), until);
    }

    function test_WhenTheCallerIsTheOwner(address account, uint40[5] memory ends) external {
        for (uint256 i; i < 5; ++i) {
            vm.expectEmit(address(stream));
            emit IStream.PermissionChanged(account, IStream.Permission(i), ends[i], seller);
            give(account, IStream.Permission(i), ends[i]);
        }
        for (uint256 i; i < 5; ++i) {
            vm.assertEq(stream.permissionUntil(account, IStream.Permission(i)), ends[i]);
        }
        address other = address(uint160(account) ^ 1);
        vm.assertEq(stream.permissionUntil(other, IStream.Permission.Read), 0);
        vm.assertEq(stream.owner(), seller);
    }

    function test_WhenTheOwnerChangesAPermission(uint8 changed, uint40 before, uint40 later) external {
        changed = changed % 5;
        for (uint256 i; i < 5; ++i) {
            give(reader, IStream.Permission(i), before);
        }
        give(reader, IStream.Permission(changed), later);
        for (uint256 i; i < 5; ++i) {
            vm.assertEq(stream.permissionUntil(reader, IStream.Permission(i)), i == changed ? later : before);
        }
    }

    function test_WhenTheAccountIsZero(address anybody) external {
        give(EVERYONE, IStream.Permission.Read, NEVER);
        vm.assertTrue(stream.hasPermission(anybody, IStream.Permission.Read));
        vm.assertFalse(stream.deleted());
        vm.assertEq(stream.owner(), seller);
    }

    function test_WhenTheOwnershipHasPassedOn() external {
        vm.prank(seller);
        stream.transferOwnership(stranger);
        vm.startPrank(stranger);
        stream.acceptOwnership();
        stream.setPermission(reader, IStream.Permission.Read, NEVER);
        vm.stopPrank();
        vm.assertTrue(stream.hasPermission(reader, IStream.Permission.Read));

        expectMissing(seller, IStream.Permission.Grant);
        vm.prank(seller);
        stream.setPermission(reader, IStream.Permission.Read, 0);
    }

    function test_WhenTheCallerLacksGrant(address caller, uint8 permission, uint40 until) external {
        vm.assume(caller != seller && caller != address(0));
        for (uint256 i; i < 5; ++i) {
            if (i != uint256(IStream.Permission.Grant)) give(caller, IStream.Permission(i), NEVER);
        }
        expectMissing(caller, IStream.Permission.Grant);
        vm.prank(caller);
        stream.setPermission(reader, IStream.Permission(permission % 5), until);
    }

    function test_WhenTheGrantOfTheCallerHasEnded(uint40 until) external {
        until = uint40(within(until, 0, START));
        give(delegate, IStream.Permission.Read, NEVER);
        give(delegate, IStream.Permission.Grant, until);
        expectMissing(delegate, IStream.Permission.Grant);
        vm.prank(delegate);
        stream.setPermission(reader, IStream.Permission.Read, NEVER);
    }

    function test_WhenTheCallerDoesNotHoldThePermission(uint40 held, uint40 until) external {
        held = uint40(within(held, 0, START));
        give(delegate, IStream.Permission.Grant, NEVER);
        give(delegate, IStream.Permission.Write, held);
        expectMissing(delegate, IStream.Permission.Write);
        vm.prank(delegate);
        stream.setPermission(reader, IStream.Permission.Write, until);
    }

    function test_APermissionThatEndsInThisSecondIsHeldNoLonger() external {
        give(delegate, IStream.Permission.Grant, NEVER);
        give(delegate, IStream.Permission.Write, uint40(START));
        expectMissing(delegate, IStream.Permission.Write);
        vm.prank(delegate);
        stream.setPermission(reader, IStream.Permission.Write, 0);
    }

    function test_WhenThePermissionWouldOutlastThatOfTheCaller(uint40 held, uint40 until) external {
        held = uint40(within(held, START + 1, NEVER - 1));
        until = uint40(within(until, uint256(held) + 1, NEVER));
        give(delegate, IStream.Permission.Grant, NEVER);
        give(delegate, IStream.Permission.Read, held);
        expectMissing(delegate, IStream.Permission.Read);
        vm.prank(delegate);
        stream.setPermission(reader, IStream.Permission.Read, until);
    }

    function test_WhenThePresentPermissionOutlastsThatOfTheCaller(uint40 held, uint40 present, uint40 until) external {
        held = uint40(within(held, START + 1, NEVER - 1));
        present = uint40(within(present, uint256(held) + 1, NEVER));
        until = uint40(within(until, 0, held));
        give(delegate, IStream.Permission.Grant, NEVER);
        give(delegate, IStream.Permission.Read, held);
        give(reader, IStream.Permission.Read, present);
        expectMissing(delegate, IStream.Permission.Read);
        vm.prank(delegate);
        stream.setPermission(reader, IStream.Permission.Read, until);
    }

    function test_WhenTheCallerHoldsThePermissionOnlyByEveryones() external {
        give(delegate, IStream.Permission.Grant, NEVER);
        give(EVERYONE, IStream.Permission.Read, uint40(START + 10));
        vm.prank(delegate);
        stream.setPermission(reader, IStream.Permission.Read, uint40(START + 10));
        vm.assertEq(stream.permissionUntil(reader, IStream.Permission.Read), START + 10);
    }

    function test_WhenTheCallerHoldsThePermissionForLongEnough(uint40 held, uint40 present, uint40 until) external {
        held = uint40(within(held, START + 1, NEVER));
        present = uint40(within(present, 0, held));
        until = uint40(within(until, 0, held));
        give(delegate, IStream.Permission.Grant, uint40(START + 1));
        give(delegate, IStream.Permission.Read, held);
        give(reader, IStream.Permission.Read, present);
        vm.expectEmit(address(stream));
        emit IStream.PermissionChanged(reader, IStream.Permission.Read, until, delegate);
        vm.prank(delegate);
        stream.setPermission(reader, IStream.Permission.Read, until);
        vm.assertEq(stream.permissionUntil(reader, IStream.Permission.Read), until);
    }

    function test_GrantItselfCanBeHandedOn() external {
        give(delegate, IStream.Permission.Grant, uint40(START + 100));
        vm.prank(delegate);
        stream.setPermission(stranger, IStream.Permission.Grant, uint40(START + 100));
        vm.assertTrue(stream.hasPermission(stranger, IStream.Permission.Grant));
    }

    function expectMissing(address account, IStream.Permission permission) private {
        vm.expectRevert(abi.encodeWithSelector(IStream.PermissionMissing.selector, account, permission));
    }
}
