// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {WishlistBase} from "./WishlistBase.t.sol";

contract WishlistAttackTest is WishlistBase {
    address private _thief = makeAccount("thief");

    function setUp() public override {
        super.setUp();
        fund(_thief);
        back(ann, 60e18);
        back(bob, 40e18);
        follow(bob, true);
    }

    function test_WhenSomebodyStakesAMajorityAndReleasesItToItself() external {
        buyMajority();
        vm.assertEq(token.balanceOf(_thief), FUNDS, "a majority costs nothing");
        vm.expectRevert(abi.encodeWithSelector(IWishlist.NotAsker.selector, _thief, asker));
        vm.prank(_thief);
        wishlist.proposeRest(wish, 1);
    }

    /// @dev Even where asker and thief are one.
    function test_WhenSomebodyStakesAMajorityAndReleasesItToItself_TogetherWithTheAsker() external {
        buyMajority();
        proposeRest(1);
        follow(bob, false);
        vm.warp(START + 3 days);
        wishlist.releaseRest(wish);
        vm.assertEq(token.balanceOf(_thief), FUNDS, "no more than it had");
        vm.warp(DEADLINE);
        refund(ann);
        refund(bob);
        vm.assertEq(token.balanceOf(ann), FUNDS, "who did not follow");
        vm.assertEq(token.balanceOf(bob), FUNDS, "who objected");
    }

    function test_WhenASmallCoinIsSentRound() external {
        answer(_thief, 1, _thief);
        for (uint256 i; i < 101; ++i) {
            back(_thief, 1e18);
            release(_thief, 1);
        }
        vm.assertEq(releasedTo(1), 101e18, "a majority");
        vm.assertEq(token.balanceOf(_thief), FUNDS, "of one coin");
        vm.expectRevert(abi.encodeWithSelector(IWishlist.NotAsker.selector, _thief, asker));
        vm.prank(_thief);
        wishlist.proposeRest(wish, 1);
        vm.assertEq(heldOf(wish), 100e18, "held");
    }

    function test_WhenSomebodyStakesLateToStopAProposal() external {
        answer();
        release(ann, 1);
        proposeRest(1);
        vm.warp(START + 3 days);
        back(_thief, FUNDS);
        wishlist.releaseRest(wish);
        vm.assertEq(token.balanceOf(beneficiary), 100e18, "paid all the same");
        vm.assertEq(wishlist.stakeOf(wish, _thief), FUNDS, "and not from the late stake");
    }

    function buyMajority() private {
        answer(_thief, 1, _thief);
        back(_thief, 101e18);
        release(_thief, 1);
    }
}
