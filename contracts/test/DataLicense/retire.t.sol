// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

contract RetireTest is Base {
    function test_WhenTheOfferIsNotOnSale() external {
        bytes32 offerId = market.offerIdOf(offer);
        vm.startPrank(seller);
        expectNotListed(offerId, 0);
        market.retire(offer, 0);
        market.list(offer, DOCUMENT);
        expectNotListed(offerId, 1);
        market.retire(offer, 1);
        market.retire(offer, 0);
        expectNotListed(offerId, 0);
        market.retire(offer, 0);
    }

    function test_WhenTheSellerHoldsGrantOnEveryStream(address caller) external {
        vm.assume(caller != seller);
        list(offer);
        vm.expectRevert(abi.encodeWithSelector(IOffers.NotSeller.selector, caller, seller));
        vm.prank(caller);
        market.retire(offer, 0);
    }

    function test_StarvingTheCallOfGasRetiresNothing(uint256 gas_) external {
        list(offer);
        gas_ = within(gas_, 1000, 60_000);
        vm.prank(stranger);
        (bool success,) = address(market).call{gas: gas_}(abi.encodeCall(IOffers.retire, (offer, 0)));
        vm.assertFalse(success);
        (, bool listed) = market.offerAt(address(stream), 0);
        vm.assertTrue(listed);
    }

    function test_WhenAStreamDoesNotAnswer() external {
        list(offer);
        vm.etch(address(stream), hex"fe");
        vm.expectRevert(abi.encodeWithSelector(IOffers.NotSeller.selector, stranger, seller));
        vm.prank(stranger);
        market.retire(offer, 0);
    }

    function test_WhenTheSellerLostGrant() external {
        address[] memory streams = createStreams(3);
        vm.prank(seller);
        IStream(streams[1]).transferOwnership(stranger);
        vm.prank(seller);
        IStream(streams[1]).setPermission(seller, IStream.Permission.Grant, uint40(START + 100));
        vm.prank(stranger);
        IStream(streams[1]).acceptOwnership();
        list(offerFor(streams));

        vm.warp(START + 100);
        retireAndExpect(stranger, streams);
    }

    function test_WhenAStreamWasDeleted() external {
        address[] memory streams = createStreams(2);
        list(offerFor(streams));
        vm.prank(seller);
        IStream(streams[1]).deleteStream();
        retireAndExpect(stranger, streams);
    }

    function test_WhenTheCallerIsTheSeller() external {
        address[] memory streams = createStreams(3);
        (bytes32 otherId,) = list(offerFor(streams[2]));
        list(offerFor(streams));
        vm.prank(seller);
        market.retire(offerFor(streams), 0);
        (bytes32 found, bool listed) = market.offerAt(streams[2], 0);
        vm.assertEq(found, otherId);
        vm.assertTrue(listed);
        (found, listed) = market.offerAt(streams[2], 1);
        vm.assertEq(found, market.offerIdOf(offerFor(streams)));
        vm.assertFalse(listed);
    }

    function test_TheSellerRetiresEvenWithoutGrant() external {
        list(offer);
        vm.startPrank(seller);
        stream.deleteStream();
        market.retire(offer, 0);
    }

    function test_ItKeepsRunningLicencesAndEndsRenewals() external {
        (bytes32 offerId,) = list(offer);
        buy(offer, 0, START + 2 hours);
        vm.prank(seller);
        market.retire(offer, 0);
        vm.assertTrue(market.canRead(address(stream), buyer));
        expectNotListed(offerId, 0);
        buy(offer, 0, START + 4 hours);
        vm.warp(START + 2 hours);
        vm.assertFalse(market.canRead(address(stream), buyer));
    }

    function retireAndExpect(address caller, address[] memory streams) private {
        IOffers.Offer memory listed = offerFor(streams);
        bytes32 offerId = market.offerIdOf(listed);
        vm.expectEmit(address(market));
        emit IOffers.OfferRetired(offerId, productIdOf(listed));
        vm.prank(caller);
        market.retire(listed, 0);
        for (uint256 i; i < streams.length; ++i) {
            (bytes32 found, bool onSale) = market.offerAt(streams[i], 0);
            vm.assertEq(found, offerId);
            vm.assertFalse(onSale);
        }
    }

    function expectNotListed(bytes32 offerId, uint256 position) private {
        vm.expectRevert(abi.encodeWithSelector(IOffers.OfferNotListed.selector, offerId, position));
    }
}
