// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC2612Signature} from "../../src/interfaces/IERC2612Signature.sol";
import {IKarma} from "../../src/interfaces/IKarma.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {Authorizations} from "../DATAcoin/Authorizations.t.sol";
import {AttestationServiceCode} from "../external/AttestationServiceCode.sol";

/// @notice Faults known from other systems, each with the kind of system that it was seen in.
contract PurchaseFaultsTest is Authorizations {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant WAYS = 4;
    uint256 private constant PRICE_OF_AN_HOUR = 0.36e18;

    /// @dev The real attestation service, in which nobody attested anything.
    function attestationServiceAddress() internal override returns (address) {
        address schemaRegistry = create(AttestationServiceCode.schemaRegistry());
        return create(bytes.concat(AttestationServiceCode.attestationService(), abi.encode(schemaRegistry)));
    }

    /// @dev Fault: a product is a row whose price its owner may change, and a purchase names the row alone. A seller that
    /// sees a purchase coming raises the price before it; whoever allowed the market more than the old price pays the
    /// new one. Seen in data marketplaces and in membership locks whose price their owner sets.
    function test_WhenThePriceIsRaisedBeforeThePurchase() external {
        (, uint256 position) = list(offer);
        IOffers.Offer memory dearer = offer;
        // A copy: the offer in storage stays as the buyer saw it.
        dearer.pricePerSecond *= 1000;
        vm.prank(seller);
        market.retire(offer, position);
        (, uint256 dearerPosition) = list(dearer);

        uint256 funds = token.balanceOf(buyer);
        vm.expectRevert(abi.encodeWithSelector(IOffers.OfferNotListed.selector, referenceOfferId(offer), position));
        buy(offer, position, START + 1 hours);
        vm.expectRevert(
            abi.encodeWithSelector(IOffers.OfferNotListed.selector, referenceOfferId(offer), dearerPosition)
        );
        buy(offer, dearerPosition, START + 1 hours);
        vm.assertEq(token.balanceOf(buyer), funds, "nothing was paid");
    }

    /// @dev Fault: a subscription for zero seconds costs nothing, yet is a purchase: its event makes publishers send keys,
    /// and review or reward schemes count it. Seen in data marketplaces that multiply seconds by a price unasked.
    function test_WhenSomebodyBuysZeroSeconds(uint256 early) external {
        offer.minimumPeriod = 0;
        list(offer);
        early = within(early, 0, START / 1 hours) * 1 hours;
        vm.expectRevert(abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 0, 1));
        buy(offer, 0, START - early);

        buy(offer, 0, START + 2 hours);
        vm.expectRevert(abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 0, 1));
        buy(offer, 0, START + 2 hours);
        vm.expectRevert(abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 0, 1));
        buy(offer, 0, START + 1 hours);
    }

    /// @dev Fault: checks stand in the function that most people use, and a second way to pay, added later (another
    /// currency, a permit, a gift, a callback of the token), reaches the sale behind them: whitelists, states and limits
    /// do not hold there. Seen in data marketplaces with a payment callback, and in token sales.
    function test_WhenOneOfSeveralWaysToPaySkipsACheck() external {
        offer.maximumPeriod = 30 days;
        offer.minimumPeriod = 2 hours;
        (bytes32 offerId, uint256 position) = list(offer);
        ILicenses.Purchase memory good = purchaseOf(position, START + 2 hours);

        ILicenses.Purchase memory bad = purchaseOf(position, good.until);
        bad.publicKey = 0;
        refusedByEveryWay(offer, bad, abi.encodeWithSelector(ILicenses.PublicKeyZero.selector));

        bad = purchaseOf(position + 1, good.until);
        refusedByEveryWay(offer, bad, abi.encodeWithSelector(IOffers.OfferNotListed.selector, offerId, position + 1));

        bad = purchaseOf(position, good.until + 1);
        refusedByEveryWay(
            offer, bad, abi.encodeWithSelector(ILicenses.EndNotOnBoundary.selector, bad.until, offer.boundary)
        );

        bad = purchaseOf(position, START + 1 hours);
        refusedByEveryWay(offer, bad, abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 1 hours, 2 hours));

        bad = purchaseOf(position, START + 30 days + 1 hours);
        refusedByEveryWay(
            offer, bad, abi.encodeWithSelector(ILicenses.PeriodTooLong.selector, bad.until, START + 30 days)
        );

        IOffers.Offer memory demanding = offer;
        demanding.attestationSchema = keccak256("schema");
        demanding.attesters = new address[](1);
        demanding.attesters[0] = stranger;
        (, bad.position) = list(demanding);
        bad.until = good.until;
        bad.attestation = keccak256("made up");
        refusedByEveryWay(
            demanding, bad, abi.encodeWithSelector(ILicenses.AttestationInvalid.selector, bad.attestation, buyer)
        );

        vm.prank(seller);
        market.retire(offer, position);
        refusedByEveryWay(offer, good, abi.encodeWithSelector(IOffers.OfferNotListed.selector, offerId, position));
    }

    function test_WhenOneOfSeveralWaysToPaySkipsACheck_AndAllSellTheSame() external {
        (bytes32 offerId,) = list(offer);
        for (uint256 way; way < WAYS; ++way) {
            uint256 until = START + (way + 1) * 1 hours;
            buyBy(way, offer, purchaseOf(0, until));
            (, uint256 end,) = market.licenseOf(offerId, buyer);
            vm.assertEq(end, until, "end");
            vm.assertEq(token.balanceOf(beneficiary), (way + 1) * (PRICE_OF_AN_HOUR - feeOf(PRICE_OF_AN_HOUR)), "paid");
            vm.assertEq(karma.unitsOf(seller, IKarma.Role.Seller), (way + 1) * PRICE_OF_AN_HOUR, "karma by every way");
        }
    }

    /// @dev Fault: a purchase with a permit submits the permit and reverts when that fails. Whoever sees the transaction
    /// submits the permit alone, before it, and the purchase fails, as often as one likes. Seen in routers, vaults and
    /// marketplaces that take permits.
    function test_WhenSomebodySubmitsTheBuyersPermitFirst() external {
        (bytes32 offerId,) = list(offer);
        vm.prank(buyer);
        token.approve(address(market), 0);
        ILicenses.Permit memory permit = permitOf(PRICE_OF_AN_HOUR);
        vm.prank(stranger);
        IERC2612Signature(address(token))
            .permit(buyer, address(market), permit.value, permit.deadline, permit.signature);

        // What the buyer allowed is the buyer's to spend: others pay for themselves.
        vm.expectRevert();
        vm.prank(stranger);
        market.buyFor(stranger, offer, purchaseOf(0, START + 1 hours));

        vm.prank(buyer);
        market.buyWithPermit(offer, purchaseOf(0, START + 1 hours), permit);
        (, uint256 until,) = market.licenseOf(offerId, buyer);
        vm.assertEq(until, START + 1 hours, "bought all the same");
    }

    function refusedByEveryWay(IOffers.Offer memory sold, ILicenses.Purchase memory purchase, bytes memory reason)
        private
    {
        for (uint256 way; way < WAYS; ++way) {
            ILicenses.Permit memory permit = permitOf(type(uint128).max);
            ILicenses.Authorization memory signed = authorizationOf(sold, purchase, token.balanceOf(buyer));
            vm.expectRevert(reason);
            buyBy(way, sold, purchase, permit, signed);
        }
    }

    function buyBy(uint256 way, IOffers.Offer memory sold, ILicenses.Purchase memory purchase) private {
        buyBy(way, sold, purchase, permitOf(PRICE_OF_AN_HOUR), authorizationOf(sold, purchase, PRICE_OF_AN_HOUR));
    }

    function buyBy(
        uint256 way,
        IOffers.Offer memory sold,
        ILicenses.Purchase memory purchase,
        ILicenses.Permit memory permit,
        ILicenses.Authorization memory signed
    ) private {
        // Gifts and authorisations are carried by whoever likes; here by the buyer.
        vm.prank(buyer);
        if (way == 0) market.buy(sold, purchase);
        else if (way == 1) market.buyFor(buyer, sold, purchase);
        else if (way == 2) market.buyWithPermit(sold, purchase, permit);
        else market.buyWithAuthorization(sold, purchase, signed);
    }

    function permitOf(uint256 value) private view returns (ILicenses.Permit memory) {
        uint256 deadline = START + 1 days;
        bytes32 content = keccak256(abi.encode(PERMIT, buyer, address(market), value, token.nonces(buyer), deadline));
        return ILicenses.Permit(value, deadline, packed(sign(BUYER_KEY, content)));
    }

    function authorizationOf(IOffers.Offer memory sold, ILicenses.Purchase memory purchase, uint256 value)
        private
        view
        returns (ILicenses.Authorization memory)
    {
        bytes32 nonce = market.authorizationNonce(referenceOfferId(sold), buyer, purchase);
        Authorization memory transfer_ = Authorization(buyer, address(market), value, 0, START + 1 days, nonce);
        bytes memory signature = packed(sign(BUYER_KEY, keccak256(abi.encode(RECEIVE, transfer_))));
        return ILicenses.Authorization(buyer, value, 0, START + 1 days, signature);
    }

    function create(bytes memory code) private returns (address created) {
        assembly {
            created := create(0, add(code, 0x20), mload(code))
        }
        vm.assertTrue(created != address(0), "an external contract was not created");
    }
}
