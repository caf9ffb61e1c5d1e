// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {ContractAccount} from "../DATAcoin/Authorizations.t.sol";
import {IDATAcoin} from "../IDATAcoin.sol";
import {Settlements} from "./Settlements.t.sol";

contract BuyWithAuthorizationTest is Settlements {
    uint256 private constant UNTIL = START + 10 hours;
    bytes32 private constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes4 private constant INVALID = IDATAcoin.ERC3009InvalidSignature.selector;

    ILicenses.Purchase private purchase;

    function setUp() public override {
        super.setUp();
        purchase = purchaseOf(0, UNTIL);
        vm.prank(buyer);
        token.approve(address(market), 0);
    }

    function test_WhenTheSignatureIsTheBuyers(uint8 settlement, address carrier, uint256 excess) external {
        offer = offerOf(settlement % 4);
        (bytes32 offerId,) = list(offer);
        uint256 price = 10 hours * PRICE;
        ILicenses.Authorization memory signed = sign(buyer, price + within(excess, 0, 100e18));
        uint256 balance = token.balanceOf(buyer);
        uint256 before = received();

        vm.expectEmit(address(market));
        emit ILicenses.LicensePurchased(offerId, productIdOf(offer), buyer, buyer, START, UNTIL, price, PUBLIC_KEY);
        vm.prank(carrier);
        market.buyWithAuthorization(offer, purchase, signed);

        expectLicense(offerId, buyer, START, UNTIL);
        vm.assertEq(balance - token.balanceOf(buyer), price);
        vm.assertEq(received() - before, settlement % 4 == 0 ? price : 0);
        vm.assertEq(held(), settlement % 4 == 1 ? price : 0);
        vm.assertEq(token.balanceOf(address(escrow)), settlement % 4 > 1 ? price : 0);
        if (settlement % 4 == 0) {
            vm.assertEq(token.balanceOf(beneficiary), price - feeOf(price));
            vm.assertEq(sellerUnits(), price);
            vm.assertEq(buyerUnits(buyer), price);
        }
        if (settlement % 4 > 1) {
            (uint256 end,) = escrow.depositOf(offerId, buyer, START);
            vm.assertEq(end, UNTIL);
        }
    }

    function test_WhenTheBuyerIsAContractAccount() external {
        (bytes32 offerId,) = list(offer);
        address account = address(new ContractAccount(buyer));
        vm.prank(treasury);
        token.transfer(account, 100e18);
        ILicenses.Authorization memory signed = sign(account, 10 hours * PRICE);
        market.buyWithAuthorization(offer, purchase, signed);
        expectLicense(offerId, account, START, UNTIL);
        expectLicense(offerId, buyer, 0, 0);
    }

    function test_WhenTheCarrierChangedAnything(uint8 part) external {
        list(offer);
        IOffers.Offer memory other = offerFor(address(stream));
        other.pricePerSecond -= 1;
        (, uint256 position) = list(other);
        ILicenses.Authorization memory signed = sign(buyer, 10 hours * PRICE);
        part = part % 8;
        if (part == 0) (offer, purchase.position) = (other, position);
        if (part == 1) purchase.until -= 1 hours;
        if (part == 2) purchase.publicKey = keccak256("the carrier's key");
        if (part == 3) purchase.attestation = keccak256("another");
        if (part == 4) signed.buyer = stranger;
        if (part == 5) signed.value += 1;
        if (part == 6) signed.validAfter -= 1;
        if (part == 7) signed.validBefore += 1;
        expectRefusal(signed, abi.encodeWithSelector(INVALID));
    }

    function test_WhenTheAmountDoesNotCoverThePrice(uint256 value) external {
        list(offer);
        value = within(value, 0, 10 hours * PRICE - 1);
        expectRefusal(
            sign(buyer, value),
            abi.encodeWithSelector(ILicenses.AuthorizationTooSmall.selector, value, 10 hours * PRICE)
        );
    }

    function test_WhenTheAuthorisationWasUsed() external {
        (bytes32 offerId,) = list(offer);
        ILicenses.Authorization memory signed = sign(buyer, 10 hours * PRICE);
        market.buyWithAuthorization(offer, purchase, signed);
        expectRefusal(signed, abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 0, 1 hours));
        // Not even when the seller has ended the licence, so that the same purchase would be possible again.
        revoke(offer, buyer);
        expectRefusal(
            signed,
            abi.encodeWithSelector(
                IDATAcoin.ERC3009UsedAuthorization.selector, buyer, market.authorizationNonce(offerId, buyer, purchase)
            )
        );
    }

    function test_WhenItIsNotValidNow() external {
        list(offer);
        ILicenses.Authorization memory signed = sign(buyer, 10 hours * PRICE);
        bytes memory reason = abi.encodeWithSelector(
            IDATAcoin.ERC3009InvalidAuthorizationTime.selector, signed.validAfter, signed.validBefore
        );
        vm.warp(signed.validBefore);
        expectRefusal(signed, reason);
    }

    function test_WhenSomebodyElseSubmitsItToTheToken(address other) external {
        vm.assume(other != address(market));
        (bytes32 offerId,) = list(offer);
        ILicenses.Authorization memory signed = sign(buyer, 10 hours * PRICE);
        bytes32 nonce = market.authorizationNonce(offerId, buyer, purchase);
        vm.expectRevert();
        vm.prank(other);
        token.receiveWithAuthorization(
            buyer, address(market), signed.value, signed.validAfter, signed.validBefore, nonce, signed.signature
        );
        vm.expectRevert(abi.encodeWithSelector(INVALID));
        vm.prank(other);
        token.transferWithAuthorization(
            buyer, address(market), signed.value, signed.validAfter, signed.validBefore, nonce, signed.signature
        );
        market.buyWithAuthorization(offer, purchase, signed);
    }

    function test_WhenTheOfferIsFree() external {
        offer.pricePerSecond = 0;
        (bytes32 offerId,) = list(offer);
        ILicenses.Authorization memory signed = sign(buyer, 0);
        ILicenses.Authorization memory unsigned = sign(buyer, 0);
        unsigned.buyer = stranger;
        expectRefusal(unsigned, abi.encodeWithSelector(INVALID));
        market.buyWithAuthorization(offer, purchase, signed);
        expectLicense(offerId, buyer, START, UNTIL);
    }

    function test_WhenTheBuyerIsZero() external {
        offer.pricePerSecond = 0;
        list(offer);
        ILicenses.Authorization memory unsigned = sign(buyer, 0);
        unsigned.buyer = address(0);
        expectRefusal(unsigned, abi.encodeWithSelector(INVALID));
    }

    function test_WhenItIsMinedLate(uint256 wait) external {
        list(offer);
        ILicenses.Authorization memory signed = sign(buyer, 10 hours * PRICE);
        signed.validBefore = UNTIL;
        signed = sign(buyer, signed);
        wait = within(wait, 0, 9 hours);
        vm.warp(START + wait);
        uint256 balance = token.balanceOf(buyer);
        market.buyWithAuthorization(offer, purchase, signed);
        vm.assertEq(balance - token.balanceOf(buyer), (10 hours - wait) * PRICE);
    }

    function test_AuthorizationNonce(bytes32 offerId, address account, ILicenses.Purchase memory any) external view {
        vm.assertEq(
            market.authorizationNonce(offerId, account, any),
            keccak256(abi.encode(offerId, account, any.until, any.publicKey, any.attestation))
        );
    }

    function expectRefusal(ILicenses.Authorization memory signed, bytes memory reason) private {
        vm.expectRevert(reason);
        market.buyWithAuthorization(offer, purchase, signed);
    }

    function sign(address account, uint256 value) private view returns (ILicenses.Authorization memory) {
        return sign(account, ILicenses.Authorization(account, value, START - 1, START + 1 hours, ""));
    }

    function sign(address account, ILicenses.Authorization memory signed)
        private
        view
        returns (ILicenses.Authorization memory)
    {
        bytes32 nonce = market.authorizationNonce(market.offerIdOf(offer), account, purchase);
        bytes32 structHash = keccak256(
            abi.encode(RECEIVE, account, address(market), signed.value, signed.validAfter, signed.validBefore, nonce)
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(BUYER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash)));
        signed.signature = abi.encodePacked(r, s, v);
        return signed;
    }
}
