// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "../../src/interfaces/IWishlist.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {IDATAcoin} from "../IDATAcoin.sol";

/// @notice Does what askers, backers and sellers do, with arguments chosen by the fuzzer, and keeps books: stake by
/// stake, where the contract keeps sums.
contract WishlistHandler {
    struct Book {
        address asker;
        uint256 deadline;
        uint256 total;
        uint256 proposed;
        uint256 payableAt;
        address[] beneficiaries;
        uint256[] released;
    }

    struct Stake {
        uint256 amount;
        bool follows;
    }

    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant ACCOUNTS = 4;
    uint256 private constant WISHES_LIMIT = 6;
    uint256 private constant ANSWERS_LIMIT = 4;

    IDATAcoin private immutable TOKEN;
    IWishlist private immutable WISHLIST;

    /// @dev Askers, backers, sellers and beneficiaries are the same few, so that their deeds meet.
    address[] public accounts;
    Book[] private _books;
    mapping(uint256 wish => mapping(address backer => Stake)) public stakes;
    /// @dev What an account put in, took back, and received by answers.
    mapping(address account => uint256) public staked;
    mapping(address account => uint256) public refunded;
    mapping(address account => uint256) public received;
    uint256 private _products;
    /// @dev How often each action took place, so that a test can tell that the walk went somewhere.
    mapping(string action => uint256 count) public calls;

    constructor(IDATAcoin token, IWishlist wishlist, address treasury, uint256 funds) {
        TOKEN = token;
        WISHLIST = wishlist;
        for (uint256 i; i < ACCOUNTS; ++i) {
            address account = address(uint160(0x1000 + i));
            accounts.push(account);
            vm.prank(treasury);
            token.transfer(account, funds);
            vm.prank(account);
            token.approve(address(wishlist), type(uint256).max);
        }
    }

    function ask(uint256 who, uint256 term) external {
        if (_books.length == WISHES_LIMIT) return;
        Book storage book = _books.push();
        book.asker = accounts[who % ACCOUNTS];
        book.deadline = block.timestamp + 1 hours + term % 20 days;
        vm.prank(book.asker);
        vm.assertEq(WISHLIST.ask(bytes32(who), book.deadline), _books.length, "number of the wish");
        ++calls["ask"];
    }

    function back(uint256 which, uint256 who, uint256 amount, bool all) external {
        if (_books.length == 0) return;
        (uint256 wish, Book storage book) = _pick(which);
        address backer = accounts[who % ACCOUNTS];
        uint256 funds = TOKEN.balanceOf(backer);
        if (funds == 0) return;
        // Now and then everything, as one who wants a majority would; mostly a little.
        amount = all && amount % 4 == 0 ? funds : 1 + amount % (funds / 8 + 1);

        bytes memory call = abi.encodeCall(IWishlist.back, (wish, amount));
        if (!_call(backer, call, block.timestamp < book.deadline)) return;
        Stake storage stake = stakes[wish][backer];
        stake.amount += amount;
        if (book.proposed != 0) stake.follows = false;
        book.total += amount;
        staked[backer] += amount;
        ++calls["back"];
    }

    function follow(uint256 which, uint256 who, bool follows) external {
        if (_books.length == 0) return;
        (uint256 wish, Book storage book) = _pick(which);
        address backer = accounts[who % ACCOUNTS];
        Stake storage stake = stakes[wish][backer];
        bool allowed = stake.amount != 0 && (!follows || book.proposed == 0);
        if (!_call(backer, abi.encodeCall(IWishlist.follow, (wish, follows)), allowed)) return;
        stake.follows = follows;
        ++calls["follow"];
    }

    function answer(uint256 which, uint256 who, uint256 paid) external {
        if (_books.length == 0) return;
        (uint256 wish, Book storage book) = _pick(which);
        if (book.beneficiaries.length == ANSWERS_LIMIT) return;
        address seller = accounts[who % ACCOUNTS];
        address beneficiary = accounts[paid % ACCOUNTS];
        bytes32 productId = bytes32(abi.encodePacked(seller, uint96(++_products)));
        bytes memory call = abi.encodeCall(IWishlist.answer, (wish, productId, beneficiary));
        if (!_call(seller, call, block.timestamp < book.deadline)) return;
        book.beneficiaries.push(beneficiary);
        book.released.push(0);
        ++calls["answer"];
    }

    function release(uint256 which, uint256 who, uint256 number) external {
        if (_books.length == 0) return;
        (uint256 wish, Book storage book) = _pick(which);
        address backer = accounts[who % ACCOUNTS];
        uint256 amount = stakes[wish][backer].amount;
        // Half of all goes to the first answer, so that there are majorities.
        number = number % 2 == 0 ? 1 : number % (ANSWERS_LIMIT + 1);
        bool allowed = amount != 0 && number != 0 && number <= book.beneficiaries.length;
        if (!_call(backer, abi.encodeCall(IWishlist.release, (wish, number)), allowed)) return;
        delete stakes[wish][backer];
        _pay(book, number, amount);
        ++calls["release"];
    }

    function proposeRest(uint256 which, uint256 number) external {
        if (_books.length == 0) return;
        (uint256 wish, Book storage book) = _pick(which);
        number = number % 2 == 0 ? 1 : number % (ANSWERS_LIMIT + 1);
        bool allowed = block.timestamp < book.deadline && number != 0 && number <= book.beneficiaries.length
            && book.proposed == 0 && book.released[number - 1] * 2 > book.total && restOf(wish) != 0;
        if (!_call(book.asker, abi.encodeCall(IWishlist.proposeRest, (wish, number)), allowed)) return;
        book.proposed = number;
        book.payableAt = block.timestamp + 3 days;
        ++calls["proposeRest"];
    }

    function releaseRest(uint256 which, uint256 who) external {
        if (_books.length == 0) return;
        (uint256 wish, Book storage book) = _pick(which);
        bool allowed = book.proposed != 0 && block.timestamp >= book.payableAt;
        if (!_call(accounts[who % ACCOUNTS], abi.encodeCall(IWishlist.releaseRest, (wish)), allowed)) return;
        _pay(book, book.proposed, restOf(wish));
        for (uint256 i; i < ACCOUNTS; ++i) {
            if (stakes[wish][accounts[i]].follows) delete stakes[wish][accounts[i]];
        }
        book.proposed = 0;
        book.payableAt = 0;
        ++calls["releaseRest"];
    }

    function refund(uint256 which, uint256 who, uint256 dice) external {
        if (_books.length == 0 || dice % 2 == 0) return;
        (uint256 wish, Book storage book) = _pick(which);
        address backer = accounts[who % ACCOUNTS];
        uint256 amount = stakes[wish][backer].amount;
        bool allowed = amount != 0 && (block.timestamp >= book.deadline || book.proposed != 0);
        if (!_call(backer, abi.encodeCall(IWishlist.refund, (wish)), allowed)) return;
        delete stakes[wish][backer];
        book.total -= amount;
        refunded[backer] += amount;
        ++calls["refund"];
    }

    function pass(uint256 seconds_) external {
        vm.warp(block.timestamp + seconds_ % 2 days);
        ++calls["pass"];
    }

    function bookOf(uint256 wish) external view returns (Book memory) {
        return _books[wish - 1];
    }

    function wishCount() external view returns (uint256) {
        return _books.length;
    }

    function accountCount() external pure returns (uint256) {
        return ACCOUNTS;
    }

    /// @dev The stakes that follow, added up one by one.
    function restOf(uint256 wish) public view returns (uint256 rest) {
        for (uint256 i; i < ACCOUNTS; ++i) {
            Stake storage stake = stakes[wish][accounts[i]];
            if (stake.follows) rest += stake.amount;
        }
    }

    function _pay(Book storage book, uint256 number, uint256 amount) private {
        book.released[number - 1] += amount;
        received[book.beneficiaries[number - 1]] += amount;
    }

    /// @dev Calls as the account; the contract does exactly what the books allow.
    function _call(address account, bytes memory call, bool allowed) private returns (bool done) {
        vm.prank(account);
        (done,) = address(WISHLIST).call(call);
        vm.assertEq(done, allowed, "done is exactly what is allowed");
        if (!done) ++calls["refused"];
    }

    function _pick(uint256 which) private view returns (uint256 wish, Book storage book) {
        wish = 1 + which % _books.length;
        book = _books[wish - 1];
    }
}
