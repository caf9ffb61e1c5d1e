// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {IDATAcoin} from "../IDATAcoin.sol";
import {DeliveryBooks} from "./DeliveryBooks.sol";
import {DeliveryEscrowHandler} from "./DeliveryEscrowHandler.sol";

/// @notice The facts E1 to E4 of README.md beside this file.
contract DeliveryEscrowInvariantsTest {
    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev As Forge reads it.
    struct FuzzSelector {
        address target;
        bytes4[] selectors;
    }

    DeliveryEscrowHandler private _handler;
    IDeliveryEscrow private _escrow;
    IDATAcoin private _token;
    address private _beneficiary;
    address private _treasury;

    function setUp() external {
        _handler = new DeliveryEscrowHandler();
        _handler.setUp();
        (address escrow, address token, address beneficiary, address treasury) = _handler.parts();
        (_escrow, _token, _beneficiary, _treasury) = (IDeliveryEscrow(escrow), IDATAcoin(token), beneficiary, treasury);
    }

    /// @dev Forge asks which functions of which contract to call.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0].target = address(_handler);
        bytes4[8] memory selectors = [
            _handler.buy.selector,
            _handler.buy.selector,
            _handler.end.selector,
            _handler.say.selector,
            _handler.release.selector,
            _handler.release.selector,
            _handler.close.selector,
            _handler.pass.selector
        ];
        targets[0].selectors = new bytes4[](selectors.length);
        for (uint256 i; i < selectors.length; ++i) {
            targets[0].selectors[i] = selectors[i];
        }
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_EscrowIsSolvent() public view {
        DeliveryBooks.Deposit[] memory deposits = _handler.deposits();
        checkE1_CoinsHeldAreDepositsNotClosedLessWhatWasReleased(deposits);
        checkE2_WhatWasPaidInIsPaidOutOnce(deposits);
        checkE3_CohortsAndDepositsAreAsTheBooksSay(deposits);
    }

    /// @dev E4, at the end of every walk: nothing stays locked.
    function afterInvariant() public {
        _handler.closeAll();
        vm.assertEq(_token.balanceOf(address(_escrow)), 0, "coins stay locked");
        invariant_EscrowIsSolvent();
    }

    /// @dev A walk that never released or closed anything would prove nothing.
    function test_TheHandlerReachesEveryAction() external {
        for (uint256 step; step < 640; ++step) {
            uint256 a = uint256(keccak256(abi.encode("first", step)));
            uint256 b = uint256(keccak256(abi.encode("second", step)));
            uint256 action = step % 8;
            if (action == 0) _handler.buy(a, b, a >> 8);
            if (action < 2 && a % 3 != 0) _handler.end(b, a >> 8);
            if (action == 2 || action == 3) _handler.say(a, b);
            if (action == 4 || action == 5) _handler.release(a, b);
            if (action == 6) _handler.close(a, b);
            if (action == 7) _handler.pass(a);
            if (step % 50 == 0) invariant_EscrowIsSolvent();
        }
        string[13] memory actions = [
            "buy",
            "end",
            "refund",
            "cutAgain",
            "say",
            "release",
            "releaseRefused",
            "earnedByOne",
            "earnedByMany",
            "close",
            "closeAlone",
            "closeRefused",
            "pass"
        ];
        for (uint256 i; i < actions.length; ++i) {
            vm.assertTrue(_handler.calls(actions[i]) != 0, actions[i]);
        }
        afterInvariant();
    }

    function checkE1_CoinsHeldAreDepositsNotClosedLessWhatWasReleased(DeliveryBooks.Deposit[] memory deposits)
        private
        view
    {
        uint256 held;
        for (uint256 i; i < deposits.length; ++i) {
            if (deposits[i].closed) continue;
            held += (deposits[i].bought - deposits[i].released - deposits[i].refunded) * priceOf(deposits[i]);
        }
        vm.assertEq(_token.balanceOf(address(_escrow)), held, "coins held");
    }

    function checkE2_WhatWasPaidInIsPaidOutOnce(DeliveryBooks.Deposit[] memory deposits) private view {
        uint256 earned;
        for (uint256 i; i < deposits.length; ++i) {
            vm.assertLe(deposits[i].released + deposits[i].refunded, deposits[i].bought, "more paid out than in");
            earned += deposits[i].released * priceOf(deposits[i]);
        }
        vm.assertEq(_token.balanceOf(_beneficiary) + _token.balanceOf(_treasury), earned, "paid to the seller");
        for (uint256 who; who < _handler.ACCOUNTS(); ++who) {
            uint256 refunded;
            for (uint256 i; i < deposits.length; ++i) {
                if (deposits[i].licensee != _handler.account(who)) continue;
                refunded += deposits[i].refunded * priceOf(deposits[i]);
            }
            vm.assertEq(_token.balanceOf(_handler.account(who)), refunded, "paid back");
        }
    }

    function checkE3_CohortsAndDepositsAreAsTheBooksSay(DeliveryBooks.Deposit[] memory deposits) private view {
        for (uint256 i; i < deposits.length; ++i) {
            if (deposits[i].closed) continue;
            bytes32 offerId = idOf(deposits[i]);
            (uint256 until,) = _escrow.depositOf(offerId, deposits[i].licensee, deposits[i].since);
            vm.assertEq(until, deposits[i].until, "end of a deposit");
            if (deposits[i].alone) continue;
            uint256 members;
            for (uint256 j; j < deposits.length; ++j) {
                if (
                    deposits[j].offer == deposits[i].offer && deposits[j].since == deposits[i].since
                        && deposits[j].until == deposits[i].until && !deposits[j].alone && !deposits[j].closed
                ) ++members;
            }
            (uint256 licenses, uint256 released, bool final_) =
                _escrow.cohortOf(offerId, deposits[i].since, deposits[i].until);
            vm.assertEq(licenses, members, "licences of a cohort");
            vm.assertEq(released, deposits[i].released, "released of a cohort");
            vm.assertEq(final_, deposits[i].final_, "final");
        }
    }

    function priceOf(DeliveryBooks.Deposit memory deposit) private view returns (uint256) {
        return _handler.offerAt(deposit.offer).pricePerSecond;
    }

    function idOf(DeliveryBooks.Deposit memory deposit) private view returns (bytes32) {
        IOffers.Offer memory offer = _handler.offerAt(deposit.offer);
        return keccak256(abi.encode(offer)) & ~bytes32(uint256(0xff));
    }
}
