// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterfactualPurchase} from "../../src/interfaces/ICounterfactualPurchase.sol";
import {ICounterfactualPurchaseFactory} from "../../src/interfaces/ICounterfactualPurchaseFactory.sol";
import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {AttestationBase} from "../AttestationBase.sol";
import {IDATAcoin} from "../IDATAcoin.sol";
import {CounterfactualBase} from "./CounterfactualBase.t.sol";

/// @notice An account that fails whoever calls it.
contract NeverCalled {
    error Called();

    fallback() external payable {
        revert Called();
    }
}

contract SettleCounterfactualTest is CounterfactualBase, AttestationBase {
    ICounterfactualPurchaseFactory.Terms private _terms;
    bytes32 private _offerId;
    address private _account;

    function setUp() public override {
        super.setUp();
        use(offer);
    }

    function attestationServiceAddress() internal override returns (address) {
        deployAttestationService();
        return address(attestationService);
    }

    function test_WhenItWasPaid(uint8 settlement, address caller, uint256 excess) external {
        vm.assume(caller != address(0));
        IOffers.Offer memory sold = offerOf(settlement % 4);
        sold.productNumber = 8;
        use(sold);
        excess = within(excess, 0, 100e18);
        pay(_account, AMOUNT + excess);
        uint256 before = received();

        vm.expectEmit(address(market));
        emit ILicenses.LicensePurchased(
            _offerId, productIdOf(sold), licensee, _account, START, UNTIL, AMOUNT, PUBLIC_KEY
        );
        vm.expectEmit(address(factory));
        emit ICounterfactualPurchaseFactory.PurchaseSettled(_account, _offerId, licensee, AMOUNT, excess);
        vm.prank(caller);
        (bool bought, uint256 paid, uint256 refunded) = factory.settle(_terms, offer);

        vm.assertTrue(bought);
        vm.assertEq(paid, AMOUNT);
        vm.assertEq(refunded, excess);
        expectLicense(_offerId, licensee, START, UNTIL);
        expectLicense(_offerId, _account, 0, 0);
        vm.assertEq(token.balanceOf(refundTo), excess);
        vm.assertEq(received() - before, settlement % 4 == 0 ? AMOUNT : 0);
        vm.assertEq(held(), settlement % 4 == 1 ? AMOUNT : 0);
        vm.assertEq(token.balanceOf(address(escrow)), settlement % 4 > 1 ? AMOUNT : 0);
        expectNothingLeft(_account);
    }

    function test_WhenItIsMinedLate(uint256 wait) external {
        pay(_account, AMOUNT);
        wait = within(wait, 0, 9 hours);
        vm.warp(START + wait);
        (bool bought, uint256 paid, uint256 refunded) = factory.settle(_terms, offer);
        vm.assertTrue(bought);
        vm.assertEq(paid, (10 hours - wait) * PRICE);
        vm.assertEq(refunded, wait * PRICE);
        vm.assertEq(token.balanceOf(refundTo), refunded);
        expectNothingLeft(_account);
    }

    function test_WhenTheLicenseIsRenewed() external {
        buyForLicensee(START + 4 hours);
        _terms.amount = 6 hours * PRICE;
        _account = factory.addressOf(_terms);
        pay(_account, 6 hours * PRICE);
        (bool bought, uint256 paid,) = factory.settle(_terms, offer);
        vm.assertTrue(bought);
        vm.assertEq(paid, 6 hours * PRICE);
        expectLicense(_offerId, licensee, START, UNTIL);
    }

    function test_WhenTooLittleLiesThere(uint256 value) external {
        value = within(value, 1, AMOUNT - 1);
        pay(_account, value);
        expectMissing(value, AMOUNT);
        factory.settle(_terms, offer);

        vm.warp(UNTIL);
        expectRefund(value, abi.encodeWithSelector(ICounterfactualPurchaseFactory.PurchaseOver.selector, UNTIL));
    }

    function test_WhenNothingLiesThere() external {
        expectMissing(0, AMOUNT);
        factory.settle(_terms, offer);
        vm.warp(UNTIL);
        expectMissing(0, 1);
        factory.settle(_terms, offer);
    }

    function test_WhenItWasSettledBefore() external {
        pay(_account, AMOUNT);
        factory.settle(_terms, offer);
        expectMissing(0, AMOUNT);
        factory.settle(_terms, offer);

        pay(_account, AMOUNT);
        expectRefund(AMOUNT, abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 0, 1 hours));
        expectLicense(_offerId, licensee, START, UNTIL);
    }

    function test_WhenItIsRefused(uint8 part) external {
        part = part % 7;
        bytes memory reason;
        if (part == 0) {
            vm.prank(seller);
            market.retire(offer, 0);
            reason = abi.encodeWithSelector(IOffers.OfferNotListed.selector, _offerId, 0);
        }
        if (part == 1) {
            _terms.purchase.position = 1;
            reason = abi.encodeWithSelector(IOffers.OfferNotListed.selector, _offerId, 1);
        }
        if (part == 2) {
            _terms.purchase.publicKey = 0;
            reason = abi.encodeWithSelector(ILicenses.PublicKeyZero.selector);
        }
        if (part == 3) {
            _terms.licensee = address(0);
            reason = abi.encodeWithSelector(ILicenses.LicenseeZero.selector);
        }
        if (part == 4) {
            _terms.purchase.until -= 1;
            reason = abi.encodeWithSelector(ILicenses.EndNotOnBoundary.selector, UNTIL - 1, 1 hours);
        }
        if (part == 5) {
            vm.warp(UNTIL - 1);
            reason = abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 1, 1 hours);
        }
        if (part == 6) {
            _terms.purchase.until = START + 6 * 365 days;
            uint256 latest = START + 5 * 365 days;
            reason = abi.encodeWithSelector(ILicenses.PeriodTooLong.selector, _terms.purchase.until, latest);
        }
        _account = factory.addressOf(_terms);
        pay(_account, AMOUNT);
        expectRefund(AMOUNT, reason);
    }

    function test_WhenItIsRefused_AndNothingCouldFlowBack() external {
        _terms.amount = 0;
        bytes memory reason = abi.encodeWithSignature(
            "ERC20InsufficientAllowance(address,uint256,uint256)", address(market), 0, AMOUNT - feeOf(AMOUNT)
        );
        vm.expectRevert(abi.encodeWithSelector(ICounterfactualPurchaseFactory.PurchaseRefused.selector, reason));
        factory.settle(_terms, offer);
    }

    function test_WhenTheSameWasBoughtByOtherMeans() external {
        pay(_account, AMOUNT);
        buyForLicensee(UNTIL);
        expectRefund(AMOUNT, abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 0, 1 hours));
    }

    function test_WhenThePriceHasRisen(uint256 excess) external {
        buyForLicensee(START + 4 hours);
        _terms.amount = 6 hours * PRICE;
        _account = factory.addressOf(_terms);
        // Enough for the whole, yet nobody agreed to that.
        excess = within(excess, 0, 100e18);
        pay(_account, 6 hours * PRICE + excess);
        revoke(offer, licensee);
        vm.warp(START + 1);
        (bool bought,, uint256 refunded) = factory.settle(_terms, offer);
        vm.assertFalse(bought);
        vm.assertEq(refunded, 6 hours * PRICE + excess);
        vm.assertEq(token.balanceOf(refundTo), refunded);
        expectNothingLeft(_account);
        vm.assertFalse(market.canRead(address(stream), licensee));
    }

    function test_WhenTheAttestationWasRevoked() external {
        address attester = address(0xa1);
        bytes32 schema = registerSchema(KNOWN_BUYER_SCHEMA);
        IOffers.Offer memory demanding = offer;
        demanding.productNumber = 8;
        demanding.attestationSchema = schema;
        demanding.attesters = new address[](1);
        demanding.attesters[0] = attester;
        use(demanding);
        bytes32 uid = attest(attester, schema, licensee, 0, "known");
        _terms.purchase.attestation = uid;
        _account = factory.addressOf(_terms);
        pay(_account, AMOUNT);
        revokeAttestation(attester, schema, uid);
        expectRefund(AMOUNT, abi.encodeWithSelector(ILicenses.AttestationInvalid.selector, uid, licensee));
    }

    function test_WhenTheEndHasPassed(uint256 late, uint256 value) external {
        value = within(value, 1, 1000e18);
        pay(_account, value);
        vm.warp(UNTIL + within(late, 0, 1000 days));
        vm.mockCall(address(market), abi.encodeWithSelector(ILicenses.buyFor.selector), "");
        expectRefund(value, abi.encodeWithSelector(ICounterfactualPurchaseFactory.PurchaseOver.selector, UNTIL));
    }

    function test_WhenItFailsWithoutAReason() external {
        pay(_account, AMOUNT);
        vm.etch(address(karma), hex"fe");
        vm.expectRevert(abi.encodeWithSelector(ICounterfactualPurchase.GasTooLow.selector));
        factory.settle(_terms, offer);
        vm.assertEq(token.balanceOf(_account), AMOUNT);
    }

    /// @dev Whoever settles chooses the gas. If it could choose an amount at which the licence contract seems to refuse,
    /// it could keep anybody from buying.
    function test_WhenTheGasIsTooLow(uint256 gas, uint8 settlement) external {
        IOffers.Offer memory sold = offerOf(settlement % 4);
        sold.productNumber = 8;
        use(sold);
        pay(_account, AMOUNT);
        gas = within(gas, 30_000, 500_000);
        try factory.settle{gas: gas}(_terms, offer) returns (bool bought, uint256, uint256) {
            vm.assertTrue(bought, "sent back for want of gas");
            expectLicense(_offerId, licensee, START, UNTIL);
        } catch {
            vm.assertEq(token.balanceOf(_account), AMOUNT);
        }
    }

    function test_WhenTheOfferIsAnother() external {
        IOffers.Offer memory other = offer;
        other.pricePerSecond += 1;
        pay(_account, AMOUNT);
        bytes32 otherId = market.offerIdOf(other);
        vm.expectRevert(
            abi.encodeWithSelector(ICounterfactualPurchaseFactory.OfferNotInTerms.selector, otherId, _offerId)
        );
        factory.settle(_terms, other);
    }

    function test_WhenTheOfferIsFree() external {
        IOffers.Offer memory free = offerFor(address(stream));
        free.productNumber = 8;
        free.pricePerSecond = 0;
        use(free);
        _terms.amount = 0;
        (bool bought, uint256 paid, uint256 refunded) = factory.settle(_terms, offer);
        vm.assertTrue(bought);
        vm.assertEq(paid + refunded, 0);
        expectLicense(_offerId, licensee, START, UNTIL);
        bytes memory reason = abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 0, 1 hours);
        vm.expectRevert(abi.encodeWithSelector(ICounterfactualPurchaseFactory.PurchaseRefused.selector, reason));
        factory.settle(_terms, offer);
    }

    function test_WhenTheLicenseeIsAContract() external {
        _terms.licensee = address(new NeverCalled());
        _terms.refundTo = address(new NeverCalled());
        _account = factory.addressOf(_terms);
        pay(_account, AMOUNT + 1);
        factory.settle(_terms, offer);
        expectLicense(_offerId, _terms.licensee, START, UNTIL);
        vm.assertEq(token.balanceOf(_terms.refundTo), 1);
    }

    function test_WhenNothingCouldFlowBack() external {
        _terms.refundTo = address(0);
        vm.expectRevert(abi.encodeWithSelector(ICounterfactualPurchaseFactory.RefundReceiverZero.selector));
        factory.settle(_terms, offer);
    }

    /// @dev Lists an offer and makes terms of it.
    function use(IOffers.Offer memory sold) private {
        offer = sold;
        (_offerId,) = list(sold);
        uint256 position;
        for (;; ++position) {
            (bytes32 found,) = market.offerAt(address(stream), position);
            if (found == _offerId) break;
        }
        _terms = termsOf(sold);
        _terms.purchase.position = position;
        _account = factory.addressOf(_terms);
    }

    function buyForLicensee(uint256 until) private {
        vm.startPrank(buyer);
        token.approve(address(market), type(uint256).max);
        market.buyFor(licensee, offer, purchaseOf(0, until));
        vm.stopPrank();
    }

    function expectRefund(uint256 value, bytes memory reason) private {
        (, uint256 before,) = IDataLicense(address(market)).licenseOf(_offerId, _terms.licensee);
        vm.expectEmit(address(factory));
        emit ICounterfactualPurchaseFactory.PurchaseRefunded(_account, _offerId, _terms.licensee, value, reason);
        (bool bought, uint256 paid, uint256 refunded) = factory.settle(_terms, offer);
        vm.assertFalse(bought);
        vm.assertEq(paid, 0);
        vm.assertEq(refunded, value);
        vm.assertEq(IDATAcoin(address(token)).balanceOf(refundTo), value);
        (, uint256 end,) = market.licenseOf(_offerId, _terms.licensee);
        vm.assertEq(end, before, "the licence changed");
        expectNothingLeft(_account);
    }
}
