// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {IDATAcoin} from "../IDATAcoin.sol";

/// @notice A wish with a deadline in thirty days, three accounts that can back it and two sellers that can answer.
abstract contract WishlistBase {
    Cheatcodes internal constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant START = 1_800_014_400;
    uint256 internal constant DEADLINE = START + 30 days;
    uint256 internal constant FUNDS = 1_000_000e18;
    bytes32 internal constant DESCRIPTION = keccak256("description");

    address internal treasury = makeAccount("treasury");
    address internal asker = makeAccount("asker");
    address internal ann = makeAccount("ann");
    address internal bob = makeAccount("bob");
    address internal cid = makeAccount("cid");
    address internal seller = makeAccount("seller");
    address internal rival = makeAccount("rival");
    address internal beneficiary = makeAccount("beneficiary");

    IDATAcoin internal token;
    IWishlist internal wishlist;
    uint256 internal wish;

    function setUp() public virtual {
        vm.warp(START);
        token = IDATAcoin(vm.deployCode("DATAcoin.sol:DATAcoin", abi.encode(treasury)));
        wishlist = deployWishlist(address(token));
        fund(ann);
        fund(bob);
        fund(cid);
        wish = ask();
    }

    function deployWishlist(address token_) internal returns (IWishlist) {
        return IWishlist(vm.deployCode("Wishlist.sol:Wishlist", abi.encode(token_)));
    }

    function makeAccount(string memory name) internal returns (address account) {
        account = address(uint160(uint256(keccak256(bytes(name)))));
        vm.label(account, name);
    }

    function fund(address account) internal {
        vm.prank(treasury);
        token.transfer(account, FUNDS);
        vm.prank(account);
        token.approve(address(wishlist), type(uint256).max);
    }

    function ask() internal returns (uint256) {
        vm.prank(asker);
        return wishlist.ask(DESCRIPTION, DEADLINE);
    }

    function back(address backer, uint256 amount) internal {
        vm.prank(backer);
        wishlist.back(wish, amount);
    }

    function follow(address backer, bool follows) internal {
        vm.prank(backer);
        wishlist.follow(wish, follows);
    }

    function answer() internal returns (uint256) {
        return answer(seller, 7, beneficiary);
    }

    function answer(address account, uint96 number, address beneficiary_) internal returns (uint256) {
        vm.prank(account);
        return wishlist.answer(wish, productIdOf(account, number), beneficiary_);
    }

    function release(address backer, uint256 number) internal {
        vm.prank(backer);
        wishlist.release(wish, number);
    }

    function proposeRest(uint256 number) internal {
        vm.prank(asker);
        wishlist.proposeRest(wish, number);
    }

    function refund(address backer) internal {
        vm.prank(backer);
        wishlist.refund(wish);
    }

    /// @dev Ann releases 60 to the answer, Bob's 40 follow, and the asker proposes it.
    function proposed() internal returns (uint256 number) {
        number = answer();
        back(ann, 60e18);
        back(bob, 40e18);
        follow(bob, true);
        release(ann, number);
        proposeRest(number);
    }

    function totalOf(uint256 wish_) internal view returns (uint256 total) {
        (,,, total,,,) = wishlist.wishOf(wish_);
    }

    function heldOf(uint256 wish_) internal view returns (uint256 held) {
        (,,,, held,,) = wishlist.wishOf(wish_);
    }

    function proposalOf(uint256 wish_) internal view returns (uint256 number, uint256 payableAt) {
        (,,,,, number, payableAt) = wishlist.wishOf(wish_);
    }

    function releasedTo(uint256 number) internal view returns (uint256 released) {
        (,, released) = wishlist.answerOf(wish, number);
    }

    function productIdOf(address account, uint96 number) internal pure returns (bytes32) {
        return bytes32(abi.encodePacked(account, number));
    }

    /// @dev The value folded into [low, high], both included.
    function within(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        uint256 size = high - low + 1;
        return size == 0 ? value : low + value % size;
    }
}
