// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IThresholdDeliveryOracle} from "../../src/interfaces/IThresholdDeliveryOracle.sol";
import {Base} from "../Base.t.sol";

/// @notice What the tests of held payments share: offers of every settlement, an oracle of one attestor, and a look at
/// what everybody has.
abstract contract Settlements is Base {
    uint256 internal constant PRICE = 0.0001e18;
    uint256 internal constant ATTESTOR_KEY = 0xa77e5;
    bytes32 internal constant REASON = keccak256("reason");

    IThresholdDeliveryOracle internal oracle;

    function setUp() public virtual override {
        super.setUp();
        address[] memory attestors = new address[](1);
        attestors[0] = vm.addr(ATTESTOR_KEY);
        oracle = IThresholdDeliveryOracle(
            vm.deployCode("ThresholdDeliveryOracle.sol:ThresholdDeliveryOracle", abi.encode(attestors, 1))
        );
    }

    function atOnce() internal view returns (IOffers.Offer memory) {
        return offerFor(address(stream));
    }

    function bySecond() internal view returns (IOffers.Offer memory priced) {
        priced = offerFor(address(stream));
        priced.settlement = IOffers.Settlement.BySecond;
    }

    /// @dev A hundred events in every hour.
    function byEvent() internal view returns (IOffers.Offer memory priced) {
        priced = offerFor(address(stream));
        priced.settlement = IOffers.Settlement.ByEvent;
        priced.oracle = address(oracle);
        priced.events = 100;
        priced.deliveryPeriod = 1 hours;
    }

    function afterEvents() internal view returns (IOffers.Offer memory priced) {
        priced = byEvent();
        priced.settlement = IOffers.Settlement.AfterEvents;
        priced.deliveryPeriod = 2 hours;
    }

    function offerOf(uint256 settlement) internal view returns (IOffers.Offer memory) {
        if (settlement == 0) return atOnce();
        if (settlement == 1) return bySecond();
        if (settlement == 2) return afterEvents();
        return byEvent();
    }

    /// @dev Buys as another account, which needs coins first.
    function buyAs(address account, IOffers.Offer memory bought, uint256 until) internal {
        vm.prank(treasury);
        token.transfer(account, 1_000_000e18);
        vm.startPrank(account);
        token.approve(address(market), type(uint256).max);
        market.buy(bought, purchaseOf(0, until));
        vm.stopPrank();
    }

    function cancel(IOffers.Offer memory bought) internal {
        vm.prank(buyer);
        market.cancel(bought);
    }

    function revoke(IOffers.Offer memory sold, address licensee) internal {
        vm.prank(sold.seller);
        market.revoke(sold, licensee, REASON);
    }

    /// @dev Makes the oracle say how many events the stream had before a time.
    function report(uint256 time, uint256 count) internal {
        bytes32 typeHash = keccak256("Delivery(address stream,uint256 time,uint256 count)");
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("ThresholdDeliveryOracle"),
                keccak256("1"),
                block.chainid,
                address(oracle)
            )
        );
        bytes32 structHash = keccak256(abi.encode(typeHash, address(stream), time, count));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(ATTESTOR_KEY, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        IThresholdDeliveryOracle.Attestation[] memory attestations = new IThresholdDeliveryOracle.Attestation[](1);
        attestations[0] = IThresholdDeliveryOracle.Attestation(vm.addr(ATTESTOR_KEY), abi.encodePacked(r, s, v));
        oracle.report(address(stream), time, count, attestations);
    }

    function endsOf(uint256 end) internal pure returns (uint256[] memory ends) {
        ends = new uint256[](1);
        ends[0] = end;
    }

    function endsOf(uint256 first, uint256 second) internal pure returns (uint256[] memory ends) {
        ends = new uint256[](2);
        (ends[0], ends[1]) = (first, second);
    }

    /// @dev What the seller's side has received, fees included.
    function received() internal view returns (uint256) {
        return token.balanceOf(beneficiary) + token.balanceOf(treasury);
    }

    function held() internal view returns (uint256) {
        return token.balanceOf(address(market));
    }

    function sellerUnits() internal view returns (uint256) {
        return karma.unitsOf(seller, IKarma.Role.Seller);
    }

    function buyerUnits(address account) internal view returns (uint256) {
        return karma.unitsOf(account, IKarma.Role.Buyer);
    }

    function expectLicense(bytes32 offerId, address account, uint256 from, uint256 until) internal view {
        (uint256 start, uint256 end,) = market.licenseOf(offerId, account);
        vm.assertEq(start, from, "start");
        vm.assertEq(end, until, "end");
    }
}
