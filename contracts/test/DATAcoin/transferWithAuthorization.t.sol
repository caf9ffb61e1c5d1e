// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {Authorizations} from "./Authorizations.t.sol";

contract TransferWithAuthorizationTest is Authorizations {
    function test_WhenTheTimeIsNotStrictlyBetween(uint256 validAfter, uint256 validBefore) external {
        if (START > validAfter && START < validBefore) validBefore = within(validBefore, 0, START);
        authorization.validAfter = validAfter;
        authorization.validBefore = validBefore;
        Signature memory signature = signTransfer();
        expectInvalidTime();
        transfer(signature);
        expectInvalidTime();
        transfer(packed(signature));
    }

    function test_TheBoundsThemselvesAreOutside() external {
        authorization.validAfter = START;
        expectInvalidTimeOnceSigned();
        authorization.validAfter = START - 1;
        authorization.validBefore = START;
        expectInvalidTimeOnceSigned();
        authorization.validBefore = START + 1;
        transfer(signTransfer());
    }

    /// @dev The base contract would read bit 47 in both as a choice of block numbers; the standard knows seconds only.
    function test_BothBoundsWithBit47AreSecondsToo() external {
        authorization.validAfter = 1 << 47;
        authorization.validBefore = (1 << 47) + 1_000_000;
        expectInvalidTimeOnceSigned();
    }

    function test_WhenTheNonceWasUsed() external {
        Signature memory signature = signTransfer();
        transfer(signature);
        expectUsed();
        transfer(signature);
        expectUsed();
        transfer(packed(signature));
    }

    function test_WhenTheNonceWasCancelled() external {
        token.cancelAuthorization(buyer, authorization.nonce, packed(signCancel(buyer, authorization.nonce)));
        Signature memory signature = signTransfer();
        expectUsed();
        transfer(signature);
    }

    function test_WhenTheSignatureIsNotByThePayer(uint256 key) external {
        key = within(key, 1, 1e40);
        vm.assume(key != BUYER_KEY);
        Signature memory signature = sign(key, keccak256(abi.encode(TRANSFER, authorization)));
        expectInvalidSignature();
        transfer(signature);
        expectInvalidSignature();
        transfer(packed(signature));
    }

    function test_WhenAnyFieldDiffers(uint8 field) external {
        Signature memory signature = signTransfer();
        field = field % 5;
        if (field == 0) authorization.to = stranger;
        if (field == 1) authorization.value += 1;
        if (field == 2) authorization.validAfter -= 1;
        if (field == 3) authorization.validBefore += 1;
        if (field == 4) authorization.nonce = 0;
        expectInvalidSignature();
        transfer(signature);
        expectInvalidSignature();
        transfer(packed(signature));
    }

    function test_WhenItWasSignedForReceiving() external {
        Signature memory signature = signReceive();
        expectInvalidSignature();
        transfer(signature);
        expectInvalidSignature();
        transfer(packed(signature));
    }

    function test_WhenTheBytesAreNoSignature(bytes memory rubbish) external {
        expectInvalidSignature();
        transfer(rubbish);
    }

    function test_WhenThePayerHasTooLittle() external {
        authorization.value = token.balanceOf(buyer) + 1;
        Signature memory signature = signTransfer();
        vm.expectRevert();
        transfer(signature);
        vm.assertFalse(token.authorizationState(buyer, authorization.nonce));
    }

    function test_WhenTheAuthorisationIsGood(uint256 value, bytes32 nonce, bool asBytes, address submitter) external {
        uint256 balance = token.balanceOf(buyer);
        authorization.value = within(value, 0, balance);
        authorization.nonce = nonce;
        Signature memory signature = signTransfer();
        vm.expectEmit(address(token));
        emit IERC3009.AuthorizationUsed(buyer, nonce);
        vm.startPrank(submitter);
        if (asBytes) transfer(packed(signature));
        else transfer(signature);
        vm.assertEq(token.balanceOf(beneficiary), authorization.value);
        vm.assertEq(token.balanceOf(buyer), balance - authorization.value);
        vm.assertTrue(token.authorizationState(buyer, nonce));
        vm.assertFalse(token.authorizationState(beneficiary, nonce));
    }

    function test_WhenThePayerIsAContract() external {
        authorization.from = address(account);
        transfer(packed(signTransfer()));
        vm.assertEq(token.balanceOf(beneficiary), 5e18);

        authorization.nonce = keccak256("another");
        Signature memory signature = sign(0xbad, keccak256(abi.encode(TRANSFER, authorization)));
        expectInvalidSignature();
        transfer(packed(signature));
    }

    function expectInvalidTimeOnceSigned() private {
        Signature memory signature = signTransfer();
        expectInvalidTime();
        transfer(signature);
    }
}
