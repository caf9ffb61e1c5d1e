// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {Settlements} from "./Settlements.t.sol";

contract RevokeTest is Settlements {
    function test_WhenTheCallerIsNotTheSeller(address caller, uint8 settlement) external {
        vm.assume(caller != seller);
        offer = offerOf(settlement % 4);
        list(offer);
        buy(offer, 0, START + 10 hours);
        vm.expectRevert(abi.encodeWithSelector(IOffers.NotSeller.selector, caller, seller));
        vm.prank(caller);
        market.revoke(offer, buyer, REASON);
    }

    /// @dev An offer of one's own, which names the same streams and was never listed, ends nothing.
    function test_WhenTheOfferIsAnother() external {
        list(offer);
        buy(offer, 0, START + 10 hours);
        offer.seller = stranger;
        expectNotRunning(buyer);
    }

    function test_WhenTheAccountHasNoRunningLicence(uint8 settlement) external {
        offer = offerOf(settlement % 4);
        list(offer);
        expectNotRunning(buyer);
        buy(offer, 0, START + 2 hours);
        expectNotRunning(stranger);
        vm.warp(START + 2 hours);
        expectNotRunning(buyer);
        buy(offer, 0, START + 4 hours);
        revoke(offer, buyer);
        expectNotRunning(buyer);
    }

    function test_AtOnce(uint256 time) external {
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 10 hours);
        time = within(time, START, START + 10 hours - 1);
        vm.warp(time);
        uint256 balance = token.balanceOf(buyer);
        expectRevoked(offer, offerId, time, 0);
        expectLicense(offerId, buyer, START, time);
        vm.assertEq(token.balanceOf(buyer), balance);
        vm.assertFalse(market.canRead(address(stream), buyer));
    }

    function test_AtOnce_BoughtAgain() external {
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 2 hours);
        revoke(offer, buyer);
        vm.warp(START + 3 hours);
        buy(offer, 0, START + 5 hours);
        expectLicense(offerId, buyer, START + 3 hours, START + 5 hours);
    }

    function test_BySecond(uint256 time) external {
        offer = bySecond();
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 10 hours);
        time = within(time, START, START + 10 hours - 1);
        vm.warp(time);
        uint256 balance = token.balanceOf(buyer);
        uint256 refund = (START + 10 hours - time) * PRICE;
        expectRevoked(offer, offerId, time, refund);
        expectLicense(offerId, buyer, START, time);
        vm.assertEq(token.balanceOf(buyer) - balance, refund);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 10 hours)), (time - START) * PRICE);
        vm.assertEq(buyerUnits(buyer), (time - START) * PRICE);
    }

    function test_ByEvent(uint256 start, uint256 time) external {
        offer = byEvent();
        offer.minimumPeriod = 8 hours;
        (bytes32 offerId,) = list(offer);
        start = within(start, START, START + 1 hours);
        vm.warp(start);
        buy(offer, 0, START + 10 hours);
        time = within(time, start, START + 10 hours - 1);
        vm.warp(time);
        uint256 until = (time + 1 hours - 1) / 1 hours * 1 hours;
        uint256 since = start == START ? START : START + 1 hours;
        uint256 refund = (START + 10 hours - (until < since ? since : until)) * PRICE;
        uint256 balance = token.balanceOf(buyer);
        expectRevoked(offer, offerId, until, refund);
        expectLicense(offerId, buyer, start, until);
        vm.assertEq(token.balanceOf(buyer) - balance, refund);
    }

    function test_AfterEvents_WhenNotEarned(uint256 time) external {
        offer = afterEvents();
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 10 hours);
        time = within(time, START, START + 10 hours - 1);
        vm.warp(time);
        uint256 balance = token.balanceOf(buyer);
        expectRevoked(offer, offerId, (time + 1 hours - 1) / 1 hours * 1 hours, 10 hours * PRICE);
        vm.assertEq(token.balanceOf(buyer) - balance, 10 hours * PRICE);
        vm.assertEq(token.balanceOf(address(escrow)), 0);
    }

    function test_AfterEvents_WhenEarned() external {
        offer = afterEvents();
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 1 hours + 1);
        report(START, 5);
        report(START + 1 hours, 105);
        escrow.release(offer, START, START + 10 hours, START + 1 hours);
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Seller), 10 hours * PRICE);
        expectRevoked(offer, offerId, START + 2 hours, 0);
        expectLicense(offerId, buyer, START, START + 2 hours);
    }

    function expectRevoked(IOffers.Offer memory sold, bytes32 offerId, uint256 until, uint256 refund) private {
        vm.expectEmit(address(market));
        emit ILicenses.LicenseRevoked(offerId, productIdOf(sold), buyer, until, refund, REASON);
        revoke(sold, buyer);
    }

    function expectNotRunning(address licensee) private {
        bytes32 offerId = market.offerIdOf(offer);
        vm.expectRevert(abi.encodeWithSelector(ILicenses.LicenseNotRunning.selector, offerId, licensee));
        revoke(offer, licensee);
    }
}
