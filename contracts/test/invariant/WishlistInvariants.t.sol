// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {IDATAcoin} from "../IDATAcoin.sol";
import {WishlistHandler} from "./WishlistHandler.sol";

/// @notice The facts about wishes of README.md beside this file, by number.
contract WishlistInvariantsTest {
    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant FUNDS = 1_000_000e18;
    address private constant TREASURY = address(0x7ea5);

    IDATAcoin private _token;
    IWishlist private _wishlist;
    WishlistHandler private _handler;

    function setUp() external {
        vm.warp(1_800_014_400);
        _token = IDATAcoin(vm.deployCode("DATAcoin.sol:DATAcoin", abi.encode(TREASURY)));
        _wishlist = IWishlist(vm.deployCode("Wishlist.sol:Wishlist", abi.encode(_token)));
        _handler = new WishlistHandler(_token, _wishlist, TREASURY, FUNDS);
    }

    /// @dev Forge asks which contracts to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @dev One walk for all of them: what costs time is the walk.
    function invariant_WhatAlwaysHoldsOfWishes() public view {
        check1_CoinsHeldAreStakesHeld();
        check2_NobodyReceivesMoreThanWasReleasedOrStaked();
        check3_NothingIsLostWithinAWish();
        check4_AStakeMovesByItsBackersWord();
    }

    /// @dev A walk that never released or refunded anything would prove nothing.
    function test_TheHandlerReachesEveryAction() external {
        for (uint256 step; step < 1800; ++step) {
            uint256 a = uint256(keccak256(abi.encode("first", step)));
            uint256 b = uint256(keccak256(abi.encode("second", step)));
            uint256 c = uint256(keccak256(abi.encode("third", step)));
            uint256 action = step % 9;
            if (action == 0 && step % 90 == 0) _handler.ask(a, b);
            if (action == 1) _handler.back(a, b, c, a >> 8 & 1 == 0);
            if (action == 2) _handler.follow(a, b, c % 3 != 0);
            if (action == 3) _handler.answer(a, b, c);
            if (action == 4) _handler.release(a, b, c);
            if (action == 5) _handler.proposeRest(a, b);
            if (action == 6) _handler.releaseRest(a, b);
            if (action == 7) _handler.refund(a, b, c);
            if (action == 8) _handler.pass(a % 6 hours);
            if (step % 30 == 0) invariant_WhatAlwaysHoldsOfWishes();
        }
        string[10] memory actions =
            ["ask", "back", "follow", "answer", "release", "proposeRest", "releaseRest", "refund", "pass", "refused"];
        for (uint256 i; i < actions.length; ++i) {
            vm.assertTrue(_handler.calls(actions[i]) != 0, actions[i]);
        }
        invariant_WhatAlwaysHoldsOfWishes();
    }

    function check1_CoinsHeldAreStakesHeld() private view {
        uint256 stakes;
        for (uint256 wish = 1; wish <= _handler.wishCount(); ++wish) {
            uint256 within;
            for (uint256 i; i < _handler.accountCount(); ++i) {
                within += _wishlist.stakeOf(wish, _handler.accounts(i));
            }
            (,,,, uint256 held,,) = _wishlist.wishOf(wish);
            vm.assertEq(held, within, "held is the sum of the stakes");
            stakes += within;
        }
        vm.assertEq(_token.balanceOf(address(_wishlist)), stakes, "coins held are stakes held");
    }

    function check2_NobodyReceivesMoreThanWasReleasedOrStaked() private view {
        for (uint256 i; i < _handler.accountCount(); ++i) {
            address account = _handler.accounts(i);
            vm.assertLe(_handler.refunded(account), _handler.staked(account), "refunds exceed stakes");
            vm.assertEq(
                _token.balanceOf(account) + _handler.staked(account),
                FUNDS + _handler.refunded(account) + _handler.received(account),
                "a balance differs from the books"
            );
        }
        vm.assertEq(_token.totalSupply(), 1_000_000_000e18, "supply");
    }

    function check3_NothingIsLostWithinAWish() private view {
        for (uint256 wish = 1; wish <= _handler.wishCount(); ++wish) {
            WishlistHandler.Book memory book = _handler.bookOf(wish);
            (address asker,, uint256 deadline, uint256 total, uint256 held, uint256 proposed, uint256 payableAt) =
                _wishlist.wishOf(wish);
            uint256 released;
            for (uint256 i; i < book.beneficiaries.length; ++i) {
                (, address beneficiary, uint256 amount) = _wishlist.answerOf(wish, i + 1);
                vm.assertEq(beneficiary, book.beneficiaries[i]);
                vm.assertEq(amount, book.released[i], "released differs from the books");
                released += amount;
            }
            vm.assertEq(total, held + released, "total is what is held and what was released");
            vm.assertEq(total, book.total, "total differs from the books");
            vm.assertEq(asker, book.asker);
            vm.assertEq(deadline, book.deadline, "deadline");
            vm.assertEq(proposed, book.proposed, "proposal");
            vm.assertEq(payableAt, book.payableAt, "time of the proposal");
        }
    }

    function check4_AStakeMovesByItsBackersWord() private view {
        for (uint256 wish = 1; wish <= _handler.wishCount(); ++wish) {
            for (uint256 i; i < _handler.accountCount(); ++i) {
                address account = _handler.accounts(i);
                (uint256 amount, bool follows) = _handler.stakes(wish, account);
                vm.assertEq(_wishlist.stakeOf(wish, account), amount, "a stake differs from the books");
                vm.assertEq(_wishlist.follows(wish, account), follows, "following differs from the books");
            }
            vm.assertEq(_wishlist.restOf(wish), _handler.restOf(wish), "the rest is the sum of what follows");
        }
    }
}
