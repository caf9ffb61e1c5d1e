// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterfactualPurchaseFactory} from "../../src/interfaces/ICounterfactualPurchaseFactory.sol";
import {CounterfactualBase} from "./CounterfactualBase.t.sol";

contract AddressOfTest is CounterfactualBase {
    /// @dev Written out, as a payer would compute it without asking anybody.
    function test_ItIsTheAddressOfTheClone(ICounterfactualPurchaseFactory.Terms memory terms) external view {
        vm.assume(terms.refundTo != address(0));
        bytes memory creation = abi.encodePacked(
            hex"3d602d80600a3d3981f3363d3d373d3d3d363d73", factory.implementation(), hex"5af43d82803e903d91602b57fd5bf3"
        );
        bytes32 hash =
            keccak256(abi.encodePacked(hex"ff", address(factory), keccak256(abi.encode(terms)), keccak256(creation)));
        vm.assertEq(factory.addressOf(terms), address(uint160(uint256(hash))));
    }

    function test_WhenItWasSettled() external {
        list(offer);
        ICounterfactualPurchaseFactory.Terms memory terms = termsOf(offer);
        address account = factory.addressOf(terms);
        vm.assertEq(account.code.length, 0);
        pay(account, AMOUNT);
        factory.settle(terms, offer);
        vm.assertTrue(account.code.length != 0);
        vm.assertEq(factory.addressOf(terms), account);
    }

    function test_WhenAnythingIsAnother(uint8 part, uint256 change) external view {
        ICounterfactualPurchaseFactory.Terms memory terms = termsOf(offer);
        address account = factory.addressOf(terms);
        change = within(change, 1, type(uint128).max);
        part = part % 8;
        if (part == 0) terms.offerId = bytes32(uint256(terms.offerId) ^ change);
        if (part == 1) terms.licensee = address(uint160(terms.licensee) ^ uint160(change));
        if (part == 2) terms.purchase.position ^= change;
        if (part == 3) terms.purchase.until ^= change;
        if (part == 4) terms.purchase.publicKey = bytes32(uint256(terms.purchase.publicKey) ^ change);
        if (part == 5) terms.purchase.attestation = bytes32(uint256(terms.purchase.attestation) ^ change);
        if (part == 6) terms.amount ^= change;
        if (part == 7) terms.refundTo = address(uint160(terms.refundTo) ^ uint160(change));
        vm.assertNotEq(factory.addressOf(terms), account);
    }

    function test_WhenNothingCouldFlowBack() external {
        ICounterfactualPurchaseFactory.Terms memory terms = termsOf(offer);
        terms.refundTo = address(0);
        vm.expectRevert(abi.encodeWithSelector(ICounterfactualPurchaseFactory.RefundReceiverZero.selector));
        factory.addressOf(terms);
    }
}
