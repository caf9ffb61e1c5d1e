// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {Base} from "../Base.t.sol";

contract DescribeTest is Base {
    function test_WhenTheCallerIsNotTheSeller() external {
        list(offer);
        vm.expectRevert(abi.encodeWithSelector(IOffers.NotSeller.selector, stranger, seller));
        vm.prank(stranger);
        market.describe(offer, 0, DOCUMENT);
    }

    function test_WhenTheOfferIsNotOnSale(uint256 position) external {
        vm.assume(position != 0);
        (bytes32 offerId,) = list(offer);
        vm.startPrank(seller);
        vm.expectRevert(abi.encodeWithSelector(IOffers.OfferNotListed.selector, offerId, position));
        market.describe(offer, position, DOCUMENT);
        market.retire(offer, 0);
        vm.expectRevert(abi.encodeWithSelector(IOffers.OfferNotListed.selector, offerId, 0));
        market.describe(offer, 0, DOCUMENT);
    }

    function test_WhenTheOfferIsOnSale(bytes32 document) external {
        (bytes32 offerId,) = list(offer);
        vm.expectEmit(address(market));
        emit IOffers.OfferDescribed(offerId, productIdOf(offer), document);
        vm.record();
        vm.prank(seller);
        market.describe(offer, 0, document);
        (, bytes32[] memory writes) = vm.accesses(address(market));
        vm.assertEq(writes.length, 0);
    }
}
