// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../../src/interfaces/IOffers.sol";
import {ISecondSettlement} from "../../src/interfaces/ISecondSettlement.sol";
import {IMulticall} from "./IMulticall.sol";
import {Settlements} from "./Settlements.t.sol";

contract MulticallTest is Settlements {
    function test_ItReplacesAnOffer() external {
        (, uint256 position) = list(offer);
        IOffers.Offer memory dearer = offerFor(address(stream));
        dearer.pricePerSecond *= 2;
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IOffers.retire, (offer, position));
        calls[1] = abi.encodeCall(IOffers.list, (dearer, DOCUMENT));
        vm.prank(seller);
        bytes[] memory answers = IMulticall(address(market)).multicall(calls);
        (bytes32 offerId, uint256 next) = abi.decode(answers[1], (bytes32, uint256));
        vm.assertEq(offerId, referenceOfferId(dearer));
        (, bool listed) = market.offerAt(address(stream), position);
        vm.assertFalse(listed);
        (, listed) = market.offerAt(address(stream), next);
        vm.assertTrue(listed);
    }

    function test_ItWithdrawsForManyOffers() external {
        bytes[] memory calls = new bytes[](3);
        for (uint96 i; i < 3; ++i) {
            offer = bySecond();
            offer.productNumber = i;
            (, uint256 position) = list(offer);
            buy(offer, position, START + 2 hours);
            calls[i] = abi.encodeCall(ISecondSettlement.withdraw, (offer, endsOf(START + 2 hours)));
        }
        vm.warp(START + 2 hours);
        uint256 before = received();
        IMulticall(address(market)).multicall(calls);
        vm.assertEq(received() - before, 6 hours * PRICE);
        vm.assertEq(held(), 0);
    }

    function test_ItActsAsTheCaller() external {
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(IOffers.list, (offer, DOCUMENT));
        vm.expectRevert(abi.encodeWithSelector(IOffers.NotSeller.selector, stranger, seller));
        vm.prank(stranger);
        IMulticall(address(market)).multicall(calls);
    }

    function test_WhenOneOfTheCallsReverts() external {
        (bytes32 offerId, uint256 position) = list(offer);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IOffers.retire, (offer, position));
        calls[1] = abi.encodeCall(IOffers.list, (offer, DOCUMENT));
        vm.expectRevert(abi.encodeWithSelector(IOffers.OfferAlreadyListed.selector, offerId));
        vm.prank(seller);
        IMulticall(address(market)).multicall(calls);
        (, bool listed) = market.offerAt(address(stream), position);
        vm.assertTrue(listed);
    }
}
