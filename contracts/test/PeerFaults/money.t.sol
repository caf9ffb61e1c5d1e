// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

/// @notice Faults known from other systems, each with the kind of system that it was seen in.
contract MoneyFaultsTest is Base {
    /// @dev Fault: who leaves early is refunded at the price of the day. After a rise buyers draw out more than they paid,
    /// at the cost of the others; after a fall the seller keeps what it has not earned. Seen in membership locks and
    /// subscription contracts whose owner sets the price.
    function test_WhenThePriceChangesBetweenPurchaseAndRefund(uint96 price, uint256 used) external {
        offer.settlement = IOffers.Settlement.BySecond;
        list(offer);
        buy(offer, 0, START + 10 hours);
        uint256 funds = token.balanceOf(buyer);

        IOffers.Offer memory changed = offer;
        changed.pricePerSecond = uint96(within(price, 1, type(uint96).max));
        vm.assume(changed.pricePerSecond != offer.pricePerSecond);
        list(changed);
        vm.prank(seller);
        market.retire(offer, 0);

        used = within(used, 0, 10 hours - 1);
        vm.warp(START + used);
        vm.expectRevert(abi.encodeWithSelector(ILicenses.LicenseNotRunning.selector, referenceOfferId(changed), buyer));
        vm.prank(buyer);
        market.cancel(changed);
        vm.prank(buyer);
        market.cancel(offer);
        vm.assertEq(token.balanceOf(buyer) - funds, (10 hours - used) * offer.pricePerSecond, "refund");
        vm.assertEq(token.balanceOf(address(market)), used * offer.pricePerSecond, "what the seller earned");
    }

    /// @dev Fault: transfers that fail by returning false count as paid. Seen in many systems that call ERC-20 tokens
    /// without looking at the answer.
    function test_WhenTheTokenReturnsFalse() external {
        for (uint256 i; i < 4; ++i) {
            IOffers.Offer memory sold = offer;
            sold.settlement = IOffers.Settlement(i);
            if (i >= 2) (sold.oracle, sold.events, sold.deliveryPeriod) = (stranger, 1, 1 hours);
            (bytes32 offerId, uint256 position) = list(sold);
            vm.mockCall(address(token), abi.encodeWithSelector(token.transferFrom.selector), abi.encode(false));
            vm.expectRevert(abi.encodeWithSignature("SafeERC20FailedOperation(address)", address(token)));
            buy(sold, position, START + 2 hours);
            (, uint256 until,) = market.licenseOf(offerId, buyer);
            vm.assertEq(until, 0, "nothing was sold");
        }
    }

    function test_WhenTheTokenReturnsFalse_WhenItPaysOut() external {
        offer.settlement = IOffers.Settlement.BySecond;
        list(offer);
        buy(offer, 0, START + 2 hours);
        vm.warp(START + 1 hours);
        uint256[] memory ends = new uint256[](1);
        ends[0] = START + 2 hours;
        vm.mockCall(address(token), abi.encodeWithSelector(token.transfer.selector), abi.encode(false));
        vm.expectRevert(abi.encodeWithSignature("SafeERC20FailedOperation(address)", address(token)));
        market.withdraw(offer, ends);
        vm.expectRevert(abi.encodeWithSignature("SafeERC20FailedOperation(address)", address(token)));
        vm.prank(buyer);
        market.cancel(offer);
        vm.assertEq(market.withdrawable(offer, ends), 1 hours * offer.pricePerSecond, "still due");
        vm.assertEq(market.refundOf(offer, buyer), 1 hours * offer.pricePerSecond, "still held");
    }

    /// @dev Fault: the fee is rounded down, so that payments below a limit carry none, and large ones are cut into such.
    /// Seen in marketplaces that compute amount times fee through a denominator.
    function test_WhenPaymentsAreCutIntoDust(uint96 price, uint64[8] calldata waits) external {
        offer.settlement = IOffers.Settlement.BySecond;
        offer.pricePerSecond = uint96(within(price, 1, 100));
        list(offer);
        uint256 fees = token.balanceOf(treasury);
        buy(offer, 0, START + 100 hours);
        uint256[] memory ends = new uint256[](1);
        ends[0] = START + 100 hours;
        uint256 time = START;
        for (uint256 i; i < waits.length; ++i) {
            time += waits[i] % 60;
            vm.warp(time);
            market.withdraw(offer, ends);
        }
        vm.warp(START + 100 hours);
        market.withdraw(offer, ends);
        uint256 gross = 100 hours * offer.pricePerSecond;
        fees = token.balanceOf(treasury) - fees;
        vm.assertTrue(fees >= feeOf(gross), "at least the fee of the whole");
        vm.assertEq(fees + token.balanceOf(beneficiary), gross, "and nothing else is lost");
    }

    /// @dev Fault: the books of a stream or product are one sum, to which a purchase adds price times seconds or an end
    /// times a price. A single absurd purchase makes the sum overflow, and from then on everything that touches it
    /// reverts: nobody can buy, settle or leave. Seen in payment streams and in subscription contracts.
    function test_WhenAnOfferForTheStreamIsAbsurd(uint256 until) external {
        list(offer);
        give(stranger, IStream.Permission.Grant, NEVER);
        for (uint256 i; i < 2; ++i) {
            IOffers.Offer memory absurd = offer;
            absurd.seller = stranger;
            absurd.settlement = IOffers.Settlement(i);
            absurd.pricePerSecond = type(uint96).max;
            (, uint256 position) = list(absurd);
            // It fails for its period or for its price.
            vm.expectRevert();
            buy(absurd, position, until);
            vm.expectRevert();
            buy(absurd, position, (START / 1 hours + 5 * 365 days / 1 hours) * 1 hours);
        }
        IOffers.Offer memory free = offer;
        (free.seller, free.pricePerSecond) = (stranger, 0);
        (, uint256 freePosition) = list(free);
        vm.expectRevert(
            abi.encodeWithSelector(ILicenses.PeriodTooLong.selector, type(uint256).max, START + 5 * 365 days)
        );
        buy(free, freePosition, type(uint256).max);
        buy(free, freePosition, START + 5 * 365 days);

        buy(offer, 0, START + 2 hours);
        buy(offer, 0, START + 5 hours);
        vm.assertTrue(market.canRead(address(stream), buyer));
        vm.assertFalse(market.canRead(address(stream), beneficiary));
    }

    /// @dev Fault: a number that grows with time (an index, a multiplier, an accumulated rate) leaves its range one day,
    /// and all that uses it stops. Seen in lending indices and rebasing tokens. Karma's units are such a number.
    function test_WhenTheMarketIsCenturiesOld(uint256 halfLives) external {
        halfLives = within(halfLives, 0, 2000);
        uint256 start = START + halfLives * HALF_LIFE;
        vm.warp(start);
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, start + 2 hours);
        (, uint256 until,) = market.licenseOf(offerId, buyer);
        vm.assertEq(until, start + 2 hours, "sold");
        vm.prank(buyer);
        market.flag(offer, keccak256("reason"));

        offer.settlement = IOffers.Settlement.BySecond;
        (, uint256 position) = list(offer);
        buy(offer, position, start + 2 hours);
        vm.warp(start + 1 hours);
        vm.prank(buyer);
        market.cancel(offer);
        vm.assertEq(token.balanceOf(address(market)), 1 hours * offer.pricePerSecond, "left");
    }
}
