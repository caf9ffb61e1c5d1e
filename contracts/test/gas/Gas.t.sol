// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";

/// @notice Writes what each action costs to contracts/snapshots, as transactions of their own: what a receipt would say
/// where every slot is cold, with warm balances and the largest allowance. A change of the code shows there as a diff.
contract GasTest is Base {
    uint256 private constant UNTIL = START + 24 hours;

    function feeBasisPoints() internal pure override returns (uint16) {
        return 0;
    }

    function setUp() public override {
        super.setUp();
        vm.prank(treasury);
        token.transfer(beneficiary, 1e18);
    }

    /// forge-config: default.isolate = true
    function test_CreateStream() external {
        vm.prank(seller);
        registry.createStream("temperature", "", 60, 1);
        vm.snapshotGasLastCall("StreamRegistry", "createStream, name of 11 bytes");
        string memory description = bytesOf(1024);
        vm.prank(seller);
        registry.createStream("temperature", description, 60, 1);
        vm.snapshotGasLastCall("StreamRegistry", "createStream, name of 11 bytes, description of 1,024");
    }

    /// forge-config: default.isolate = true
    function test_SetPermission() external {
        vm.startPrank(seller);
        stream.setPermission(stranger, IStream.Permission.Read, NEVER);
        vm.snapshotGasLastCall("Stream", "setPermission, first of an account");
        stream.setPermission(stranger, IStream.Permission.Write, NEVER);
        vm.snapshotGasLastCall("Stream", "setPermission, another of it");
        stream.setPermission(EVERYONE, IStream.Permission.Read, NEVER);
        vm.snapshotGasLastCall("Stream", "setPermission, first of everyone");
        stream.registerPublicKey(PUBLIC_KEY);
        vm.snapshotGasLastCall("Stream", "registerPublicKey");
        vm.stopPrank();
    }

    /// forge-config: default.isolate = true
    function test_List() external {
        IOffers.Offer memory many = offerFor(createStreams(5));
        vm.startPrank(seller);
        market.list(offer, DOCUMENT);
        vm.snapshotGasLastCall("DataLicense", "list, 1 stream");
        market.list(many, DOCUMENT);
        vm.snapshotGasLastCall("DataLicense", "list, 5 streams");
        market.describe(offer, 0, DOCUMENT);
        vm.snapshotGasLastCall("DataLicense", "describe");
        market.retire(offer, 0);
        vm.snapshotGasLastCall("DataLicense", "retire, 1 stream");
        vm.stopPrank();
    }

    /// forge-config: default.isolate = true
    function test_Buy() external {
        IOffers.Offer memory many = offerFor(createStreams(5));
        list(offer);
        list(many);
        vm.startPrank(buyer);
        market.buy(offer, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buy, first, 1 stream");
        market.buy(offer, purchaseOf(0, UNTIL + 1 hours));
        vm.snapshotGasLastCall("DataLicense", "buy, renewal, 1 stream");
        market.buy(many, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buy, first, 5 streams");
        market.buy(many, purchaseOf(0, UNTIL + 1 hours));
        vm.snapshotGasLastCall("DataLicense", "buy, renewal, 5 streams");
        market.buyFor(stranger, offer, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buyFor, first, 1 stream");
        vm.stopPrank();
    }
}
