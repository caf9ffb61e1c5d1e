// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDATAcoin} from "../IDATAcoin.sol";
import {Authorizations} from "./Authorizations.t.sol";

contract PermitTest is Authorizations {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    function test_WhenTheOwnerSigned(address spender, uint256 value) external {
        vm.assume(spender != address(0));
        Signature memory signed = sign(BUYER_KEY, keccak256(abi.encode(PERMIT, buyer, spender, value, 0, START)));
        token.permit(buyer, spender, value, START, signed.v, signed.r, signed.s);
        vm.assertEq(token.allowance(buyer, spender), value);
        vm.assertEq(token.nonces(buyer), 1);
        vm.expectRevert();
        token.permit(buyer, spender, value, START, signed.v, signed.r, signed.s);
    }

    function test_WhenAnotherAccountSigned() external {
        Signature memory signed = sign(0xbad, keccak256(abi.encode(PERMIT, buyer, stranger, 1, 0, START)));
        vm.expectRevert(abi.encodeWithSelector(IDATAcoin.ERC2612InvalidSigner.selector, vm.addr(0xbad), buyer));
        token.permit(buyer, stranger, 1, START, signed.v, signed.r, signed.s);
    }

    function test_WhenTheDeadlineHasPassed() external {
        Signature memory signed = sign(BUYER_KEY, keccak256(abi.encode(PERMIT, buyer, stranger, 1, 0, START - 1)));
        vm.expectRevert(abi.encodeWithSelector(IDATAcoin.ERC2612ExpiredSignature.selector, START - 1));
        token.permit(buyer, stranger, 1, START - 1, signed.v, signed.r, signed.s);
    }
}
