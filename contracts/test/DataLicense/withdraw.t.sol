// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {ISecondSettlement} from "../../src/interfaces/ISecondSettlement.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {Settlements} from "./Settlements.t.sol";

contract WithdrawTest is Settlements {
    bytes32 private offerId;
    uint256 private before;

    function setUp() public override {
        super.setUp();
        offer = bySecond();
        (offerId,) = list(offer);
        before = received();
    }

    function test_WhenTheOfferIsNotSettledBySecond(uint8 settlement) external {
        settlement = uint8(within(settlement, 0, 2));
        if (settlement == 1) settlement = 3;
        offer = offerOf(settlement);
        bytes memory reason =
            abi.encodeWithSelector(ISecondSettlement.NotSettledBySecond.selector, IOffers.Settlement(settlement));
        vm.expectRevert(reason);
        market.withdraw(offer, endsOf(START));
        vm.expectRevert(reason);
        market.withdrawable(offer, endsOf(START));
        vm.expectRevert(reason);
        market.settle(offer, buyer);
    }

    function test_WhenNothingIsDue(uint256 end) external {
        buy(offer, 0, START + 10 hours);
        expectNothing(offer, START + 10 hours);
        vm.warp(START + 1 hours);
        vm.assume(end != START + 10 hours);
        expectNothing(offer, end);
        IOffers.Offer memory unlisted = bySecond();
        unlisted.productNumber += 1;
        expectNothing(unlisted, START + 10 hours);
        market.withdraw(offer, endsOf(START + 10 hours));
        expectNothing(offer, START + 10 hours);
        market.withdraw(offer, new uint256[](0));
    }

    /// @dev More than a byte can count.
    function test_WhenManyLicencesEndTogether() external {
        for (uint160 i; i < 300; ++i) {
            vm.prank(buyer);
            market.buyFor(address(0x1000 + i), offer, purchaseOf(0, START + 10 hours));
        }
        vm.warp(START + 1 hours);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 10 hours)), 300 hours * PRICE);
        market.withdraw(offer, endsOf(START + 10 hours));
        vm.warp(START + 11 hours);
        market.withdraw(offer, endsOf(START + 10 hours));
        vm.assertEq(received() - before, 3000 hours * PRICE);
        vm.assertEq(held(), 0);
    }

    function test_WhenLicencesHaveRun(uint256 time) external {
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 1 hours);
        buyAs(stranger, offer, START + 10 hours);
        before = received();
        time = within(time, START + 1 hours + 1, START + 30 hours);
        vm.warp(time);
        uint256 ran = time < START + 10 hours ? time : START + 10 hours;
        uint256 amount = (ran - START + ran - START - 1 hours) * PRICE;

        vm.assertEq(market.withdrawable(offer, endsOf(START + 10 hours)), amount);
        vm.expectEmit(address(market));
        emit ISecondSettlement.Withdrawn(offerId, productIdOf(offer), beneficiary, amount, feeOf(amount));
        market.withdraw(offer, endsOf(START + 10 hours));

        vm.assertEq(token.balanceOf(beneficiary), amount - feeOf(amount));
        vm.assertEq(received() - before, amount);
        vm.assertEq(held(), 19 hours * PRICE - amount);
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Seller), amount < 1e18 ? 0 : amount);
    }

    function test_ItSumsOverEnds() external {
        buy(offer, 0, START + 2 hours);
        buyAs(stranger, offer, START + 3 hours);
        vm.warp(START + 2.5 hours);
        uint256[] memory ends = new uint256[](4);
        (ends[0], ends[1], ends[2], ends[3]) = (START + 2 hours, START + 3 hours, START + 2 hours, START + 4 hours);
        uint256 amount = 4.5 hours * PRICE;
        vm.assertEq(market.withdrawable(offer, ends), amount);
        vm.recordLogs();
        market.withdraw(offer, ends);
        vm.assertEq(countLogs(ISecondSettlement.Withdrawn.selector), 1);
        vm.assertEq(held(), 0.5 hours * PRICE);
    }

    /// @dev Two licences, one of them renewed and one cut off, and withdrawals at any time between: never more than was
    /// paid, and everything in the end.
    function test_ItPaysExactlyWhatRan(uint256[4] memory times, uint256 seed) external {
        buy(offer, 0, START + 5 hours);
        buyAs(stranger, offer, START + 5 hours);
        uint256 paid = 10 hours * PRICE;
        before = received();
        uint256 time = START;
        uint256 refund;
        uint256 wallet;
        for (uint256 i; i < 4; ++i) {
            time = within(times[i], time, START + 4 hours);
            vm.warp(time);
            if (seed >> i & 1 == 0) market.withdraw(offer, endsOf(START + 5 hours, START + 9 hours));
            if (i == 1) {
                buy(offer, 0, START + 9 hours);
                paid += 4 hours * PRICE;
            }
            if (i == 2) {
                wallet = token.balanceOf(stranger);
                vm.prank(stranger);
                market.cancel(offer);
                refund = (START + 5 hours - time) * PRICE;
                vm.assertEq(token.balanceOf(stranger) - wallet, refund);
            }
            vm.assertEq(held() + received() - before, paid - (i < 2 ? 0 : refund));
        }
        vm.warp(START + 20 hours);
        market.withdraw(offer, endsOf(START + 5 hours, START + 9 hours));
        vm.assertEq(received() - before, paid - refund);
        vm.assertEq(held(), 0);
    }

    function test_WhenALapsedLicenceWasBoughtAnew() external {
        buy(offer, 0, START + 2 hours);
        vm.warp(START + 5 hours);
        buy(offer, 0, START + 7 hours);
        expectLicense(offerId, buyer, START + 5 hours, START + 7 hours);
        vm.warp(START + 6 hours);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 2 hours)), 2 hours * PRICE);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 7 hours)), 1 hours * PRICE);
        vm.warp(START + 9 hours);
        market.withdraw(offer, endsOf(START + 2 hours, START + 7 hours));
        vm.assertEq(held(), 0);
        vm.assertEq(received() - before, 4 hours * PRICE);
    }

    function test_TheFeeOfDustIsAWei() external {
        offer.pricePerSecond = 1;
        offer.productNumber = 8;
        (, uint256 position) = list(offer);
        buy(offer, position, START + 1 hours);
        vm.warp(START + 1);
        uint256 fees = token.balanceOf(treasury);
        market.withdraw(offer, endsOf(START + 1 hours));
        vm.assertEq(token.balanceOf(treasury) - fees, 1);
        vm.assertEq(token.balanceOf(beneficiary), 0);
    }

    /// @dev The largest words that an offer may have: nothing overflows, and nothing is lost.
    function test_TheLargestPriceAndTheLongestPeriod(uint96 price) external {
        offer.productNumber = 8;
        offer.pricePerSecond = uint96(within(price, 1, 6e18));
        (, uint256 position) = list(offer);
        vm.prank(treasury);
        token.transfer(buyer, 990_000_000e18);
        buy(offer, position, START + 5 * 365 days);
        vm.warp(START + 6 * 365 days);
        before = received();
        market.withdraw(offer, endsOf(START + 5 * 365 days));
        vm.assertEq(received() - before, 5 * 365 days * uint256(offer.pricePerSecond));
        vm.assertEq(held(), 0);
    }

    function expectNothing(IOffers.Offer memory asked, uint256 end) private {
        vm.assertEq(market.withdrawable(asked, endsOf(end)), 0);
        vm.recordLogs();
        market.withdraw(asked, endsOf(end));
        vm.assertEq(vm.getRecordedLogs().length, 0);
    }

    function countLogs(bytes32 topic) private returns (uint256 count) {
        Cheatcodes.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == topic) ++count;
        }
    }
}
