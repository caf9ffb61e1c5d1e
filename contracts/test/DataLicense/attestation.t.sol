// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {AttestationBase} from "../AttestationBase.sol";
import {Settlements} from "./Settlements.t.sol";

/// @notice Purchases that demand an attestation, with the service itself.
contract AttestationTest is Settlements, AttestationBase {
    address private first = address(0xa1);
    address private second = address(0xa2);
    bytes32 private schema;
    bytes32 private offerId;

    function setUp() public override {
        super.setUp();
        schema = registerSchema(KNOWN_BUYER_SCHEMA);
        offer.attestationSchema = schema;
        offer.attesters = new address[](2);
        (offer.attesters[0], offer.attesters[1]) = (first, second);
        (offerId,) = list(offer);
    }

    function attestationServiceAddress() internal override returns (address) {
        deployAttestationService();
        return address(attestationService);
    }

    function test_WhenTheLicenseePresentsOne(bool other) external {
        bytes32 uid = attest(other ? second : first, schema, buyer, 0, "known");
        vm.expectEmit(address(market));
        emit ILicenses.AttestationPresented(offerId, buyer, uid);
        vm.expectEmit(address(market));
        emit ILicenses.LicensePurchased(
            offerId, productIdOf(offer), buyer, buyer, START, START + 2 hours, 2 hours * PRICE, PUBLIC_KEY
        );
        present(uid);
        expectLicense(offerId, buyer, START, START + 2 hours);
    }

    function test_WhenItIsAGift() external {
        bytes32 uid = attest(first, schema, stranger, 0, "known");
        ILicenses.Purchase memory purchase = purchaseOf(0, START + 2 hours);
        purchase.attestation = uid;
        vm.prank(buyer);
        market.buyFor(stranger, offer, purchase);
        expectLicense(offerId, stranger, START, START + 2 hours);
        expectInvalid(uid);
    }

    function test_WhenThereIsNone(bytes32 uid) external {
        expectInvalid(uid);
        expectInvalid(0);
    }

    function test_WhenItIsAnother() external {
        expectInvalid(attest(first, schema, stranger, 0, "on another account"));
        expectInvalid(attest(stranger, schema, buyer, 0, "by another attester"));
        expectInvalid(attest(buyer, schema, buyer, 0, "by the buyer"));
        expectInvalid(attest(first, registerSchema(DOMAIN_SCHEMA), buyer, 0, abi.encode("of another schema")));
    }

    function test_WhenItWasRevoked() external {
        bytes32 uid = attest(first, schema, buyer, 0, "known");
        revokeAttestation(first, schema, uid);
        expectInvalid(uid);
    }

    function test_WhenItHasExpired(uint64 lifetime) external {
        lifetime = uint64(within(lifetime, 1, 1000 hours));
        bytes32 uid = attest(first, schema, buyer, uint64(START) + lifetime, "known");
        vm.warp(START + lifetime - 1);
        uint256 snapshot = block.timestamp;
        ILicenses.Purchase memory purchase = purchaseOf(0, (snapshot / 1 hours + 3) * 1 hours);
        purchase.attestation = uid;
        vm.prank(buyer);
        market.buy(offer, purchase);
        vm.warp(START + lifetime);
        purchase.until += 1 hours;
        vm.expectRevert(abi.encodeWithSelector(ILicenses.AttestationInvalid.selector, uid, buyer));
        vm.prank(buyer);
        market.buy(offer, purchase);
    }

    function test_WhenItIsRevokedAfterThePurchase() external {
        bytes32 uid = attest(first, schema, buyer, 0, "known");
        present(uid);
        revokeAttestation(first, schema, uid);
        vm.assertTrue(market.canRead(address(stream), buyer));
        ILicenses.Purchase memory purchase = purchaseOf(0, START + 4 hours);
        purchase.attestation = uid;
        vm.expectRevert(abi.encodeWithSelector(ILicenses.AttestationInvalid.selector, uid, buyer));
        vm.prank(buyer);
        market.buy(offer, purchase);
    }

    function expectInvalid(bytes32 uid) private {
        vm.expectRevert(abi.encodeWithSelector(ILicenses.AttestationInvalid.selector, uid, buyer));
        present(uid);
    }

    function present(bytes32 uid) private {
        ILicenses.Purchase memory purchase = purchaseOf(0, START + 2 hours);
        purchase.attestation = uid;
        vm.prank(buyer);
        market.buy(offer, purchase);
    }
}
