// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {IThresholdDeliveryOracle} from "../../src/interfaces/IThresholdDeliveryOracle.sol";
import {Base} from "../Base.t.sol";
import {Attestor} from "../DeliveryEscrow/Attestor.sol";

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

    /// @dev Seller and buyer have karma already, as in steady state.
    /// forge-config: default.isolate = true
    function test_Buy() external {
        earnKarma();
        IOffers.Offer memory many = offerFor(createStreams(5));
        list(offer);
        list(many);
        vm.startPrank(buyer);
        market.buy(offer, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buy, at once, first, 1 stream");
        market.buy(offer, purchaseOf(0, UNTIL + 1 hours));
        vm.snapshotGasLastCall("DataLicense", "buy, at once, renewal, 1 stream");
        market.buy(many, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buy, at once, first, 5 streams");
        market.buy(many, purchaseOf(0, UNTIL + 1 hours));
        vm.snapshotGasLastCall("DataLicense", "buy, at once, renewal, 5 streams");
        vm.stopPrank();
        vm.prank(address(market));
        karma.exchange(seller, buyer, 1e18);
        vm.snapshotGasLastCall("DataLicense", "of which karma of both sides, as a transaction of its own");
    }

    /// @dev The first sale of a seller to a buyer, of whom neither ever had karma.
    /// forge-config: default.isolate = true
    function test_BuyWithoutKarmaBefore() external {
        list(offer);
        vm.prank(buyer);
        market.buy(offer, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buy, at once, first, 1 stream, the first karma of both sides");
    }

    /// forge-config: default.isolate = true
    function test_BuyFree() external {
        offer.pricePerSecond = 0;
        list(offer);
        vm.prank(buyer);
        market.buy(offer, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buy, free, first, 1 stream");
    }

    /// forge-config: default.isolate = true
    function test_BuyFor() external {
        earnKarma();
        list(offer);
        vm.startPrank(buyer);
        market.buy(offer, purchaseOf(0, UNTIL));
        market.buyFor(treasury, offer, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buyFor, at once, first, 1 stream, the first karma of the licensee");
        vm.stopPrank();
    }

    /// forge-config: default.isolate = true
    function test_BySecond() external {
        earnKarma();
        offer.settlement = IOffers.Settlement.BySecond;
        list(offer);
        vm.prank(treasury);
        token.transfer(address(market), 1);
        uint256[] memory ends = new uint256[](1);
        ends[0] = UNTIL;
        vm.startPrank(buyer);
        market.buy(offer, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buy, by the second, first of its end");
        market.buyFor(stranger, offer, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buyFor, by the second, another of that end");
        vm.warp(START + 1 hours);
        market.withdraw(offer, ends);
        vm.snapshotGasLastCall("DataLicense", "withdraw, 1 end");
        market.settle(offer, buyer);
        vm.snapshotGasLastCall("DataLicense", "settle");
        market.buy(offer, purchaseOf(0, UNTIL + 1 hours));
        vm.snapshotGasLastCall("DataLicense", "buy, by the second, renewal");
        vm.warp(START + 2 hours);
        market.cancel(offer);
        vm.snapshotGasLastCall("DataLicense", "cancel, by the second");
        vm.warp(START + 3 hours);
        market.flag(offer, DOCUMENT);
        vm.snapshotGasLastCall("DataLicense", "flag, by the second");
        vm.stopPrank();
        vm.prank(seller);
        market.revoke(offer, stranger, DOCUMENT);
        vm.snapshotGasLastCall("DataLicense", "revoke, by the second, the first karma of the licensee");
    }

    /// forge-config: default.isolate = true
    function test_ByEvent() external {
        earnKarma();
        offer.settlement = IOffers.Settlement.ByEvent;
        (offer.oracle, offer.events, offer.deliveryPeriod) = (stranger, 1, 1 hours);
        list(offer);
        vm.prank(treasury);
        token.transfer(address(escrow), 1);
        vm.startPrank(buyer);
        market.buy(offer, purchaseOf(0, UNTIL));
        vm.snapshotGasLastCall("DataLicense", "buy, by event, first of its cohort");
        vm.warp(START + 2 hours - 1);
        market.cancel(offer);
        vm.snapshotGasLastCall("DataLicense", "cancel, by event");
        vm.stopPrank();
    }

    /// @dev Renewed once, so that a flag adds up two deposits, of which one has begun.
    /// forge-config: default.isolate = true
    function test_Delivery() external {
        earnKarma();
        Attestor attestor = new Attestor();
        IThresholdDeliveryOracle oracle = attestor.deployOracle();
        offer.settlement = IOffers.Settlement.ByEvent;
        (offer.oracle, offer.events, offer.deliveryPeriod) = (address(oracle), 1, 1 hours);
        list(offer);
        buy(offer, 0, UNTIL);
        buy(offer, 0, UNTIL + 24 hours);
        vm.warp(START + 2 hours);
        for (uint256 i; i < 3; ++i) {
            attestor.report(oracle, address(stream), START + i * 1 hours, i);
        }
        escrow.release(offer, START, UNTIL, START + 1 hours);
        vm.snapshotGasLastCall("DeliveryEscrow", "release, 1 stream, first of its cohort");
        vm.prank(buyer);
        market.flag(offer, DOCUMENT);
        vm.snapshotGasLastCall("DataLicense", "flag, by event, renewed ahead");
        vm.prank(buyer);
        market.cancel(offer);
        escrow.close(offer, buyer, START);
        vm.snapshotGasLastCall("DeliveryEscrow", "close, of a licence that ended early, judged alone");
    }

    /// forge-config: default.isolate = true
    function test_ReplaceKey() external {
        list(offer);
        bytes32 offerId = market.offerIdOf(offer);
        vm.startPrank(buyer);
        market.buy(offer, purchaseOf(0, UNTIL));
        market.replaceKey(offerId, DOCUMENT);
        vm.snapshotGasLastCall("DataLicense", "replaceKey");
        vm.stopPrank();
    }

    /// @dev Both roles of everybody who meets here.
    function earnKarma() private {
        vm.startPrank(address(market));
        karma.exchange(seller, buyer, 100e18);
        karma.exchange(buyer, seller, 100e18);
        vm.stopPrank();
    }
}
