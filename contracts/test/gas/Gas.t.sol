// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterfactualPurchaseFactory} from "../../src/interfaces/ICounterfactualPurchaseFactory.sol";
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

    /// @dev What an x402 client pays for: an address of its own for every purchase.
    /// forge-config: default.isolate = true
    function test_CounterfactualPurchase() external {
        earnKarma();
        list(offer);
        ICounterfactualPurchaseFactory factory = ICounterfactualPurchaseFactory(
            vm.deployCode(
                "CounterfactualPurchaseFactory.sol:CounterfactualPurchaseFactory",
                abi.encode(address(market), address(token))
            )
        );
        ICounterfactualPurchaseFactory.Terms memory terms = ICounterfactualPurchaseFactory.Terms({
            offerId: market.offerIdOf(offer),
            licensee: buyer,
            purchase: purchaseOf(0, UNTIL),
            amount: 24 hours * offer.pricePerSecond,
            refundTo: buyer
        });
        factory.settleWithAuthorization(terms, offer, signPayment(factory.addressOf(terms), terms.amount));
        vm.snapshotGasLastCall("CounterfactualPurchaseFactory", "settleWithAuthorization, at once, first, 1 stream");
        terms.purchase.until += 1 hours;
        terms.amount = 1 hours * offer.pricePerSecond;
        ICounterfactualPurchaseFactory.Authorization memory signed =
            signPayment(factory.addressOf(terms), terms.amount + 1);
        factory.settleWithAuthorization(terms, offer, signed);
        vm.snapshotGasLastCall(
            "CounterfactualPurchaseFactory", "settleWithAuthorization, at once, renewal, 1 stream, too much paid"
        );
        terms.purchase.until += 1 hours;
        address account = factory.addressOf(terms);
        vm.prank(buyer);
        token.transfer(account, terms.amount);
        factory.settle(terms, offer);
        vm.snapshotGasLastCall("CounterfactualPurchaseFactory", "settle, at once, renewal, 1 stream");
        vm.prank(buyer);
        token.transfer(account, terms.amount);
        factory.settle(terms, offer);
        vm.snapshotGasLastCall("CounterfactualPurchaseFactory", "settle, a second payment, sent back");
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

    function signPayment(address account, uint256 value)
        private
        view
        returns (ICounterfactualPurchaseFactory.Authorization memory signed)
    {
        signed = ICounterfactualPurchaseFactory.Authorization(buyer, value, 0, UNTIL, bytes32(value), "");
        bytes32 typeHash = keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        bytes32 structHash = keccak256(abi.encode(typeHash, buyer, account, value, 0, UNTIL, signed.nonce));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(BUYER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash)));
        signed.signature = abi.encodePacked(r, s, v);
    }

    /// @dev Both roles of everybody who meets here.
    function earnKarma() private {
        vm.startPrank(address(market));
        karma.exchange(seller, buyer, 100e18);
        karma.exchange(buyer, seller, 100e18);
        vm.stopPrank();
    }
}
