// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterfactualPurchaseFactory} from "../../src/interfaces/ICounterfactualPurchaseFactory.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {ContractAccount} from "../DATAcoin/Authorizations.t.sol";
import {CounterfactualBase} from "./CounterfactualBase.t.sol";

contract SettleWithAuthorizationTest is CounterfactualBase {
    ICounterfactualPurchaseFactory.Terms private _terms;
    ICounterfactualPurchaseFactory.Authorization private _signed;
    bytes32 private _offerId;
    address private _account;

    function setUp() public override {
        super.setUp();
        use(offer);
    }

    function test_WhenThePayerSigned(uint8 settlement, address carrier, uint256 excess) external {
        use(offerOf(settlement % 4));
        excess = within(excess, 0, 100e18);
        _signed = sign(_account, AMOUNT + excess);
        uint256 before = token.balanceOf(buyer);
        vm.prank(carrier);
        (bool bought, uint256 paid, uint256 refunded) = factory.settleWithAuthorization(_terms, offer, _signed);
        vm.assertTrue(bought);
        vm.assertEq(paid, AMOUNT);
        vm.assertEq(refunded, excess);
        vm.assertEq(before - token.balanceOf(buyer), AMOUNT + excess);
        vm.assertEq(token.balanceOf(refundTo), excess);
        expectLicense(_offerId, licensee, START, UNTIL);
        expectNothingLeft(_account);
    }

    function test_WhenThePayerIsAContractAccount() external {
        address account = address(new ContractAccount(buyer));
        vm.prank(treasury);
        token.transfer(account, AMOUNT);
        factory.settleWithAuthorization(_terms, offer, sign(account, _account, AMOUNT));
        vm.assertEq(token.balanceOf(account), 0);
        expectLicense(_offerId, licensee, START, UNTIL);
    }

    function test_WhenSomebodySubmittedItBefore(address other) external {
        vm.assume(other != address(0));
        vm.prank(other);
        submit(_account, _signed);
        (bool bought,,) = factory.settleWithAuthorization(_terms, offer, _signed);
        vm.assertTrue(bought);
        expectLicense(_offerId, licensee, START, UNTIL);
        expectNothingLeft(_account);
    }

    function test_WhenSomebodySubmittedItBefore_AndItCannotBeBought() external {
        submit(_account, _signed);
        retire();
        (bool bought, uint256 paid, uint256 refunded) = factory.settleWithAuthorization(_terms, offer, _signed);
        vm.assertFalse(bought);
        vm.assertEq(paid, 0);
        vm.assertEq(refunded, AMOUNT);
        vm.assertEq(token.balanceOf(refundTo), AMOUNT);
        expectNothingLeft(_account);
    }

    function test_WhenItCannotBeBought() external {
        retire();
        expectRefusal(abi.encodeWithSelector(IOffers.OfferNotListed.selector, _offerId, 0));
    }

    function test_WhenTheEndHasPassed() external {
        vm.warp(UNTIL);
        _signed = sign(_account, AMOUNT);
        expectRefusal(abi.encodeWithSelector(ICounterfactualPurchaseFactory.PurchaseOver.selector, UNTIL));
    }

    function test_WhenItIsNotGood(uint8 fault) external {
        fault = fault % 4;
        if (fault == 0) vm.warp(_signed.validBefore);
        if (fault == 1) submit(address(this), sign(address(this), AMOUNT));
        if (fault == 1) _signed = sign(address(this), AMOUNT);
        if (fault == 2) _signed.signature[5] ^= 0x01;
        if (fault == 3) _signed.from = stranger;
        expectMissing(0, AMOUNT);
        factory.settleWithAuthorization(_terms, offer, _signed);
    }

    function test_WhenItPaysTooLittle(uint256 value) external {
        value = within(value, 0, AMOUNT - 1);
        _signed = sign(_account, value);
        uint256 before = token.balanceOf(buyer);
        expectMissing(value, AMOUNT);
        factory.settleWithAuthorization(_terms, offer, _signed);
        vm.assertEq(token.balanceOf(buyer), before);
    }

    function test_WhenTheCarrierChangedAnything(uint8 part) external {
        part = part % 7;
        if (part == 0) _terms.licensee = stranger;
        if (part == 1) _terms.purchase.position += 1;
        if (part == 2) _terms.purchase.until -= 1 hours;
        if (part == 3) _terms.purchase.publicKey = keccak256("the carrier's key");
        if (part == 4) _terms.purchase.attestation = keccak256("another");
        if (part == 5) _terms.amount += 1;
        if (part == 6) _terms.refundTo = stranger;
        expectMissing(0, _terms.amount);
        factory.settleWithAuthorization(_terms, offer, _signed);
    }

    function test_WhenItIsCarriedTwice() external {
        factory.settleWithAuthorization(_terms, offer, _signed);
        expectMissing(0, AMOUNT);
        factory.settleWithAuthorization(_terms, offer, _signed);
        vm.assertTrue(token.authorizationState(buyer, _signed.nonce));
    }

    function expectRefusal(bytes memory reason) private {
        uint256 before = token.balanceOf(buyer);
        vm.expectRevert(abi.encodeWithSelector(ICounterfactualPurchaseFactory.PurchaseRefused.selector, reason));
        factory.settleWithAuthorization(_terms, offer, _signed);
        vm.assertEq(token.balanceOf(buyer), before);
        vm.assertFalse(token.authorizationState(buyer, _signed.nonce));
        vm.assertEq(_account.code.length, 0);
    }

    function use(IOffers.Offer memory sold) private {
        offer = sold;
        bytes32 offerId = market.offerIdOf(sold);
        if (offerId == _offerId) return;
        uint256 position;
        (_offerId,) = list(sold);
        for (;; ++position) {
            (bytes32 found,) = market.offerAt(address(stream), position);
            if (found == _offerId) break;
        }
        _terms = termsOf(sold);
        _terms.purchase.position = position;
        _account = factory.addressOf(_terms);
        _signed = sign(_account, AMOUNT);
    }

    function retire() private {
        vm.prank(seller);
        market.retire(offer, _terms.purchase.position);
    }
}
