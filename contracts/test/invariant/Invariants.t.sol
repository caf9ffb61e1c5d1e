// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";
import {Handler} from "./Handler.sol";

/// @notice The facts of README.md beside this file, by number.
contract InvariantsTest is Base {
    uint256 private constant FUNDS = 100_000_000e18;
    Handler private _handler;

    function feeBasisPoints() internal pure override returns (uint16) {
        return 0;
    }

    function setUp() public override {
        super.setUp();
        _handler = new Handler(token, registry, market, treasury);
    }

    /// @dev Forge asks which contracts to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @dev One walk for all of them: what costs time is the walk.
    function invariant_WhatAlwaysHolds() public view {
        check1_TheMarketHoldsNoCoin();
        check2_WhatWasPaidIsWhatWasEarned();
        check3_NobodyReadsWithoutARight();
        check4_ALicenceIsWhatWasPaidFor();
        check5_AnOfferNeverChanges();
        check6_AListHasNoGapsAndNoDoubles();
    }

    /// @dev A walk that never bought or retired anything would prove nothing.
    function test_TheHandlerReachesEveryAction() external {
        for (uint256 step; step < 400; ++step) {
            uint256 a = uint256(keccak256(abi.encode("first", step)));
            uint256 b = uint256(keccak256(abi.encode("second", step)));
            uint256 action = step % 7;
            if (action == 0) _handler.createStream(a);
            if (action == 1) _handler.setPermission(a, b, uint8(a >> 8), uint40(b >> 8));
            if (action == 2) _handler.deleteStream(a, b >> 2);
            if (action == 3) _handler.list(a, uint96(b), uint96(a), uint40(b), a >> 16);
            if (action == 4) _handler.retire(a, b >> 1);
            if (action == 5) _handler.buy(a, b, a >> 8, b >> 8);
            if (action == 6) _handler.pass(a);
        }
        string[8] memory actions =
            ["createStream", "setPermission", "deleteStream", "list", "retire", "buy", "refused", "pass"];
        for (uint256 i; i < actions.length; ++i) {
            vm.assertTrue(_handler.calls(actions[i]) != 0, actions[i]);
        }
        vm.assertTrue(_handler.paid() != 0);
        invariant_WhatAlwaysHolds();
    }

    function check1_TheMarketHoldsNoCoin() private view {
        vm.assertEq(token.balanceOf(address(market)), 0);
    }

    function check2_WhatWasPaidIsWhatWasEarned() private view {
        uint256 income;
        uint256 spent;
        for (uint256 i; i < _handler.accountCount(); ++i) {
            address account = _handler.accounts(i);
            income += _handler.income(account);
            spent += _handler.spent(account);
            vm.assertEq(token.balanceOf(account), FUNDS + _handler.income(account) - _handler.spent(account));
        }
        vm.assertEq(income, _handler.paid());
        vm.assertEq(spent, _handler.paid());
        vm.assertEq(token.totalSupply(), 1_000_000_000e18);
    }

    function check3_NobodyReadsWithoutARight() private view {
        for (uint256 s; s < _handler.streamCount(); ++s) {
            IStream named = _handler.streams(s);
            for (uint256 a; a < _handler.accountCount(); ++a) {
                address account = _handler.accounts(a);
                bool right = named.hasPermission(account, IStream.Permission.Read) || hasLicense(named, account);
                vm.assertEq(market.canRead(address(named), account), right, "canRead differs from the books");
            }
            bool public_ = named.hasPermission(EVERYONE, IStream.Permission.Read);
            vm.assertEq(market.canRead(address(named), stranger), public_, "a stranger reads");
        }
    }

    function check4_ALicenceIsWhatWasPaidFor() private view {
        for (uint256 o; o < _handler.offerCount(); ++o) {
            bytes32 offerId = _handler.offerIds(o);
            for (uint256 a; a < _handler.accountCount(); ++a) {
                address account = _handler.accounts(a);
                (uint256 from, uint256 until,) = market.licenseOf(offerId, account);
                (uint256 bookedFrom, uint256 bookedUntil) = _handler.books(offerId, account);
                vm.assertEq(from, bookedFrom, "start differs from the books");
                vm.assertEq(until, bookedUntil, "end differs from the books");
                vm.assertEq(until % _handler.offerAt(o).boundary, 0);
                vm.assertLe(until, block.timestamp + 5 * 365 days, "a licence ends too late");
            }
        }
    }

    /// @dev The books are only appended to, so equality with them means that nothing listed was ever altered.
    function check5_AnOfferNeverChanges() private view {
        for (uint256 s; s < _handler.streamCount(); ++s) {
            address named = address(_handler.streams(s));
            bytes32[] memory listed = _handler.listOf(named);
            for (uint256 position; position < listed.length; ++position) {
                (bytes32 offerId, bool onSale) = market.offerAt(named, position);
                vm.assertEq(offerId, listed[position], "an offer changed");
                vm.assertEq(onSale, !_handler.retired(offerId), "on sale differs from the books");
            }
        }
        for (uint256 o; o < _handler.offerCount(); ++o) {
            vm.assertEq(_handler.offerIds(o), referenceOfferId(_handler.offerAt(o)), "an id is not the hash");
        }
    }

    function check6_AListHasNoGapsAndNoDoubles() private view {
        for (uint256 s; s < _handler.streamCount(); ++s) {
            address named = address(_handler.streams(s));
            bytes32[] memory listed = _handler.listOf(named);
            (bytes32 behind,) = market.offerAt(named, listed.length);
            vm.assertEq(behind, 0, "the list is longer than the books");
            for (uint256 position = 1; position < listed.length; ++position) {
                for (uint256 earlier; earlier < position; ++earlier) {
                    vm.assertNotEq(listed[earlier], listed[position]);
                }
            }
        }
    }

    function hasLicense(IStream named, address account) private view returns (bool) {
        for (uint256 o; o < _handler.offerCount(); ++o) {
            (, uint256 until) = _handler.books(_handler.offerIds(o), account);
            if (block.timestamp >= until) continue;
            address[] memory opened = _handler.offerAt(o).streams;
            for (uint256 i; i < opened.length; ++i) {
                if (opened[i] == address(named)) return true;
            }
        }
        return false;
    }
}
