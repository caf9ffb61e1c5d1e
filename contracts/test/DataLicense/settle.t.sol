// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {ISecondSettlement} from "../../src/interfaces/ISecondSettlement.sol";
import {Settlements} from "./Settlements.t.sol";

contract SettleTest is Settlements {
    bytes32 private offerId;

    function setUp() public override {
        super.setUp();
        offer = bySecond();
        (offerId,) = list(offer);
    }

    function test_WhenTheAccountNeverHadALicence() external {
        vm.expectRevert(abi.encodeWithSelector(ILicenses.LicenseUnknown.selector, offerId, stranger));
        market.settle(offer, stranger);
    }

    function test_WhenNoSecondHasRun() external {
        buy(offer, 0, START + 10 hours);
        expectNothing();
        vm.warp(START + 1 hours);
        market.settle(offer, buyer);
        expectNothing();
    }

    function test_WhenSecondsHaveRun(uint256 first, uint256 second) external {
        buy(offer, 0, START + 1000 hours);
        first = within(first, START + 3 hours, START + 500 hours);
        vm.warp(first);
        uint256 due = market.withdrawable(offer, endsOf(START + 1000 hours));
        uint256 coins = held();
        expectSettled(first, (first - START) * PRICE);
        vm.assertEq(market.withdrawable(offer, endsOf(START + 1000 hours)), due);
        vm.assertEq(held(), coins);
        // As of the beginning, at which one point was one unit.
        vm.assertEq(buyerUnits(buyer), (first - START) * PRICE);

        second = within(second, first + 1, START + 999 hours);
        vm.warp(second);
        expectSettled(second, (second - first) * PRICE);
        vm.assertGt(buyerUnits(buyer) + 1, (second - START) * PRICE);
    }

    function test_WhenTheLicenceHasEnded(uint256 wait) external {
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 10 hours + within(wait, 0, 1000 days));
        expectSettled(START + 10 hours, 10 hours * PRICE);
        expectNothing();
    }

    function test_WhenALapsedLicenceIsBoughtAnew() external {
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 20 hours);
        vm.expectEmit(address(market));
        emit ISecondSettlement.LicenseSettled(offerId, productIdOf(offer), buyer, START + 10 hours, 10 hours * PRICE);
        buy(offer, 0, START + 30 hours);
        vm.assertEq(buyerUnits(buyer), 10 hours * PRICE);
        expectNothing();
        vm.warp(START + 21 hours);
        expectSettled(START + 21 hours, 1 hours * PRICE);
    }

    function test_WhenALapsedAndSettledLicenceIsBoughtAnew() external {
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 20 hours);
        market.settle(offer, buyer);
        uint256 units = buyerUnits(buyer);
        buy(offer, 0, START + 30 hours);
        vm.assertEq(buyerUnits(buyer), units);
    }

    function test_WhenALicenceIsRenewed() external {
        buy(offer, 0, START + 10 hours);
        vm.warp(START + 5 hours);
        buy(offer, 0, START + 20 hours);
        vm.assertEq(buyerUnits(buyer), 0);
        vm.warp(START + 30 hours);
        expectSettled(START + 20 hours, 20 hours * PRICE);
        vm.assertEq(buyerUnits(buyer), 20 hours * PRICE);
    }

    function expectSettled(uint256 until, uint256 amount) private {
        vm.expectEmit(address(market));
        emit ISecondSettlement.LicenseSettled(offerId, productIdOf(offer), buyer, until, amount);
        vm.prank(stranger);
        market.settle(offer, buyer);
    }

    function expectNothing() private {
        uint256 units = karma.unitsOf(buyer, IKarma.Role.Buyer);
        vm.recordLogs();
        market.settle(offer, buyer);
        vm.assertEq(vm.getRecordedLogs().length, 0);
        vm.assertEq(buyerUnits(buyer), units);
    }
}
