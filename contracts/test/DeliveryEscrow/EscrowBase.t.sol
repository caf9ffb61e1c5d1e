// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IKarma} from "../../src/interfaces/IKarma.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IThresholdDeliveryOracle} from "../../src/interfaces/IThresholdDeliveryOracle.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {IDATAcoin} from "../IDATAcoin.sol";
import {Attestor} from "./Attestor.sol";

/// @notice The escrow with the real token, karma and an oracle of one attestor. This contract stands in the licence
/// contract's role: it sends coins, takes note of deposits and ends them.
abstract contract EscrowBase {
    Cheatcodes internal constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant START = 1_800_014_400;
    /// @dev The first boundary after START, and four hours later.
    uint256 internal constant SINCE = START + 1 hours;
    uint256 internal constant UNTIL = SINCE + 4 hours;
    uint256 internal constant REPORTING_TIME = 7 days;
    uint256 internal constant PRICE = 0.0001e18;
    uint256 internal constant FEE = 250;

    address internal treasury = makeAccount("treasury");
    address internal seller = makeAccount("seller");
    address internal beneficiary = makeAccount("beneficiary");
    address internal alice = makeAccount("alice");
    address internal bob = makeAccount("bob");
    address internal stranger = makeAccount("stranger");
    address internal streamA = address(0xa000);
    address internal streamB = address(0xb000);

    IDATAcoin internal token;
    IKarma internal karma;
    IDeliveryEscrow internal escrow;
    IThresholdDeliveryOracle internal oracle;
    Attestor internal attestor;

    function setUp() public virtual {
        vm.warp(START + 600);
        token = IDATAcoin(vm.deployCode("DATAcoin.sol:DATAcoin", abi.encode(address(this))));
        attestor = new Attestor();
        oracle = attestor.deployOracle();
        address[] memory sources = new address[](2);
        sources[0] = address(this);
        sources[1] = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        karma = IKarma(vm.deployCode("Karma.sol:Karma", abi.encode(180 days, sources)));
        escrow = deployEscrow(address(this), address(token), treasury, address(karma));
        vm.assertEq(address(escrow), sources[1]);
    }

    function deployEscrow(address license, address token_, address treasury_, address karma_)
        internal
        returns (IDeliveryEscrow)
    {
        return IDeliveryEscrow(
            vm.deployCode("DeliveryEscrow.sol:DeliveryEscrow", abi.encode(license, token_, treasury_, karma_))
        );
    }

    function makeAccount(string memory name) internal returns (address account) {
        account = address(uint160(uint256(keccak256(bytes(name)))));
        vm.label(account, name);
    }

    function offerOf(IOffers.Settlement settlement) internal view returns (IOffers.Offer memory offer) {
        offer.seller = seller;
        offer.productNumber = 7;
        offer.beneficiary = beneficiary;
        offer.pricePerSecond = uint96(PRICE);
        offer.maximumPeriod = 365 days;
        offer.boundary = 1 hours;
        offer.feeBasisPoints = uint16(FEE);
        offer.settlement = settlement;
        offer.oracle = address(oracle);
        offer.streams = new address[](2);
        offer.streams[0] = streamA;
        offer.streams[1] = streamB;
    }

    /// @dev Seven events earn a hundred seconds, rounded down.
    function byEvent() internal view returns (IOffers.Offer memory offer) {
        offer = offerOf(IOffers.Settlement.ByEvent);
        offer.events = 7;
        offer.deliveryPeriod = 100;
    }

    /// @dev A hundred events within two hours earn all.
    function afterEvents() internal view returns (IOffers.Offer memory offer) {
        offer = offerOf(IOffers.Settlement.AfterEvents);
        offer.events = 100;
        offer.deliveryPeriod = 2 hours;
    }

    function idOf(IOffers.Offer memory offer) internal pure returns (bytes32) {
        return keccak256(abi.encode(offer)) & ~bytes32(uint256(0xff));
    }

    function productIdOf(IOffers.Offer memory offer) internal pure returns (bytes32) {
        return bytes32(abi.encodePacked(offer.seller, offer.productNumber));
    }

    /// @dev What the licence contract does when an offer settled by events is bought.
    function deposit(IOffers.Offer memory offer, address licensee, uint256 since, uint256 until) internal {
        token.transfer(address(escrow), (until - since) * offer.pricePerSecond);
        escrow.deposit(idOf(offer), licensee, since, until);
    }

    function deposit(IOffers.Offer memory offer, address licensee) internal {
        deposit(offer, licensee, SINCE, UNTIL);
    }

    /// @dev Both streams' counts at a time, signed by the attestor.
    function report(uint256 time, uint256 countA, uint256 countB) internal {
        report(oracle, streamA, time, countA);
        report(oracle, streamB, time, countB);
    }

    function report(IThresholdDeliveryOracle to, address stream, uint256 time, uint256 count) internal {
        attestor.report(to, stream, time, count);
    }

    /// @dev The fee within an amount, rounded up.
    function feeOf(uint256 amount) internal pure returns (uint256) {
        return (amount * FEE + 9999) / 10_000;
    }

    function checkCohort(
        IOffers.Offer memory offer,
        uint256 since,
        uint256 until,
        uint256 licenses,
        uint256 released,
        bool final_
    ) internal view {
        (uint256 foundLicenses, uint256 foundReleased, bool foundFinal) = escrow.cohortOf(idOf(offer), since, until);
        vm.assertEq(foundLicenses, licenses, "licences of the cohort");
        vm.assertEq(foundReleased, released, "released of the cohort");
        vm.assertEq(foundFinal, final_, "whether the cohort is final");
    }

    function checkDeposit(IOffers.Offer memory offer, address licensee, uint256 since, uint256 until, uint256 previous)
        internal
        view
    {
        (uint256 foundUntil, uint256 foundPrevious) = escrow.depositOf(idOf(offer), licensee, since);
        vm.assertEq(foundUntil, until, "end of the deposit");
        vm.assertEq(foundPrevious, previous, "start of the deposit before");
    }

    /// @dev DATAcoin wei that the escrow holds for so many seconds of licences.
    function checkHeld(uint256 seconds_) internal view {
        vm.assertEq(token.balanceOf(address(escrow)), seconds_ * PRICE, "coins held");
    }

    /// @dev DATAcoin wei that beneficiary and treasury together were paid, and that the fee was split off it.
    function checkEarned(uint256 amount) internal view {
        uint256 fees = token.balanceOf(treasury);
        vm.assertEq(token.balanceOf(beneficiary) + fees, amount, "earned");
        vm.assertTrue(fees * 10_000 >= amount * FEE, "fee");
    }

    function checkReceived(address account, uint256 seconds_) internal view {
        vm.assertEq(token.balanceOf(account), seconds_ * PRICE, "received");
    }

    /// @dev The value folded into [low, high], both included.
    function within(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + value % (high - low + 1);
    }
}
