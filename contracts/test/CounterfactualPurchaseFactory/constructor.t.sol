// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterfactualPurchase} from "../../src/interfaces/ICounterfactualPurchase.sol";
import {CounterfactualBase} from "./CounterfactualBase.t.sol";

contract CounterfactualConstructorTest is CounterfactualBase {
    function test_ItKeepsWhatItIsGiven() external view {
        vm.assertEq(factory.license(), address(market));
        vm.assertEq(factory.token(), address(token));
        ICounterfactualPurchase implementation = ICounterfactualPurchase(factory.implementation());
        vm.assertEq(implementation.factory(), address(factory));
        vm.assertEq(implementation.license(), address(market));
        vm.assertEq(implementation.token(), address(token));
        // The first contract that the factory created: whoever knows the factory knows all addresses.
        vm.assertEq(address(implementation), vm.computeCreateAddress(address(factory), 1));
    }
}
