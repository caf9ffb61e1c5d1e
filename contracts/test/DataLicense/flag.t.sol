// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {ISecondSettlement} from "../../src/interfaces/ISecondSettlement.sol";
import {IMulticall} from "./IMulticall.sol";
import {Settlements} from "./Settlements.t.sol";

contract FlagTest is Settlements {
    bytes32 private constant ANSWER = keccak256("answer");
    bytes32 private offerId;

    function test_WhenTheCallerNeverHadALicence(uint8 settlement) external {
        useOffer(settlement % 4);
        buy(offer, 0, START + 10 hours);
        vm.expectRevert(abi.encodeWithSelector(ILicenses.LicenseUnknown.selector, offerId, stranger));
        vm.prank(stranger);
        market.flag(offer, REASON);
    }

    function test_WhenTheLicenceWasFlaggedBefore(uint8 settlement) external {
        useOffer(settlement % 4);
        buy(offer, 0, START + 10 hours);
        expectFlag(offer.settlement == IOffers.Settlement.AtOnce ? 10 hours * PRICE : 0);
        expectAlreadyFlagged();
        buy(offer, 0, START + 20 hours);
        expectAlreadyFlagged();
        vm.warp(START + 30 hours);
        expectAlreadyFlagged();
    }

    function test_AtOnce(uint256 time) external {
        useOffer(0);
        buyAs(stranger, offer, START + 10 hours);
        buy(offer, 0, START + 10 hours);
        buy(offer, 0, START + 20 hours);
        vm.warp(within(time, START, START + 100 hours));
        expectFlag(20 hours * PRICE);
        vm.assertEq(sellerUnits(), 10 hours * PRICE);
    }

    /// @dev Half a year later, the points of the renewal are still those of the start: fewer units than it gave.
    function test_AtOnce_NeverTakesMoreUnitsThanWereGiven(uint256 wait) external {
        useOffer(0);
        uint256 until = START + 400 days;
        buy(offer, 0, until);
        vm.warp(START + within(wait, 1, 399 days));
        buy(offer, 0, until + 200 days);
        vm.prank(buyer);
        market.flag(offer, REASON);
        // Seller and buyer were given the same; at the start a point was a unit.
        vm.assertEq(sellerUnits(), buyerUnits(buyer) - 600 days * PRICE);
        vm.assertGt(sellerUnits(), 0);
    }

    function test_AtOnce_WhenTheSellerRevokedBefore() external {
        useOffer(0);
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 1 hours);
        revoke(offer, buyer);
        // Bought and revoked again in the same second: the longest of them counts.
        buy(offer, 0, START + 3 hours);
        revoke(offer, buyer);
        expectFlag(10 hours * PRICE);
        vm.assertGt(sellerUnits(), 0);
    }

    function test_BySecond(uint256 time) external {
        useOffer(1);
        buyAs(stranger, offer, START + 10 hours);
        buy(offer, 0, START + 10 hours);
        time = within(time, START + 1, START + 100 hours);
        vm.warp(time);
        uint256 ran = (time < START + 10 hours ? time - START : 10 hours) * PRICE;
        vm.expectEmit(address(market));
        emit ILicenses.LicenseFlagged(offerId, productIdOf(offer), buyer, ran, REASON);
        vm.expectEmit(address(market));
        emit ISecondSettlement.Withdrawn(offerId, productIdOf(offer), beneficiary, 2 * ran, feeOf(2 * ran));
        vm.prank(buyer);
        market.flag(offer, REASON);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 10 hours)), 0);
        // Given as of now, taken as of the start: what the other licence gave is left, and a little more.
        vm.assertGt(sellerUnits() + 1, ran);
    }

    function test_BySecond_WhenItEndedEarly() external {
        useOffer(1);
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 2 hours);
        cancel(offer);
        vm.warp(START + 9 hours);
        // What it earned lies under its old end, which anybody can have paid out in the same transaction.
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(ISecondSettlement.withdraw, (offer, endsOf(START + 10 hours)));
        calls[1] = abi.encodeCall(ILicenses.flag, (offer, REASON));
        vm.expectEmit(address(market));
        emit ILicenses.LicenseFlagged(offerId, productIdOf(offer), buyer, 2 hours * PRICE, REASON);
        vm.prank(buyer);
        IMulticall(address(market)).multicall(calls);
        vm.assertGt(1e15, sellerUnits());
    }

    function test_ByEvent() external {
        useOffer(3);
        buyAs(stranger, offer, START + 4 hours);
        buy(offer, 0, START + 4 hours);
        vm.warp(START + 2 hours);
        report(START, 0);
        report(START + 2 hours, 150);
        escrow.release(offer, START, START + 4 hours, START + 2 hours);
        uint256 units = sellerUnits();
        expectFlag(1.5 hours * PRICE);
        vm.assertEq(sellerUnits(), units - 1.5 hours * PRICE);
    }

    function test_ByEvent_WhenItWasRenewedAhead() external {
        useOffer(3);
        buy(offer, 0, START + 4 hours);
        buy(offer, 0, START + 8 hours);
        vm.warp(START + 2 hours);
        report(START, 0);
        report(START + 2 hours, 150);
        escrow.release(offer, START, START + 4 hours, START + 2 hours);
        expectFlag(1.5 hours * PRICE);
        vm.assertGt(1e15, sellerUnits());
    }

    /// @dev One closed, one still in its cohort, one that the licensee left in its middle.
    function test_ByEvent_WhenSeveralDepositsWereReleased() external {
        useOffer(3);
        buy(offer, 0, START + 4 hours);
        buy(offer, 0, START + 8 hours);
        buy(offer, 0, START + 12 hours);
        vm.warp(START + 9.5 hours);
        cancel(offer);
        vm.warp(START + 10 hours);
        report(START, 0);
        report(START + 4 hours, 150);
        report(START + 8 hours, 450);
        report(START + 10 hours, 500);
        escrow.release(offer, START, START + 4 hours, START + 4 hours);
        escrow.close(offer, buyer, START);
        escrow.release(offer, START + 4 hours, START + 8 hours, START + 8 hours);
        escrow.close(offer, buyer, START + 8 hours);
        uint256 units = sellerUnits();
        expectFlag(5 hours * PRICE);
        vm.assertEq(sellerUnits(), units - 5 hours * PRICE);
    }

    /// @dev Each licence answers for itself, whether the one before was flagged or not.
    function test_ByEvent_WhenALapsedLicenceWasBoughtAnew(bool flaggedBefore) external {
        useOffer(3);
        buy(offer, 0, START + 4 hours);
        vm.warp(START + 4 hours);
        report(START, 0);
        report(START + 4 hours, 150);
        escrow.release(offer, START, START + 4 hours, START + 4 hours);
        if (flaggedBefore) expectFlag(1.5 hours * PRICE);
        vm.warp(START + 6 hours);
        buy(offer, 0, START + 8 hours);
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 8 hours);
        report(START + 6 hours, 150);
        report(START + 8 hours, 250);
        escrow.release(offer, START + 6 hours, START + 8 hours, START + 8 hours);
        expectFlag(1 hours * PRICE);
        expectAlreadyFlagged();
    }

    function test_ByEvent_WhenManyDepositsHaveNotBegun() external {
        useOffer(3);
        buy(offer, 0, START + 1 hours);
        vm.warp(START + 1);
        for (uint256 i = 2; i < 34; ++i) {
            buy(offer, 0, START + i * 1 hours);
        }
        vm.warp(START + 1 hours);
        report(START, 0);
        report(START + 1 hours, 50);
        escrow.release(offer, START, START + 1 hours, START + 1 hours);
        expectFlag(0.5 hours * PRICE);
    }

    /// @dev Of 34, the first two earned all, the others a tenth.
    function test_ByEvent_WhenMoreThan32DepositsHaveBegun() external {
        useOffer(3);
        for (uint256 i; i < 34; ++i) {
            vm.warp(START + i * 1 hours);
            buy(offer, 0, block.timestamp + 1 hours);
        }
        vm.warp(START + 34 hours);
        uint256 events;
        report(START, 0);
        for (uint256 i; i < 34; ++i) {
            events += i < 2 ? 100 : 10;
            uint256 end = START + (i + 1) * 1 hours;
            report(end, events);
            escrow.release(offer, end - 1 hours, end, end);
        }
        expectFlag(32 * 0.1 hours * PRICE);
    }

    /// @dev The first licence was flagged; of the second, everything flowed back. Its flag must not take the first again.
    function test_AfterEvents_WhenTheLatestDepositIsOfALicenceBefore() external {
        useOffer(2);
        buyAs(stranger, offer, START + 4 hours);
        buy(offer, 0, START + 4 hours);
        vm.warp(START + 2 hours);
        report(START, 0);
        report(START + 2 hours, 150);
        escrow.release(offer, START, START + 4 hours, START + 2 hours);
        expectFlag(4 hours * PRICE);
        vm.warp(START + 5 hours);
        buy(offer, 0, START + 9 hours);
        vm.warp(START + 6 hours);
        revoke(offer, buyer);
        vm.warp(START + 7 hours);
        uint256 units = sellerUnits();
        expectFlag(0);
        vm.assertEq(sellerUnits(), units);
    }

    function test_WhenTheLicenceGaveNothing() external {
        offer.pricePerSecond = 0;
        (offerId,) = list(offer);
        buy(offer, 0, START + 10 hours);
        expectFlag(0);
        useOffer(1);
        buy(offer, 1, START + 10 hours);
        cancel(offer);
        expectFlag(0);
    }

    /// @dev What was earned before the renewal has not been withdrawn: the seller has no karma for it yet.
    function test_WhenTheSellerHasLess() external {
        useOffer(1);
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 9 hours);
        buy(offer, 0, START + 20 hours);
        vm.warp(START + 10 hours);
        expectFlag(10 hours * PRICE);
        vm.assertEq(sellerUnits(), 0);
    }

    function test_WhenALapsedLicenceWasBoughtAnew() external {
        useOffer(0);
        buy(offer, 0, START + 10 hours);
        expectFlag(10 hours * PRICE);
        vm.assertEq(sellerUnits(), 0);
        vm.warp(START + 20 hours);
        buy(offer, 0, START + 22 hours);
        (,, bool flagged) = market.licenseOf(offerId, buyer);
        vm.assertFalse(flagged);
        expectFlag(2 hours * PRICE);
        vm.assertEq(sellerUnits(), 0);
    }

    function test_AnswerFlag_WhenTheCallerIsNotTheSeller(address caller) external {
        vm.assume(caller != seller);
        useOffer(0);
        buy(offer, 0, START + 10 hours);
        expectFlag(10 hours * PRICE);
        vm.expectRevert(abi.encodeWithSelector(IOffers.NotSeller.selector, caller, seller));
        vm.prank(caller);
        market.answerFlag(offer, buyer, ANSWER);
    }

    function test_AnswerFlag_WhenTheAccountHasFlaggedNothing() external {
        useOffer(0);
        expectNotFlagged();
        buy(offer, 0, START + 10 hours);
        expectNotFlagged();
    }

    function test_AnswerFlag() external {
        useOffer(0);
        buy(offer, 0, START + 10 hours);
        expectFlag(10 hours * PRICE);
        expectAnswer();
        vm.warp(START + 20 hours);
        buy(offer, 0, START + 30 hours);
        expectAnswer();
    }

    function useOffer(uint256 settlement) private {
        offer = offerOf(settlement);
        (offerId,) = list(offer);
    }

    function expectFlag(uint256 points) private {
        vm.expectEmit(address(market));
        emit ILicenses.LicenseFlagged(offerId, productIdOf(offer), buyer, points, REASON);
        vm.prank(buyer);
        market.flag(offer, REASON);
        (,, bool flagged) = market.licenseOf(offerId, buyer);
        vm.assertTrue(flagged);
    }

    function expectAlreadyFlagged() private {
        vm.expectRevert(abi.encodeWithSelector(ILicenses.LicenseAlreadyFlagged.selector, offerId, buyer));
        vm.prank(buyer);
        market.flag(offer, REASON);
    }

    function expectNotFlagged() private {
        vm.expectRevert(abi.encodeWithSelector(ILicenses.LicenseNotFlagged.selector, offerId, buyer));
        vm.prank(seller);
        market.answerFlag(offer, buyer, ANSWER);
    }

    function expectAnswer() private {
        vm.expectEmit(address(market));
        emit ILicenses.FlagAnswered(offerId, productIdOf(offer), buyer, ANSWER);
        vm.prank(seller);
        market.answerFlag(offer, buyer, ANSWER);
    }
}
