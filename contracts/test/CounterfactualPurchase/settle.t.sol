// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterfactualPurchase} from "../../src/interfaces/ICounterfactualPurchase.sol";
import {ICounterfactualPurchaseFactory} from "../../src/interfaces/ICounterfactualPurchaseFactory.sol";
import {CounterfactualBase} from "../CounterfactualPurchaseFactory/CounterfactualBase.t.sol";

contract CounterfactualPurchaseTest is CounterfactualBase {
    function test_WhenTheCallerIsNotTheFactory(address caller) external {
        vm.assume(caller != address(factory));
        list(offer);
        ICounterfactualPurchaseFactory.Terms memory terms = termsOf(offer);
        address account = factory.addressOf(terms);
        pay(account, AMOUNT);
        factory.settle(terms, offer);
        pay(account, AMOUNT);
        terms.refundTo = caller;
        bytes memory reason = abi.encodeWithSelector(ICounterfactualPurchase.NotFactory.selector, caller);
        vm.expectRevert(reason);
        vm.prank(caller);
        ICounterfactualPurchase(account).settle(terms, offer);
        address implementation = factory.implementation();
        vm.expectRevert(reason);
        vm.prank(caller);
        ICounterfactualPurchase(implementation).settle(terms, offer);
    }
}
