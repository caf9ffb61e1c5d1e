// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {Authorizations} from "./Authorizations.t.sol";

contract CancelAuthorizationTest is Authorizations {
    function test_WhenTheSignatureIsNotByTheAuthorizer() external {
        bytes32 nonce = authorization.nonce;
        Signature memory signature = sign(0xbad, keccak256(abi.encode(CANCEL, buyer, nonce)));
        expectInvalidSignature();
        token.cancelAuthorization(buyer, nonce, signature.v, signature.r, signature.s);
        expectInvalidSignature();
        token.cancelAuthorization(buyer, nonce, packed(signature));
    }

    function test_WhenTheSignatureIsForAnotherNonce(bytes32 nonce) external {
        vm.assume(nonce != authorization.nonce);
        Signature memory signature = signCancel(buyer, authorization.nonce);
        expectInvalidSignature();
        token.cancelAuthorization(buyer, nonce, signature.v, signature.r, signature.s);
        expectInvalidSignature();
        token.cancelAuthorization(buyer, nonce, packed(signature));
    }

    function test_WhenTheNonceWasUsed() external {
        transfer(signTransfer());
        Signature memory signature = signCancel(buyer, authorization.nonce);
        bytes32 nonce = authorization.nonce;
        expectUsed();
        token.cancelAuthorization(buyer, nonce, signature.v, signature.r, signature.s);
        expectUsed();
        token.cancelAuthorization(buyer, nonce, packed(signature));
    }

    function test_WhenTheNonceIsOpen(bytes32 nonce, bool asBytes) external {
        Signature memory signature = signCancel(buyer, nonce);
        uint256 balance = token.balanceOf(buyer);
        vm.expectEmit(address(token));
        emit IERC3009Cancel.AuthorizationCanceled(buyer, nonce);
        if (asBytes) token.cancelAuthorization(buyer, nonce, packed(signature));
        else token.cancelAuthorization(buyer, nonce, signature.v, signature.r, signature.s);
        vm.assertTrue(token.authorizationState(buyer, nonce));
        vm.assertEq(token.balanceOf(buyer), balance);

        authorization.nonce = nonce;
        Signature memory late = signTransfer();
        expectUsed();
        transfer(late);
    }

    function test_WhenTheAuthorizerIsAContract() external {
        bytes32 nonce = authorization.nonce;
        token.cancelAuthorization(address(account), nonce, packed(signCancel(address(account), nonce)));
        vm.assertTrue(token.authorizationState(address(account), nonce));
        vm.assertFalse(token.authorizationState(buyer, nonce));
    }
}
