// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract RegisterPublicKeyTest is Base {
    function test_WhenTheStreamWasDeleted() external {
        vm.startPrank(seller);
        stream.deleteStream();
        vm.expectRevert(abi.encodeWithSelector(IStream.StreamDeleted.selector));
        stream.registerPublicKey(PUBLIC_KEY);
    }

    function test_WhenTheKeyIsZero() external {
        vm.expectRevert(abi.encodeWithSelector(IStream.PublicKeyZero.selector));
        stream.registerPublicKey(0);
    }

    function test_WhenTheKeyIsNotZero(address caller, bytes32 publicKey) external {
        vm.assume(publicKey != 0);
        vm.expectEmit(address(stream));
        emit IStream.PublicKeyRegistered(caller, publicKey);
        vm.record();
        vm.prank(caller);
        stream.registerPublicKey(publicKey);
        (, bytes32[] memory writes) = vm.accesses(address(stream));
        vm.assertEq(writes.length, 0);
    }
}
