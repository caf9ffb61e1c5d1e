// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {EscrowBase} from "./EscrowBase.t.sol";

contract DepositTest is EscrowBase {
    function test_WhenTheCallerIsNotTheLicenceContract(address caller) external {
        vm.assume(caller != address(this));
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.NotLicenseContract.selector, caller));
        vm.prank(caller);
        escrow.deposit(bytes32(uint256(256)), alice, SINCE, UNTIL);
    }

    function test_WhenTheDepositStartsInThePast(uint256 late) external {
        late = within(late, 1, 365 days);
        vm.warp(SINCE + late);
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.TimePast.selector, SINCE, SINCE + late));
        escrow.deposit(bytes32(uint256(256)), alice, SINCE, UNTIL);
        // At the very moment is in time.
        escrow.deposit(bytes32(uint256(256)), alice, SINCE + late, UNTIL + late);
    }

    function test_WhenItDoesNotStartLaterThanTheLatest() external {
        bytes32 offerId = idOf(byEvent());
        deposit(byEvent(), alice, SINCE + 2 hours, UNTIL);
        for (uint256 since = SINCE; since <= SINCE + 2 hours; since += 1 hours) {
            vm.expectRevert(
                abi.encodeWithSelector(IDeliveryEscrow.DepositNotLater.selector, offerId, alice, since, SINCE + 2 hours)
            );
            escrow.deposit(offerId, alice, since, UNTIL);
        }
        // Other licensees and other offers are not concerned.
        deposit(byEvent(), bob, SINCE, UNTIL);
        deposit(afterEvents(), alice, SINCE, UNTIL);
    }

    function test_When32DepositsHaveNotBegun() external {
        IOffers.Offer memory offer = byEvent();
        for (uint256 i; i < 32; ++i) {
            deposit(offer, alice, SINCE + i * 1 hours, SINCE + (i + 1) * 1 hours);
        }
        uint256 next = SINCE + 32 hours;
        expectTooMany(offer, next);
        vm.warp(SINCE);
        expectTooMany(offer, next);
        vm.warp(SINCE + 1);
        deposit(offer, alice, next, next + 1 hours);
        expectTooMany(offer, next + 1 hours);

        // Ending now walks over all 32 that have not begun: a small part of what a transaction may use.
        uint256 before = gasleft();
        uint256 refund = escrow.end(offer, alice, SINCE + 1 hours);
        vm.assertTrue(before - gasleft() < 1_000_000);
        vm.assertEq(refund, 32 hours * PRICE);
        checkReceived(alice, 32 hours);
        checkHeld(1 hours);
    }

    function test_ItCountsTheLicenceInItsCohortAndInNoOther() external {
        deposit(byEvent(), alice);
        deposit(byEvent(), bob);
        deposit(byEvent(), stranger, SINCE, UNTIL + 1 hours);
        deposit(afterEvents(), stranger);
        checkCohort(byEvent(), SINCE, UNTIL, 2, 0, false);
        checkCohort(byEvent(), SINCE, UNTIL + 1 hours, 1, 0, false);
        checkCohort(afterEvents(), SINCE, UNTIL, 1, 0, false);
        checkCohort(byEvent(), SINCE + 1 hours, UNTIL, 0, 0, false);
    }

    function test_ItPointsToTheDepositBeforeIt() external {
        deposit(byEvent(), alice);
        deposit(byEvent(), alice, UNTIL, UNTIL + 1 hours);
        deposit(byEvent(), alice, UNTIL + 7 hours, UNTIL + 9 hours);
        checkDeposit(byEvent(), alice, SINCE, UNTIL, 0);
        checkDeposit(byEvent(), alice, UNTIL, UNTIL + 1 hours, SINCE);
        checkDeposit(byEvent(), alice, UNTIL + 7 hours, UNTIL + 9 hours, UNTIL);
        checkDeposit(byEvent(), bob, SINCE, 0, 0);
    }

    /// @dev Bought, cancelled and bought again before the first boundary; also at it, in one second.
    function test_ItOpensCleanlyWhereADepositFlowedBack(uint256 when, bool locked) external {
        IOffers.Offer memory offer = locked ? afterEvents() : byEvent();
        vm.warp(within(when, START + 600, SINCE));
        deposit(offer, alice);
        deposit(offer, bob);
        vm.assertEq(escrow.end(offer, alice, SINCE), 4 hours * PRICE);
        checkDeposit(offer, alice, SINCE, 0, 0);
        deposit(offer, alice);
        checkDeposit(offer, alice, SINCE, UNTIL, 0);
        checkCohort(offer, SINCE, UNTIL, 2, 0, false);
        vm.assertEq(escrow.end(offer, alice, SINCE), 4 hours * PRICE);
        deposit(offer, alice, SINCE, UNTIL + 1 hours);
        checkCohort(offer, SINCE, UNTIL, 1, 0, false);
        checkCohort(offer, SINCE, UNTIL + 1 hours, 1, 0, false);
        checkHeld(9 hours);
    }

    function expectTooMany(IOffers.Offer memory offer, uint256 since) private {
        vm.expectRevert(abi.encodeWithSelector(IDeliveryEscrow.DepositsTooMany.selector, idOf(offer), alice));
        escrow.deposit(idOf(offer), alice, since, since + 1 hours);
    }
}
