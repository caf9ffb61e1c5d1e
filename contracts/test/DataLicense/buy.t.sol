// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {Base} from "../Base.t.sol";

contract BuyTest is Base {
    function test_WhenThePublicKeyIsZero() external {
        list(offer);
        ILicenses.Purchase memory keyless = purchaseOf(0, START + 1 hours);
        keyless.publicKey = 0;
        vm.expectRevert(abi.encodeWithSelector(ILicenses.PublicKeyZero.selector));
        vm.prank(buyer);
        market.buy(offer, keyless);
    }

    function test_WhenTheOfferWasNeverListed(uint256 position) external {
        expectRefusal(notListed(position), position, START + 1 hours);
    }

    function test_WhenThePositionIsAnother(uint256 position) external {
        vm.assume(position != 0);
        list(offer);
        expectRefusal(notListed(position), position, START + 1 hours);
    }

    function test_WhenTheOfferHasNoStreams(uint256 position) external {
        list(offer);
        offer.streams = new address[](0);
        expectRefusal(notListed(position), position, START + 1 hours);
    }

    function test_WhenAnyPartOfTheOfferWasChanged(uint8 part, uint96 value) external {
        list(offer);
        part = part % 15;
        vm.assume(value != 0);
        if (part == 0) offer.seller = address(uint160(offer.seller) ^ value);
        if (part == 1) offer.productNumber ^= value;
        if (part == 2) offer.beneficiary = address(uint160(offer.beneficiary) ^ value);
        if (part == 3) offer.pricePerSecond ^= value;
        if (part == 4) offer.minimumPeriod ^= uint40(within(value, 1, type(uint40).max));
        if (part == 5) offer.boundary ^= uint40(within(value, 1, type(uint40).max));
        if (part == 6) offer.termsHash ^= bytes32(uint256(value));
        if (part == 7) offer.maximumPeriod ^= uint40(within(value, 1, type(uint40).max));
        if (part == 8) offer.feeBasisPoints ^= uint16(within(value, 1, type(uint16).max));
        if (part == 9) offer.settlement = IOffers.Settlement(within(value, 1, 3));
        if (part == 10) offer.oracle = address(uint160(value));
        if (part == 11) offer.events = uint64(within(value, 1, type(uint64).max));
        if (part == 12) offer.deliveryPeriod = uint40(within(value, 1, type(uint40).max));
        if (part == 13) offer.attestationSchema = bytes32(uint256(value));
        if (part == 14) offer.attesters = offer.streams;
        expectRefusal(notListed(0), 0, START + 1 hours);
    }

    /// @dev The contract reads a listed offer's words without checking them again: the hash must refuse dirty ones.
    function test_WhenAWordHasBitsAboveItsType(uint8 word, uint256 dirt) external {
        list(offer);
        // The words of the offer that are narrower than 256 bits; the last is its stream.
        uint256[13] memory places = [uint256(0), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 18];
        uint256[13] memory widths = [uint256(160), 96, 160, 96, 40, 40, 40, 16, 2, 160, 64, 40, 160];
        word = word % 13;
        dirt = within(dirt, 1, type(uint256).max >> widths[word]);
        bytes memory data = abi.encodeCall(ILicenses.buy, (offer, purchaseOf(0, START + 1 hours)));
        // Selector, offset and purchase stand before the offer.
        uint256 place = 0x20 + 4 + 0xa0 + 0x20 * places[word];
        uint256 shifted = dirt << widths[word];
        assembly {
            let at := add(data, place)
            mstore(at, or(mload(at), shifted))
        }
        vm.prank(buyer);
        (bool success,) = address(market).call(data);
        vm.assertFalse(success);

        // Nothing but the dirt was wrong.
        assembly {
            let at := add(data, place)
            mstore(at, xor(mload(at), shifted))
        }
        vm.prank(buyer);
        (success,) = address(market).call(data);
        vm.assertTrue(success);
    }

    function test_WhenTheEndLiesFurtherAheadThanTheMaximumPeriod(uint256 until, uint40 maximum) external {
        offer.maximumPeriod = uint40(within(maximum, 2 hours, 5 * 365 days));
        list(offer);
        uint256 latest = START + offer.maximumPeriod;
        until = within(until, latest + 1, type(uint256).max);
        expectRefusal(abi.encodeWithSelector(ILicenses.PeriodTooLong.selector, until, latest), 0, until);
    }

    function test_WhenTheEndIsNoMultipleOfTheBoundary(uint40 boundary, uint256 until) external {
        offer.boundary = uint40(within(boundary, 60, 365 days));
        list(offer);
        until = within(until, START, START + offer.maximumPeriod);
        vm.assume(until % offer.boundary != 0);
        expectRefusal(abi.encodeWithSelector(ILicenses.EndNotOnBoundary.selector, until, offer.boundary), 0, until);
    }

    function test_WhenTheEndAddsLessThanTheMinimumPeriod(uint40 minimum, uint256 hours_) external {
        offer.minimumPeriod = uint40(within(minimum, 1 hours + 1, 5 * 365 days - 1 hours));
        list(offer);
        uint256 until = START + within(hours_, 0, (offer.minimumPeriod - 1) / 1 hours) * 1 hours;
        expectRefusal(
            abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, until - START, offer.minimumPeriod), 0, until
        );
    }

    function test_WhenTheEndAddsNothing() external {
        offer.minimumPeriod = 0;
        list(offer);
        bytes memory reason = abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 0, 1);
        expectRefusal(reason, 0, START);
        expectRefusal(reason, 0, START - 1 hours);
        expectRefusal(reason, 0, 0);
        buy(offer, 0, START + 3 hours);
        expectRefusal(reason, 0, START + 3 hours);
        expectRefusal(reason, 0, START + 1 hours);
    }

    function test_WhenTheBuyerHasTooLittle() external {
        list(offer);
        uint256 balance = token.balanceOf(buyer);
        vm.prank(buyer);
        token.transfer(treasury, balance);
        expectRefusal(
            abi.encodeWithSelector(
                bytes4(keccak256("ERC20InsufficientBalance(address,uint256,uint256)")), buyer, 0, 0.351e18
            ),
            0,
            START + 1 hours
        );
    }

    function test_WhenTheAllowanceIsTooSmall() external {
        list(offer);
        vm.prank(buyer);
        token.approve(address(market), 0.351e18 - 1);
        expectRefusal(
            abi.encodeWithSelector(
                bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)")),
                address(market),
                0.351e18 - 1,
                0.351e18
            ),
            0,
            START + 1 hours
        );
    }

    function test_WhenTheTokenReturnsFalse() external {
        list(offer);
        vm.mockCall(address(token), abi.encodeWithSelector(token.transferFrom.selector), abi.encode(false));
        expectRefusal(
            abi.encodeWithSelector(bytes4(keccak256("SafeERC20FailedOperation(address)")), address(token)),
            0,
            START + 1 hours
        );
    }

    function test_WhenTheOfferIsFree(address reader) external {
        vm.assume(reader != address(0));
        offer.pricePerSecond = 0;
        (bytes32 offerId,) = list(offer);
        vm.etch(address(token), hex"fe");
        vm.prank(reader);
        market.buy(offer, purchaseOf(0, START + 1 hours));
        expectLicense(offerId, reader, START, START + 1 hours);
    }

    function test_WhenTheBuyerHoldsNoRunningLicence(uint96 price, uint256 time, uint256 periods, uint256 funds)
        external
    {
        time = within(time, START, START + 20 * 365 days);
        offer.pricePerSecond = uint96(within(price, 0, 1e18));
        offer.minimumPeriod = 1;
        (bytes32 offerId,) = list(offer);
        vm.warp(time);
        uint256 until = (time / 1 hours + within(periods, 1, 5 * 365 * 24 - 1)) * 1 hours;
        uint256 paid = (until - time) * offer.pricePerSecond;
        vm.prank(treasury);
        token.transfer(buyer, within(funds, 0, 900_000_000e18));
        uint256 balance = token.balanceOf(buyer);
        vm.assume(paid <= balance);
        uint256 held = token.balanceOf(treasury);

        expectPurchase(offerId, time, until, paid);
        vm.record();
        buy(offer, 0, until);
        (, bytes32[] memory writes) = vm.accesses(address(market));

        vm.assertEq(writes.length, 1);
        expectLicense(offerId, buyer, time, until);
        vm.assertEq(token.balanceOf(buyer), balance - paid);
        vm.assertEq(token.balanceOf(beneficiary), paid - feeOf(paid));
        vm.assertEq(token.balanceOf(treasury), held + feeOf(paid));
        vm.assertEq(token.balanceOf(address(market)), 0);
        vm.assertEq(karma.unitsOf(seller, IKarma.Role.Seller), karma.unitsOf(buyer, IKarma.Role.Buyer));
        if (paid >= 1e18) vm.assertEq(karma.pointsOf(buyer, IKarma.Role.Buyer), paid);
    }

    function test_WhenTheBuyerHoldsARunningLicence(uint256 wait, uint256 periods) external {
        offer.minimumPeriod = 1;
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 10 hours);
        uint256 balance = token.balanceOf(buyer);
        // Up to the very second in which the licence ends.
        vm.warp(START + within(wait, 0, 10 hours));
        uint256 until = START + (10 + within(periods, 1, 1000)) * 1 hours;
        uint256 paid = (until - START - 10 hours) * offer.pricePerSecond;

        expectPurchase(offerId, START + 10 hours, until, paid);
        buy(offer, 0, until);
        expectLicense(offerId, buyer, START, until);
        vm.assertEq(token.balanceOf(buyer), balance - paid);
    }

    function test_WhenTheLicenceEndsInThisSecond() external {
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 1 hours);
        vm.warp(START + 1 hours);
        buy(offer, 0, START + 2 hours);
        expectLicense(offerId, buyer, START, START + 2 hours);
        vm.warp(START + 2 hours + 1);
        buy(offer, 0, START + 4 hours);
        expectLicense(offerId, buyer, START + 2 hours + 1, START + 4 hours);
    }

    function test_WhenTheLicenceEndedBefore(uint256 wait) external {
        offer.minimumPeriod = 1;
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 1 hours);
        uint256 time = START + 1 hours + within(wait, 1, 365 days);
        vm.warp(time);
        uint256 until = (time / 1 hours + 1) * 1 hours;
        buy(offer, 0, until);
        expectLicense(offerId, buyer, time, until);
    }

    function test_TheLatestEndIsInside() external {
        offer.pricePerSecond = 1;
        list(offer);
        buy(offer, 0, START + 5 * 365 days);
    }

    function test_TheFeeOfDustIsAWei() external {
        offer.pricePerSecond = 1;
        offer.minimumPeriod = 0;
        list(offer);
        vm.warp(START + 1 hours - 1);
        uint256 held = token.balanceOf(treasury);
        buy(offer, 0, START + 1 hours);
        vm.assertEq(token.balanceOf(beneficiary), 0);
        vm.assertEq(token.balanceOf(treasury), held + 1);
    }

    function test_OffersOfOneProductHaveLicencesOfTheirOwn() external {
        (bytes32 first,) = list(offer);
        IOffers.Offer memory dearer = offerFor(address(stream));
        dearer.pricePerSecond *= 2;
        (bytes32 second, uint256 position) = list(dearer);
        buy(offer, 0, START + 1 hours);
        expectLicense(second, buyer, 0, 0);
        buy(dearer, position, START + 2 hours);
        expectLicense(first, buyer, START, START + 1 hours);
        expectLicense(second, buyer, START, START + 2 hours);
    }

    function expectRefusal(bytes memory reason, uint256 position, uint256 until) private {
        vm.expectRevert(reason);
        buy(offer, position, until);
    }

    function expectPurchase(bytes32 offerId, uint256 from, uint256 until, uint256 paid) private {
        vm.expectEmit(address(market));
        emit ILicenses.LicensePurchased(offerId, productIdOf(offer), buyer, buyer, from, until, paid, PUBLIC_KEY);
    }

    function expectLicense(bytes32 offerId, address account, uint256 from, uint256 until) private view {
        (uint256 start, uint256 end,) = market.licenseOf(offerId, account);
        vm.assertEq(start, from);
        vm.assertEq(end, until);
    }

    function notListed(uint256 position) private view returns (bytes memory) {
        return abi.encodeWithSelector(IOffers.OfferNotListed.selector, referenceOfferId(offer), position);
    }
}
