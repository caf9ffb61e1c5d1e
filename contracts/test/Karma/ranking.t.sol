// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {KarmaBase} from "./KarmaBase.t.sol";

contract KarmaRankingTest is KarmaBase {
    IKarma.Role private constant SELLER = IKarma.Role.Seller;

    /// @dev Two accounts earn several times each, at any times; from then on they are only looked at.
    function test_OfTwoAccountsThatDoNothingMore(
        uint96[6] calldata points,
        uint64[6] calldata waits,
        uint256 first,
        uint256 second
    ) external {
        uint256 time = START;
        for (uint256 i; i < points.length; ++i) {
            time += waits[i] % (10 * HALF_LIFE);
            vm.warp(time);
            karma.earn(i % 2 == 0 ? seller : buyer, SELLER, points[i], time);
        }
        uint256 sellerUnits = karma.unitsOf(seller, SELLER);
        uint256 buyerUnits = karma.unitsOf(buyer, SELLER);
        uint256[3] memory looks = [time, time + first % (60 * HALF_LIFE), time + second % (60 * HALF_LIFE)];
        for (uint256 i; i < looks.length; ++i) {
            vm.warp(looks[i]);
            vm.assertEq(karma.unitsOf(seller, SELLER), sellerUnits, "units never change");
            vm.assertEq(karma.unitsOf(buyer, SELLER), buyerUnits, "units never change");
            uint256 sellerPoints = karma.pointsOf(seller, SELLER);
            uint256 buyerPoints = karma.pointsOf(buyer, SELLER);
            if (sellerUnits >= buyerUnits) vm.assertTrue(sellerPoints >= buyerPoints, "order in points");
            if (sellerUnits <= buyerUnits) vm.assertTrue(sellerPoints <= buyerPoints, "order in points");
        }
    }

    function test_OfOnePaymentMadeLaterThanAnotherOfTheSameAmount(uint256 points, uint256 earlier, uint256 later)
        external
    {
        points = within(points, 1, type(uint256).max);
        earlier = START + earlier % (100 * HALF_LIFE);
        later = earlier + later % (100 * HALF_LIFE);
        vm.warp(earlier);
        karma.earn(seller, SELLER, points, earlier);
        vm.warp(later);
        karma.earn(buyer, SELLER, points, later);
        vm.assertTrue(karma.unitsOf(buyer, SELLER) >= karma.unitsOf(seller, SELLER));
    }
}
