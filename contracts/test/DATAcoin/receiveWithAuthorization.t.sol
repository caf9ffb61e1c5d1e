// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {Authorizations} from "./Authorizations.t.sol";

contract ReceiveWithAuthorizationTest is Authorizations {
    function test_WhenTheCallerIsNotThePayee(address caller) external {
        vm.assume(caller != beneficiary);
        Signature memory signature = signReceive();
        bytes memory reason = abi.encodeWithSelector(bytes4(keccak256("ERC20InvalidReceiver(address)")), beneficiary);
        vm.expectRevert(reason);
        receiveAs(caller, signature);
        vm.expectRevert(reason);
        receiveAs(caller, packed(signature));
    }

    function test_WhenTheSignatureIsNotByThePayer(uint256 key) external {
        key = within(key, 1, 1e40);
        vm.assume(key != BUYER_KEY);
        Signature memory signature = sign(key, keccak256(abi.encode(RECEIVE, authorization)));
        expectInvalidSignature();
        receiveAs(beneficiary, signature);
        expectInvalidSignature();
        receiveAs(beneficiary, packed(signature));
    }

    function test_WhenItWasSignedForTransferring() external {
        Signature memory signature = signTransfer();
        expectInvalidSignature();
        receiveAs(beneficiary, signature);
        expectInvalidSignature();
        receiveAs(beneficiary, packed(signature));
    }

    function test_WhenTheTimeIsOut() external {
        Signature memory signature = signReceive();
        vm.warp(authorization.validBefore);
        expectInvalidTime();
        receiveAs(beneficiary, signature);
        expectInvalidTime();
        receiveAs(beneficiary, packed(signature));
    }

    function test_WhenTheNonceWasUsed() external {
        Signature memory signature = signReceive();
        receiveAs(beneficiary, packed(signature));
        expectUsed();
        receiveAs(beneficiary, signature);
        expectUsed();
        receiveAs(beneficiary, packed(signature));
    }

    function test_WhenThePayeeSubmitsAGoodAuthorisation(uint256 value, bool asBytes) external {
        uint256 balance = token.balanceOf(buyer);
        authorization.value = within(value, 0, balance);
        Signature memory signature = signReceive();
        vm.expectEmit(address(token));
        emit IERC3009.AuthorizationUsed(buyer, authorization.nonce);
        if (asBytes) receiveAs(beneficiary, packed(signature));
        else receiveAs(beneficiary, signature);
        vm.assertEq(token.balanceOf(beneficiary), authorization.value);
        vm.assertEq(token.balanceOf(buyer), balance - authorization.value);
        vm.assertTrue(token.authorizationState(buyer, authorization.nonce));
    }

    function test_WhenThePayerIsAContract() external {
        authorization.from = address(account);
        receiveAs(beneficiary, packed(signReceive()));
        vm.assertEq(token.balanceOf(beneficiary), 5e18);
    }
}
