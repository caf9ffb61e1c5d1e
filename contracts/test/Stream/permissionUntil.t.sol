// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract PermissionUntilTest is Base {
    function test_WhenTheStreamWasDeleted(address account, uint40 until) external {
        give(account, IStream.Permission.Edit, until);
        vm.prank(seller);
        stream.deleteStream();
        vm.assertEq(stream.permissionUntil(account, IStream.Permission.Edit), 0);
    }

    function test_WhenTheAccountIsZero(uint40 until) external {
        give(EVERYONE, IStream.Permission.Delete, until);
        vm.assertEq(stream.permissionUntil(EVERYONE, IStream.Permission.Delete), until);
        vm.assertEq(stream.permissionUntil(stranger, IStream.Permission.Delete), 0);
    }

    function test_WhenTheAccountIsNotZero(uint40 own, uint40 everyones) external {
        give(stranger, IStream.Permission.Write, own);
        give(EVERYONE, IStream.Permission.Write, everyones);
        vm.assertEq(stream.permissionUntil(stranger, IStream.Permission.Write), own);
        vm.assertEq(stream.permissionUntil(EVERYONE, IStream.Permission.Write), everyones);
        vm.assertEq(stream.permissionUntil(seller, IStream.Permission.Write), 0);
    }
}
