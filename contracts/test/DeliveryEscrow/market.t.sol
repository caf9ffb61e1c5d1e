// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IKarma} from "../../src/interfaces/IKarma.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IThresholdDeliveryOracle} from "../../src/interfaces/IThresholdDeliveryOracle.sol";
import {Base} from "../Base.t.sol";
import {Attestor} from "./Attestor.sol";

contract EscrowMarketTest is Base {
    uint256 private constant PRICE = 1e18;
    /// @dev The first boundary after the purchases, which are made ten minutes after START.
    uint256 private constant SINCE = START + 1 hours;
    uint256 private constant UNTIL = SINCE + 4 hours;
    uint256 private constant REPORTING_TIME = 7 days;

    Attestor private _attestor;
    IThresholdDeliveryOracle private _oracle;
    address private _friend = makeAccount("friend");

    function setUp() public override {
        super.setUp();
        _attestor = new Attestor();
        _oracle = _attestor.deployOracle();
        vm.prank(buyer);
        token.transfer(_friend, 400_000e18);
        vm.prank(_friend);
        token.approve(address(market), type(uint256).max);
        vm.warp(START + 10 minutes);
    }

    function test_ByEventItSplitsTheCoinsByWhatWasDelivered(uint256 events) external {
        events %= 200;
        IOffers.Offer memory sold = listed(byEvent());
        purchase(buyer, sold, UNTIL);
        vm.assertTrue(market.canRead(address(stream), buyer));
        vm.assertEq(token.balanceOf(address(escrow)), 4 hours * PRICE);

        vm.warp(UNTIL);
        report(SINCE, 1000);
        report(UNTIL, 1000 + events);
        escrow.release(sold, SINCE, UNTIL, UNTIL);
        escrow.close(sold, buyer, SINCE);
        uint256 earned = (events > 144 ? 144 : events) * 100 * PRICE;
        vm.assertEq(token.balanceOf(treasury) - treasuryBefore(), feeOf(earned));
        vm.assertEq(token.balanceOf(beneficiary), earned - feeOf(earned));
        vm.assertEq(token.balanceOf(buyer), 600_000e18 - earned);
        vm.assertEq(token.balanceOf(address(escrow)), 0);
        checkPoints(seller, IKarma.Role.Seller, earned, UNTIL);
        checkPoints(buyer, IKarma.Role.Buyer, earned, SINCE);
    }

    function test_WhenSomebodyElsePaid() external {
        IOffers.Offer memory sold = listed(byEvent());
        vm.prank(_friend);
        market.buyFor(stranger, sold, purchaseOf(0, UNTIL));
        vm.warp(SINCE + 90 minutes);
        vm.prank(stranger);
        market.cancel(sold);
        vm.assertEq(token.balanceOf(stranger), 2 hours * PRICE);
        vm.warp(SINCE + 2 hours + REPORTING_TIME);
        escrow.close(sold, stranger, SINCE);
        vm.assertEq(token.balanceOf(stranger), 4 hours * PRICE);
        vm.assertEq(token.balanceOf(_friend), 400_000e18 - 4 hours * PRICE);
    }

    function test_AfterEventsItRefusesToCancel() external {
        IOffers.Offer memory sold = listed(afterEvents());
        purchase(buyer, sold, UNTIL);
        vm.expectRevert(abi.encodeWithSelector(ILicenses.NotRefundable.selector, IOffers.Settlement.AfterEvents));
        vm.prank(buyer);
        market.cancel(sold);
    }

    function test_AfterEventsItPaysAllBackWhenTheyDidNotCome(uint256 when, bool silent) external {
        IOffers.Offer memory sold = listed(afterEvents());
        purchase(buyer, sold, UNTIL);
        purchase(buyer, sold, UNTIL + 2 hours);
        vm.warp(within(when, START + 10 minutes, UNTIL - 1));
        if (silent) {
            vm.warp(UNTIL + 2 hours + REPORTING_TIME);
            escrow.close(sold, buyer, UNTIL);
            escrow.close(sold, buyer, SINCE);
        } else {
            vm.prank(seller);
            market.revoke(sold, buyer, bytes32(0));
        }
        vm.assertEq(token.balanceOf(buyer), 600_000e18);
        vm.assertEq(token.balanceOf(address(escrow)), 0);
    }

    function test_AfterEventsTheSellerKeepsWhatWasEarnedEarly(bool closed) external {
        IOffers.Offer memory sold = listed(afterEvents());
        purchase(buyer, sold, UNTIL);
        vm.warp(SINCE + 1 hours);
        report(SINCE, 0);
        report(SINCE + 1 hours, 100);
        escrow.release(sold, SINCE, UNTIL, SINCE + 1 hours);
        if (closed) escrow.close(sold, buyer, SINCE);
        purchase(buyer, sold, UNTIL + 6 hours);
        vm.prank(seller);
        market.revoke(sold, buyer, bytes32(0));
        vm.assertEq(token.balanceOf(buyer), 600_000e18 - 4 hours * PRICE);
        vm.assertEq(token.balanceOf(address(escrow)), 0);
        // Access ended with it, and a new purchase starts anew.
        vm.assertFalse(market.canRead(address(stream), buyer));
        purchase(buyer, sold, UNTIL);
        vm.assertEq(token.balanceOf(address(escrow)), 3 hours * PRICE);
    }

    function test_WhenALicenceIsCancelledRenewedAndRevoked(uint256 when) external {
        IOffers.Offer memory sold = byEvent();
        sold.minimumPeriod = 3 hours;
        sold = listed(sold);
        purchase(buyer, sold, SINCE + 8 hours);
        vm.prank(buyer);
        market.cancel(sold);
        // Leaving keeps the minimum.
        vm.assertEq(token.balanceOf(address(escrow)), 3 hours * PRICE);
        purchase(buyer, sold, SINCE + 6 hours);
        vm.warp(within(when, START + 10 minutes, SINCE + 3 hours - 1));
        vm.prank(seller);
        market.revoke(sold, buyer, bytes32(0));
        uint256 kept = (block.timestamp + 1 hours - 1) / 1 hours * 1 hours - SINCE;
        vm.assertEq(token.balanceOf(address(escrow)), kept * PRICE);
        vm.assertEq(token.balanceOf(buyer), 600_000e18 - kept * PRICE);
        (, uint256 until,) = market.licenseOf(referenceOfferId(sold), buyer);
        vm.assertEq(until, SINCE + kept);
        if (kept == 0) return;
        vm.warp(until);
        report(SINCE, 0);
        report(until, 1_000_000);
        escrow.close(sold, buyer, SINCE);
        vm.assertEq(token.balanceOf(beneficiary) + token.balanceOf(treasury) - treasuryBefore(), kept * PRICE);
    }

    function test_WhenDataIsFlagged(uint256 events) external {
        events %= 200;
        IOffers.Offer memory sold = listed(byEvent());
        purchase(buyer, sold, UNTIL);
        purchase(_friend, sold, UNTIL);
        vm.warp(UNTIL - 1);
        report(SINCE, 0);
        report(UNTIL - 1 hours, events);
        escrow.release(sold, SINCE, UNTIL, UNTIL - 1 hours);
        uint256 before = karma.unitsOf(seller, IKarma.Role.Seller);
        vm.prank(buyer);
        market.flag(sold, bytes32(uint256(1)));
        uint256 taken = before - karma.unitsOf(seller, IKarma.Role.Seller);
        vm.assertLe(taken, before / 2 + 1, "more than one of two licences gave");
        vm.assertTrue((taken == 0) == (events == 0));
    }

    function test_WhenManyLicencesAreReleased() external {
        IOffers.Offer memory one = listed(byEvent());
        purchase(buyer, one, UNTIL);
        IOffers.Offer memory many = byEvent();
        many.productNumber = 8;
        many.pricePerSecond = uint96(PRICE / 100);
        vm.prank(seller);
        (, uint256 position) = market.list(many, DOCUMENT);
        for (uint160 i; i < 40; ++i) {
            vm.prank(_friend);
            market.buyFor(address(0x1000 + i), many, purchaseOf(position, UNTIL));
        }
        vm.warp(UNTIL);
        report(SINCE, 0);
        report(UNTIL, 10);
        // Once before, so that both find the accounts that are paid, their karma and the oracle's counts warm.
        purchase(_friend, one, UNTIL + 1 hours);
        report(UNTIL + 1 hours, 20, UNTIL + 1 hours);
        escrow.release(one, UNTIL, UNTIL + 1 hours, UNTIL + 1 hours);
        uint256 first = gasleft();
        escrow.release(one, SINCE, UNTIL, UNTIL);
        first -= gasleft();
        uint256 second = gasleft();
        escrow.release(many, SINCE, UNTIL, UNTIL);
        second -= gasleft();
        vm.assertLe(second, first + 500, "releasing costs by the licences");
    }

    /// @dev Two licensees, ten steps of less than five hours; the market decides what it allows.
    function test_WhenLicencesAreBoughtAndEndedInAnyOrder(uint256 seed, bool locked) external {
        IOffers.Offer memory sold = listed(locked ? afterEvents() : byEvent());
        bytes32 offerId = referenceOfferId(sold);
        for (uint256 step; step < 10; ++step) {
            uint256 dice = uint256(keccak256(abi.encode(seed, step)));
            address who = dice & 1 == 0 ? buyer : _friend;
            (, uint256 until,) = market.licenseOf(offerId, who);
            if (dice >> 8 & 3 < 2) {
                uint256 from = until >= block.timestamp ? until : (block.timestamp + 1 hours - 1) / 1 hours * 1 hours;
                purchase(who, sold, from + (1 + (dice >> 16) % 4) * 1 hours);
            } else if (until > block.timestamp) {
                bool cancels = !locked && dice >> 8 & 3 == 2;
                vm.prank(cancels ? who : seller);
                if (cancels) market.cancel(sold);
                else market.revoke(sold, who, bytes32(0));
            }
            vm.warp(block.timestamp + (dice >> 32) % 100 minutes);
            checkLatest(sold, offerId, buyer);
            checkLatest(sold, offerId, _friend);
        }
        vm.warp(block.timestamp + 100 days);
        for (uint256 since = SINCE; since < START + 60 hours; since += 1 hours) {
            closeIfHeld(sold, offerId, buyer, since);
            closeIfHeld(sold, offerId, _friend, since);
        }
        vm.assertEq(token.balanceOf(address(escrow)), 0);
        vm.assertEq(token.balanceOf(buyer), 600_000e18);
        vm.assertEq(token.balanceOf(_friend), 400_000e18);
    }

    /// @dev No deposit reaches beyond the licence.
    function checkLatest(IOffers.Offer memory sold, bytes32 offerId, address who) private view {
        (, uint256 until,) = market.licenseOf(offerId, who);
        uint256 latest;
        for (uint256 since = SINCE; since < START + 60 hours; since += 1 hours) {
            (uint256 end,) = escrow.depositOf(offerId, who, since);
            if (end != 0) latest = end;
        }
        vm.assertLe(latest, until, "a deposit reaches beyond the licence");
        if (sold.settlement == IOffers.Settlement.ByEvent && until > block.timestamp && latest != 0) {
            // What starts before it is over has no deposit only in the free time before the first boundary.
            vm.assertTrue(latest == until || until - block.timestamp < 1 hours);
        }
    }

    function closeIfHeld(IOffers.Offer memory sold, bytes32 offerId, address who, uint256 since) private {
        (uint256 until,) = escrow.depositOf(offerId, who, since);
        if (until != 0) escrow.close(sold, who, since);
    }

    /// @dev A hundred seconds for every event.
    function byEvent() private view returns (IOffers.Offer memory sold) {
        sold = offerFor(address(stream));
        sold.pricePerSecond = uint96(PRICE);
        sold.settlement = IOffers.Settlement.ByEvent;
        sold.oracle = address(_oracle);
        sold.events = 1;
        sold.deliveryPeriod = 100;
    }

    /// @dev A hundred events within two hours.
    function afterEvents() private view returns (IOffers.Offer memory sold) {
        sold = byEvent();
        sold.settlement = IOffers.Settlement.AfterEvents;
        sold.events = 100;
        sold.deliveryPeriod = 2 hours;
    }

    function listed(IOffers.Offer memory sold) private returns (IOffers.Offer memory) {
        list(sold);
        return sold;
    }

    function purchase(address who, IOffers.Offer memory sold, uint256 until) private {
        vm.prank(who);
        market.buy(sold, purchaseOf(0, until));
    }

    function report(uint256 time, uint256 count) private {
        _attestor.report(_oracle, address(stream), time, count);
    }

    function report(uint256 time, uint256 count, uint256 now_) private {
        vm.warp(now_);
        report(time, count);
    }

    /// @dev What the treasury keeps of the supply.
    function treasuryBefore() private view returns (uint256) {
        return token.SUPPLY() - 1_000_000e18;
    }

    /// @dev Karma of an account now, where it earned points once, at a time.
    function checkPoints(address account, IKarma.Role role, uint256 points, uint256 time) private view {
        uint256 found = karma.pointsAt(account, role, time);
        vm.assertTrue(found <= points && found + 1e9 >= points);
    }
}
