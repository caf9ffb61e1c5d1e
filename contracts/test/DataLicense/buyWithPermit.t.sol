// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC2612Signature} from "../../src/interfaces/IERC2612Signature.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {ContractAccount} from "../DATAcoin/Authorizations.t.sol";
import {Base} from "../Base.t.sol";

contract BuyWithPermitTest is Base {
    uint256 private constant PRICE = 0.36e18;
    uint256 private constant UNTIL = START + 1 hours;
    bytes32 private offerId;

    /// @dev One transfer, whose refusal says what is missing.
    function feeBasisPoints() internal pure override returns (uint16) {
        return 0;
    }

    function setUp() public override {
        super.setUp();
        vm.prank(buyer);
        token.approve(address(market), 0);
        (offerId,) = list(offer);
    }

    function test_WhenThePermitIsGood() external {
        (uint8 v, bytes32 r, bytes32 s) = signPermit(BUYER_KEY, PRICE, UNTIL);
        buyBy(buyer, PRICE, v, r, s);
        expectBought();
        vm.assertEq(token.allowance(buyer, address(market)), 0);
    }

    function test_WhenSomebodySubmittedThePermitBefore() external {
        (uint8 v, bytes32 r, bytes32 s) = signPermit(BUYER_KEY, PRICE, UNTIL);
        vm.prank(stranger);
        token.permit(buyer, address(market), PRICE, UNTIL, v, r, s);
        buyBy(buyer, PRICE, v, r, s);
        expectBought();
    }

    function test_WhenThePermitIsBad(uint8 v, bytes32 r, bytes32 s) external {
        expectInsufficientAllowance(0);
        buyBy(buyer, PRICE, v, r, s);
    }

    function test_WhenThePermitIsTooOld() external {
        (uint8 v, bytes32 r, bytes32 s) = signPermit(BUYER_KEY, PRICE, START - 1);
        expectInsufficientAllowance(0);
        vm.prank(buyer);
        market.buyWithPermit(offer, purchaseOf(0, UNTIL), ILicenses.Permit(PRICE, START - 1, abi.encodePacked(r, s, v)));
    }

    function test_WhenAnEarlierAllowanceCoversThePrice(uint8 v, bytes32 r, bytes32 s) external {
        vm.prank(buyer);
        token.approve(address(market), PRICE);
        buyBy(buyer, PRICE, v, r, s);
        expectBought();
    }

    function test_WhenThePermitCoversLessThanThePrice() external {
        (uint8 v, bytes32 r, bytes32 s) = signPermit(BUYER_KEY, PRICE - 1, UNTIL);
        expectInsufficientAllowance(PRICE - 1);
        buyBy(buyer, PRICE - 1, v, r, s);
    }

    function test_WhenThePermitIsAnotherAccounts() external {
        (uint8 v, bytes32 r, bytes32 s) = signPermit(BUYER_KEY, PRICE, UNTIL);
        expectInsufficientAllowance(0);
        buyBy(stranger, PRICE, v, r, s);
    }

    function test_WhenTheBuyerIsAContractAccount(bool long, bool submitted) external {
        ContractAccount account = new ContractAccount(buyer);
        vm.prank(treasury);
        token.transfer(address(account), 1e18);
        bytes memory signature = permitSignature(address(account));
        // The account takes the first 65 bytes.
        if (long) signature = bytes.concat(signature, "more");
        if (submitted) {
            IERC2612Signature(address(token)).permit(address(account), address(market), PRICE, UNTIL, signature);
        }
        vm.prank(address(account));
        market.buyWithPermit(offer, purchaseOf(0, UNTIL), ILicenses.Permit(PRICE, UNTIL, signature));
        (, uint256 until,) = market.licenseOf(offerId, address(account));
        vm.assertEq(until, UNTIL);
    }

    function test_WhenTheBuyerHasCodeAndAKey() external {
        bytes memory signature = permitSignature(buyer);
        vm.etch(buyer, hex"00");
        vm.prank(buyer);
        market.buyWithPermit(offer, purchaseOf(0, UNTIL), ILicenses.Permit(PRICE, UNTIL, signature));
        expectBought();
    }

    function permitSignature(address owner) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(BUYER_KEY, permitDigest(owner, PRICE, UNTIL));
        return abi.encodePacked(r, s, v);
    }

    function buyBy(address caller, uint256 value, uint8 v, bytes32 r, bytes32 s) private {
        vm.prank(caller);
        market.buyWithPermit(offer, purchaseOf(0, UNTIL), ILicenses.Permit(value, UNTIL, abi.encodePacked(r, s, v)));
    }

    function expectBought() private view {
        (uint256 from, uint256 until,) = market.licenseOf(offerId, buyer);
        vm.assertEq(from, START);
        vm.assertEq(until, UNTIL);
        vm.assertEq(token.balanceOf(beneficiary), PRICE);
    }

    function expectInsufficientAllowance(uint256 allowance) private {
        bytes4 selector = bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)"));
        vm.expectRevert(abi.encodeWithSelector(selector, address(market), allowance, PRICE));
    }

    function signPermit(uint256 key, uint256 value, uint256 deadline)
        private
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        return vm.sign(key, permitDigest(vm.addr(key), value, deadline));
    }

    function permitDigest(address owner, uint256 value, uint256 deadline) private view returns (bytes32) {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash =
            keccak256(abi.encode(typeHash, owner, address(market), value, token.nonces(owner), deadline));
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash));
    }
}
