// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC2612Signature} from "../../src/interfaces/IERC2612Signature.sol";
import {IDATAcoin} from "../IDATAcoin.sol";
import {Authorizations, ContractAccount} from "./Authorizations.t.sol";

/// @notice Code without isValidSignature, as a delegation may name it.
contract PlainCode {
    function version() external pure returns (uint256) {
        return 1;
    }
}

contract PermitTest is Authorizations {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    function test_WhenTheOwnerSigned(address spender, uint256 value, bool asBytes) external {
        vm.assume(spender != address(0));
        Signature memory signed = signPermit(BUYER_KEY, buyer, spender, value, 0, START);
        vm.expectEmit(address(token));
        emit IERC20.Approval(buyer, spender, value);
        if (asBytes) token.permit(buyer, spender, value, START, packed(signed));
        else token.permit(buyer, spender, value, START, signed.v, signed.r, signed.s);
        vm.assertEq(token.allowance(buyer, spender), value);
        vm.assertEq(token.nonces(buyer), 1);
        vm.expectRevert();
        token.permit(buyer, spender, value, START, signed.v, signed.r, signed.s);
        expectInvalid(buyer);
        token.permit(buyer, spender, value, START, packed(signed));
    }

    function test_WhenAnotherAccountSigned() external {
        Signature memory signed = signPermit(0xbad, buyer, stranger, 1, 0, START);
        vm.expectRevert(abi.encodeWithSelector(IDATAcoin.ERC2612InvalidSigner.selector, vm.addr(0xbad), buyer));
        token.permit(buyer, stranger, 1, START, signed.v, signed.r, signed.s);
        expectInvalid(buyer);
        token.permit(buyer, stranger, 1, START, packed(signed));
    }

    function test_WhenAFieldDiffers(address spender, uint256 value, uint256 nonce, uint256 deadline) external {
        deadline = within(deadline, START, type(uint256).max);
        vm.assume(spender != stranger || value != 1 || nonce != 0 || deadline != START);
        bytes memory signature = packed(signPermit(BUYER_KEY, buyer, spender, value, nonce, deadline));
        expectInvalid(buyer);
        token.permit(buyer, stranger, 1, START, signature);
        vm.assertEq(token.nonces(buyer), 0);
    }

    function test_WhenTheBytesAreNoSignature(bytes calldata signature) external {
        expectInvalid(buyer);
        token.permit(buyer, stranger, 1, START, signature);
    }

    function test_WhenSIsInTheUpperHalf() external {
        Signature memory signed = signPermit(BUYER_KEY, buyer, stranger, 1, 0, START);
        signed.s = bytes32(ORDER - uint256(signed.s));
        signed.v = 55 - signed.v;
        expectInvalid(buyer);
        token.permit(buyer, stranger, 1, START, packed(signed));
    }

    function test_WhenTheDeadlineHasPassed() external {
        Signature memory signed = signPermit(BUYER_KEY, buyer, stranger, 1, 0, START - 1);
        vm.expectRevert(abi.encodeWithSelector(IDATAcoin.ERC2612ExpiredSignature.selector, START - 1));
        token.permit(buyer, stranger, 1, START - 1, signed.v, signed.r, signed.s);
        vm.expectRevert(abi.encodeWithSelector(IDATAcoin.ERC2612ExpiredSignature.selector, START - 1));
        token.permit(buyer, stranger, 1, START - 1, packed(signed));
    }

    function test_WhenTheSpenderIsZero() external {
        bytes memory signature = packed(signPermit(BUYER_KEY, buyer, address(0), 1, 0, START));
        vm.expectRevert(abi.encodeWithSignature("ERC20InvalidSpender(address)", address(0)));
        token.permit(buyer, address(0), 1, START, signature);
        vm.assertEq(token.nonces(buyer), 0);
    }

    function test_WhenTheOwnerIsZero(bytes calldata signature) external {
        expectInvalid(address(0));
        token.permit(address(0), stranger, 1, START, signature);
    }

    function test_WhenTheOwnerIsAContract() external {
        address owner = address(account);
        bytes memory signature = packed(signPermit(BUYER_KEY, owner, stranger, 5, 0, START));
        token.permit(owner, stranger, 5, START, signature);
        vm.assertEq(token.allowance(owner, stranger), 5);
        vm.assertEq(token.nonces(owner), 1);
        vm.assertEq(token.nonces(buyer), 0);

        expectInvalid(owner);
        token.permit(owner, stranger, 5, START, signature);
        signature = packed(signPermit(0xbad, owner, stranger, 5, 1, START));
        expectInvalid(owner);
        token.permit(owner, stranger, 5, START, signature);
    }

    function test_WhenTheContractDoesNotAnswer() external {
        address owner = address(new PlainCode());
        bytes memory signature = packed(signPermit(BUYER_KEY, owner, stranger, 5, 0, START));
        expectInvalid(owner);
        token.permit(owner, stranger, 5, START, signature);
    }

    function test_WhenTheOwnerRunsCodeByDelegation() external {
        // The buyer's account runs code that knows nothing of signatures, then code that asks another key.
        delegateBuyer(address(new PlainCode()));
        token.permit(buyer, stranger, 5, START, packed(signPermit(BUYER_KEY, buyer, stranger, 5, 0, START)));
        vm.assertEq(token.allowance(buyer, stranger), 5);

        delegateBuyer(address(new ContractAccount(vm.addr(0xbee))));
        token.permit(buyer, stranger, 6, START, packed(signPermit(BUYER_KEY, buyer, stranger, 6, 1, START)));
        token.permit(buyer, stranger, 7, START, packed(signPermit(0xbee, buyer, stranger, 7, 2, START)));
        vm.assertEq(token.allowance(buyer, stranger), 7);
        vm.assertEq(token.nonces(buyer), 3);

        bytes memory signature = packed(signPermit(0xbad, buyer, stranger, 8, 3, START));
        expectInvalid(buyer);
        token.permit(buyer, stranger, 8, START, signature);
    }

    function test_WhenAPayerRunsCodeByDelegation() external {
        delegateBuyer(address(new PlainCode()));
        transfer(packed(signTransfer()));
        vm.assertEq(token.balanceOf(beneficiary), 5e18);
        authorization.nonce = keccak256("another nonce");
        receiveAs(beneficiary, packed(signReceive()));
        vm.assertEq(token.balanceOf(beneficiary), 10e18);
    }

    function delegateBuyer(address implementation) private {
        vm.attachDelegation(vm.signDelegation(implementation, BUYER_KEY));
        vm.assertTrue(buyer.code.length != 0);
    }

    function signPermit(uint256 key, address owner, address spender, uint256 value, uint256 nonce, uint256 deadline)
        private
        view
        returns (Signature memory)
    {
        return sign(key, keccak256(abi.encode(PERMIT, owner, spender, value, nonce, deadline)));
    }

    function expectInvalid(address owner) private {
        vm.expectRevert(abi.encodeWithSelector(IERC2612Signature.ERC2612InvalidSignature.selector, owner));
    }
}
