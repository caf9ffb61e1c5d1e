// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

/// @notice Faults known from other systems, each with the kind of system that it was seen in.
contract AccessFaultsTest is Base {
    /// @dev Fault: a purchase writes a permission without an end, and somebody is supposed to take it away after expiry.
    /// Nobody pays for that transaction, so access is for ever. Seen in data marketplaces that watch purchases with a
    /// program of their own, and in registries whose permissions know no time.
    function test_WhenNobodyTakesTheAccessAwayThatAPurchaseGave(uint256 hours_, uint256 later) external {
        list(offer);
        uint256 until = START + within(hours_, 1, 1000) * 1 hours;
        buy(offer, 0, until);
        vm.warp(until - 1);
        vm.assertTrue(market.canRead(address(stream), buyer), "the last second");
        vm.warp(until);
        vm.assertFalse(market.canRead(address(stream), buyer), "the end");
        vm.warp(until + later % 1e9);
        vm.assertFalse(market.canRead(address(stream), buyer), "ever after");
        vm.assertEq(stream.permissionUntil(buyer, IStream.Permission.Read), 0, "the stream was never written to");
    }

    /// @dev Fault: to prolong a buyer's access, a purchase reads what the buyer may do now, public permissions included,
    /// and writes it down as the buyer's own. When the owner makes the stream private again, former buyers keep what
    /// everyone had, and may even publish. Seen in stream registries with public permissions.
    function test_WhenEveryoneMayDoSomethingWithTheStream() external {
        list(offer);
        for (uint256 i; i < 5; ++i) {
            give(EVERYONE, IStream.Permission(i), NEVER);
        }
        buy(offer, 0, START + 1 hours);
        for (uint256 i; i < 5; ++i) {
            give(EVERYONE, IStream.Permission(i), 0);
            vm.assertEq(stream.permissionUntil(buyer, IStream.Permission(i)), 0, "no permission of its own");
            vm.assertFalse(stream.hasPermission(buyer, IStream.Permission(i)), "none any more");
        }
        vm.assertTrue(market.canRead(address(stream), buyer), "reads by the licence");
        vm.warp(START + 1 hours);
        vm.assertFalse(market.canRead(address(stream), buyer), "and no longer");
    }

    /// @dev Fault: buying for somebody else sets the end anew, so that a gift of an hour cuts a year short; or a refund of
    /// it goes to the giver, who takes the licence away again. Seen in subscription and membership contracts.
    function test_WhenSomebodyBuysForAnotherAccount() external {
        (bytes32 offerId,) = list(offer);
        vm.prank(treasury);
        token.transfer(stranger, 100e18);
        vm.prank(stranger);
        token.approve(address(market), type(uint256).max);

        buy(offer, 0, START + 100 hours);
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ILicenses.PeriodTooShort.selector, 0, 1 hours));
        market.buyFor(buyer, offer, purchaseOf(0, START + 1 hours));
        market.buyFor(buyer, offer, purchaseOf(0, START + 101 hours));
        vm.expectRevert(abi.encodeWithSelector(ILicenses.LicenseNotRunning.selector, offerId, stranger));
        market.replaceKey(offerId, keccak256("another key"));
        vm.stopPrank();

        (uint256 from, uint256 until,) = market.licenseOf(offerId, buyer);
        vm.assertEq(from, START, "start");
        vm.assertEq(until, START + 101 hours, "an hour more");
        vm.assertFalse(market.canRead(address(stream), stranger));
    }
}
