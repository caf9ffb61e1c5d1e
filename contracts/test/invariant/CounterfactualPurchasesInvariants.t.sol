// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterfactualPurchaseFactory} from "../../src/interfaces/ICounterfactualPurchaseFactory.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {IDATAcoin} from "../IDATAcoin.sol";
import {CounterfactualPurchasesHandler} from "./CounterfactualPurchasesHandler.sol";

/// @notice The facts P1 to P4 of README.md beside this file.
contract CounterfactualPurchasesInvariantsTest {
    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev As Forge reads it.
    struct FuzzSelector {
        address target;
        bytes4[] selectors;
    }

    CounterfactualPurchasesHandler private _handler;
    ICounterfactualPurchaseFactory private _factory;
    IDATAcoin private _token;
    address private _market;
    address private _buyer;
    address private _refundTo;

    function setUp() external {
        _handler = new CounterfactualPurchasesHandler();
        _handler.setUp();
        (address factory, address token, address market, address buyer, address refundTo) = _handler.parts();
        (_factory, _token, _market) = (ICounterfactualPurchaseFactory(factory), IDATAcoin(token), market);
        (_buyer, _refundTo) = (buyer, refundTo);
    }

    /// @dev Forge asks which functions of which contract to call.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0].target = address(_handler);
        bytes4[9] memory selectors = [
            _handler.pay.selector,
            _handler.submitAlone.selector,
            _handler.settle.selector,
            _handler.settle.selector,
            _handler.settleWithAuthorization.selector,
            _handler.settleWithAuthorization.selector,
            _handler.buyElsewhere.selector,
            _handler.interfere.selector,
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

    function invariant_PaymentsBuyOrFlowBack() public view {
        CounterfactualPurchasesHandler.Entry[] memory entries = _handler.entries();
        uint256 refunded;
        for (uint256 i; i < entries.length; ++i) {
            CounterfactualPurchasesHandler.Entry memory entry = entries[i];
            vm.assertEq(
                _token.balanceOf(entry.account), entry.paidIn - entry.bought - entry.refunded, "P1: coins at an address"
            );
            vm.assertEq(_token.allowance(entry.account, _market), 0, "P3: an allowance stays");
            refunded += entry.refunded;
        }
        vm.assertEq(_token.balanceOf(_refundTo), refunded, "P2: flowed back");
        uint256 spent = _handler.buyerStart() - _token.balanceOf(_buyer);
        vm.assertEq(spent, _handler.paidIn() + _handler.paidElsewhere(), "P2: what the payer paid");
        vm.assertEq(_token.balanceOf(address(_factory)), 0, "P3: coins in the factory");
        vm.assertEq(_token.balanceOf(_factory.implementation()), 0, "P3: coins in the implementation");
    }

    /// @dev P4, at the end of every walk.
    function afterInvariant() public {
        _handler.settleAll();
        CounterfactualPurchasesHandler.Entry[] memory entries = _handler.entries();
        for (uint256 i; i < entries.length; ++i) {
            vm.assertEq(_token.balanceOf(entries[i].account), 0, "P4: coins stay");
        }
        invariant_PaymentsBuyOrFlowBack();
    }

    /// @dev A walk that never bought or refunded anything would prove nothing.
    function test_TheHandlerReachesEveryAction() external {
        for (uint256 step; step < 900; ++step) {
            uint256 a = uint256(keccak256(abi.encode("first", step)));
            uint256 b = uint256(keccak256(abi.encode("second", step)));
            uint256 action = step % 9;
            if (action == 0) _handler.pay(a, b, a >> 32);
            if (action == 1) _handler.submitAlone(a, b, a >> 32);
            if (action == 2 || action == 3) _handler.settle(a, address(uint160(b)));
            if (action == 4 || action == 5) _handler.settleWithAuthorization(a, b, a >> 32);
            if (action == 6) _handler.buyElsewhere(a, b);
            if (action == 7 && step > 300) _handler.interfere(a, b);
            if (action == 8) _handler.pass(a);
            if (step % 50 == 0) invariant_PaymentsBuyOrFlowBack();
        }
        string[10] memory actions = [
            "pay",
            "submit",
            "bought",
            "refunded",
            "settleRefused",
            "boughtWithAuthorization",
            "authorizationRefused",
            "buyElsewhere",
            "revoke",
            "pass"
        ];
        for (uint256 i; i < actions.length; ++i) {
            vm.assertTrue(_handler.calls(actions[i]) != 0, actions[i]);
        }
        afterInvariant();
    }
}
