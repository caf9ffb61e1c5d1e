// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {Settlements} from "./Settlements.t.sol";

contract ReplaceKeyTest is Settlements {
    bytes32 private constant KEY = keccak256("another key");
    bytes32 private offerId;

    function setUp() public override {
        super.setUp();
        (offerId,) = list(offer);
        buy(offer, 0, START + 10 hours);
    }

    function test_WhenTheKeyIsZero() external {
        vm.expectRevert(abi.encodeWithSelector(ILicenses.PublicKeyZero.selector));
        vm.prank(buyer);
        market.replaceKey(offerId, 0);
    }

    function test_WhenTheCallerHasNoRunningLicence(address caller, uint256 wait) external {
        vm.assume(caller != buyer);
        expectNotRunning(offerId, caller);
        expectNotRunning(keccak256("another offer"), buyer);
        vm.warp(START + 10 hours + within(wait, 0, 1000 days));
        expectNotRunning(offerId, buyer);
    }

    function test_WhenTheLicenceWasRevoked() external {
        revoke(offer, buyer);
        expectNotRunning(offerId, buyer);
    }

    function test_WhenTheLicenceRuns(bytes32 key, uint256 time) external {
        vm.assume(key != 0);
        vm.warp(within(time, START, START + 10 hours - 1));
        vm.record();
        vm.expectEmit(address(market));
        emit ILicenses.KeyReplaced(offerId, buyer, key);
        vm.prank(buyer);
        market.replaceKey(offerId, key);
        (, bytes32[] memory writes) = vm.accesses(address(market));
        vm.assertEq(writes.length, 0);
    }

    function expectNotRunning(bytes32 named, address caller) private {
        vm.expectRevert(abi.encodeWithSelector(ILicenses.LicenseNotRunning.selector, named, caller));
        vm.prank(caller);
        market.replaceKey(named, KEY);
    }
}
