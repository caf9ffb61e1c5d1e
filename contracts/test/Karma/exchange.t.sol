// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {KarmaBase} from "./KarmaBase.t.sol";

/// @notice A source that weighs its own calls, as a contract that settles payments sees them.
contract Payments {
    function exchange(IKarma karma, address seller, address buyer, uint256 points) external returns (uint256 gas) {
        gas = gasleft();
        karma.exchange(seller, buyer, points);
        gas -= gasleft();
    }
}

contract KarmaExchangeTest is KarmaBase {
    function test_WhenTheCallerIsNoSource(address caller) external {
        vm.assume(caller != address(this) && caller != secondSource);
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IKarma.NotSource.selector, caller));
        karma.exchange(seller, buyer, 1e18);
    }

    function test_WhenNothingWasPaid() external {
        karma.exchange(seller, buyer, 5e18);
        vm.recordLogs();
        karma.exchange(seller, buyer, 0);
        vm.assertEq(vm.getRecordedLogs().length, 0, "logs");
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Seller), 5e18, "seller");
        vm.assertEq(karma.pointsOf(buyer, IKarma.Role.Buyer), 5e18, "buyer");
    }

    function test_WhenSomethingWasPaid(uint256 points, uint256 age, bool second) external {
        points = within(points, 1e18, SUPPLY);
        vm.warp(START + age % (100 * HALF_LIFE));
        address source = second ? secondSource : address(this);
        vm.prank(source);
        vm.recordLogs();
        karma.exchange(seller, buyer, points);
        Cheatcodes.Log[] memory logs = vm.getRecordedLogs();

        uint256 units = karma.unitsOf(seller, IKarma.Role.Seller);
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Seller), points, "seller");
        vm.assertEq(karma.pointsOf(buyer, IKarma.Role.Buyer), points, "buyer");
        vm.assertEq(karma.unitsOf(buyer, IKarma.Role.Buyer), units, "both alike");
        vm.assertEq(karma.unitsOf(seller, IKarma.Role.Buyer), 0, "seller as a buyer");
        vm.assertEq(karma.unitsOf(seller, IKarma.Role.Broker), 0, "seller as a broker");
        vm.assertEq(karma.unitsOf(buyer, IKarma.Role.Seller), 0, "buyer as a seller");
        vm.assertEq(karma.unitsOf(buyer, IKarma.Role.Broker), 0, "buyer as a broker");

        vm.assertEq(logs.length, 2, "logs");
        assertEarned(logs[0], seller, IKarma.Role.Seller, points, units);
        assertEarned(logs[1], buyer, IKarma.Role.Buyer, points, units);
    }

    function test_WhenTheSellerBuysFromItself() external {
        karma.exchange(seller, seller, 3e18);
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Seller), 3e18, "as a seller");
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Buyer), 3e18, "as a buyer");
    }

    function test_WhenItIsCalledAgainAndAgain(uint64[8] calldata points) external {
        uint256 sum;
        for (uint256 i; i < points.length; ++i) {
            karma.exchange(seller, buyer, points[i]);
            sum += points[i];
        }
        vm.assertEq(karma.pointsOf(seller, IKarma.Role.Seller), sum < 1e18 ? 0 : sum, "seller");
        vm.assertEq(karma.pointsOf(buyer, IKarma.Role.Buyer), sum < 1e18 ? 0 : sum, "buyer");
    }

    /// @dev Every call a transaction of its own, so that all slots and addresses are cold.
    /// forge-config: default.isolate = true
    function test_InSteadyState() external {
        Payments payments = new Payments();
        address[] memory sources = new address[](2);
        sources[0] = secondSource;
        sources[1] = address(payments);
        karma = deployKarma(HALF_LIFE, sources);
        vm.warp(START + 1000 days);
        uint256 first = payments.exchange(karma, seller, buyer, 1e18);
        vm.snapshotValue("Karma", "exchange, first of both, seen by the caller", first);
        vm.warp(START + 1234 days);
        uint256 steady = payments.exchange(karma, seller, buyer, 7e18);
        vm.snapshotValue("Karma", "exchange, steady state, seen by the caller", steady);
        vm.assertLe(steady, 20_000, "gas");
        vm.assertGt(steady, 15_000);
    }

    function assertEarned(Cheatcodes.Log memory log, address account, IKarma.Role role, uint256 points, uint256 units)
        private
        view
    {
        vm.assertEq(log.emitter, address(karma));
        vm.assertEq(log.topics[0], IKarma.KarmaEarned.selector, "event");
        vm.assertEq(log.topics[1], bytes32(uint256(uint160(account))), "account");
        vm.assertEq(log.topics[2], bytes32(uint256(role)), "role");
        vm.assertEq(keccak256(log.data), keccak256(abi.encode(points, units)), "points and units");
    }
}
