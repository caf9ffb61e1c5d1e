// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterfactualPurchaseFactory} from "../../src/interfaces/ICounterfactualPurchaseFactory.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {CounterfactualBase} from "../CounterfactualPurchaseFactory/CounterfactualBase.t.sol";

/// @notice Pays addresses in every way, settles them whenever, and changes what they were paid for in between. Keeps
/// books of every address by itself: what came in, what was bought and what flowed back.
contract CounterfactualPurchasesHandler is CounterfactualBase {
    uint256 public constant OFFERS = 4;
    uint256 private constant LICENSEES = 2;
    uint256 private constant HOURS = 6;

    /// @dev What the books say of an address.
    struct Entry {
        ICounterfactualPurchaseFactory.Terms terms;
        uint256 offer;
        address account;
        uint256 paidIn;
        uint256 bought;
        uint256 refunded;
    }

    IOffers.Offer[] private _offers;
    bool[] public retired;
    Entry[] private _entries;
    mapping(address account => uint256 place) private _places;
    mapping(string action => uint256) public calls;
    /// @dev What the payer, who pays nothing else, has sent to addresses; and what was paid past them.
    uint256 public paidIn;
    uint256 public paidElsewhere;
    uint256 public buyerStart;

    function setUp() public override {
        if (address(factory) != address(0)) return;
        super.setUp();
        for (uint256 i; i < OFFERS; ++i) {
            _offers.push(_newOffer(i, i));
            list(_offers[i]);
            retired.push(false);
        }
        buyerStart = token.balanceOf(buyer);
    }

    /// @dev Sends coins to an address: what is to be paid, more, or too little.
    function pay(uint256 which, uint256 what, uint256 value) external {
        uint256 place = entryFor(which, what);
        value = _valueOf(place, value);
        pay(_entries[place].account, value);
        _book(place, value);
        ++calls["pay"];
    }

    /// @dev Submits a payment of x402 alone, as anybody can who sees it.
    function submitAlone(uint256 which, uint256 what, uint256 value) external {
        uint256 place = entryFor(which, what);
        value = _valueOf(place, value);
        address account = _entries[place].account;
        submit(account, sign(account, value));
        _book(place, value);
        ++calls["submit"];
    }

    function settle(uint256 which, address caller) external {
        if (_entries.length == 0) return;
        uint256 place = which % _entries.length;
        Entry storage entry = _entries[place];
        uint256 before = token.balanceOf(refundTo);
        vm.prank(caller);
        try factory.settle(entry.terms, _offers[entry.offer]) returns (bool bought, uint256 paid, uint256 refunded) {
            vm.assertEq(token.balanceOf(refundTo) - before, refunded, "not sent where the terms say");
            vm.assertTrue(bought || paid == 0, "paid for nothing");
            entry.bought += paid;
            entry.refunded += refunded;
            ++calls[bought ? "bought" : "refunded"];
        } catch {
            // Nothing is to be settled: too little lies there, and the end has not passed.
            uint256 lies = token.balanceOf(entry.account);
            bool over = block.timestamp >= entry.terms.purchase.until;
            vm.assertTrue(over ? lies == 0 : lies < entry.terms.amount, "something stays that could be settled");
            ++calls["settleRefused"];
        }
    }

    /// @dev A payment and its purchase in one: all or nothing, unless something lay there.
    function settleWithAuthorization(uint256 which, uint256 what, uint256 value) external {
        uint256 place = entryFor(which, what);
        value = _valueOf(place, value);
        Entry storage entry = _entries[place];
        uint256 before = token.balanceOf(buyer);
        try factory.settleWithAuthorization(entry.terms, _offers[entry.offer], sign(entry.account, value)) returns (
            bool bought, uint256 paid, uint256 refunded
        ) {
            vm.assertTrue(bought, "taken for nothing");
            vm.assertEq(before - token.balanceOf(buyer), value, "what the payer signed");
            _book(place, value);
            entry.bought += paid;
            entry.refunded += refunded;
            ++calls["boughtWithAuthorization"];
        } catch {
            vm.assertEq(token.balanceOf(buyer), before, "paid for nothing");
            ++calls["authorizationRefused"];
        }
    }

    /// @dev The licensee gets the same by other means.
    function buyElsewhere(uint256 which, uint256 what) external {
        uint256 place = entryFor(which, what);
        Entry storage entry = _entries[place];
        vm.startPrank(buyer);
        token.approve(address(market), type(uint256).max);
        uint256 before = token.balanceOf(buyer);
        try market.buyFor(entry.terms.licensee, _offers[entry.offer], entry.terms.purchase) {
            paidElsewhere += before - token.balanceOf(buyer);
            ++calls["buyElsewhere"];
        } catch {}
        token.approve(address(market), 0);
        vm.stopPrank();
    }

    /// @dev Ends a licence early, so that a renewal costs more than was agreed, or takes an offer off the market.
    function interfere(uint256 which, uint256 how) external {
        uint256 chosen = which % OFFERS;
        if (how % 8 == 0) {
            if (retired[chosen]) return;
            vm.prank(seller);
            market.retire(_offers[chosen], positionOf(chosen));
            retired[chosen] = true;
            ++calls["retire"];
        } else {
            vm.prank(seller);
            try market.revoke(_offers[chosen], licenseeAt(how >> 8), REASON) {
                ++calls["revoke"];
            } catch {}
        }
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + within(time, 1, 90 minutes));
        ++calls["pass"];
    }

    /// @dev Once all ends have passed, anybody gets everything out.
    function settleAll() external {
        vm.warp(block.timestamp + 10 days);
        for (uint256 i; i < _entries.length; ++i) {
            Entry storage entry = _entries[i];
            if (token.balanceOf(entry.account) == 0) continue;
            (bool bought,, uint256 refunded) = factory.settle(entry.terms, _offers[entry.offer]);
            vm.assertFalse(bought);
            entry.refunded += refunded;
        }
    }

    function entries() external view returns (Entry[] memory) {
        return _entries;
    }

    function parts() external view returns (address, address, address, address, address) {
        return (address(factory), address(token), address(market), buyer, refundTo);
    }

    function licenseeAt(uint256 which) public pure returns (address) {
        return address(uint160(0x11ce15ee + which % LICENSEES));
    }

    /// @dev The entry of terms chosen at random, made where there is none yet.
    function entryFor(uint256 which, uint256 what) private returns (uint256 place) {
        uint256 chosen = which % OFFERS;
        ICounterfactualPurchaseFactory.Terms memory terms = termsOf(_offers[chosen]);
        terms.licensee = licenseeAt(which >> 8);
        terms.purchase.position = positionOf(chosen);
        uint256 next = (block.timestamp / 1 hours + 1) * 1 hours;
        terms.purchase.until = next + what % HOURS * 1 hours;
        // Half of the addresses are of an earlier time, where there are any.
        if (what >> 8 & 1 == 0 && _entries.length != 0) return (what >> 16) % _entries.length;
        (, uint256 runs,) = market.licenseOf(terms.offerId, terms.licensee);
        uint256 from = runs > block.timestamp ? runs : block.timestamp;
        terms.amount = terms.purchase.until > from ? (terms.purchase.until - from) * PRICE : PRICE;
        address account = factory.addressOf(terms);
        place = _places[account];
        if (place != 0) return place - 1;
        place = _entries.length;
        _entries.push(Entry(terms, chosen, account, 0, 0, 0));
        _places[account] = place + 1;
    }

    function _book(uint256 place, uint256 value) private {
        _entries[place].paidIn += value;
        paidIn += value;
    }

    /// @dev Mostly what is to be paid.
    function _valueOf(uint256 place, uint256 value) private view returns (uint256) {
        uint256 amount = _entries[place].terms.amount;
        if (value % 4 == 0) return amount + within(value >> 8, 1, 1e18);
        if (value % 4 == 1) return within(value >> 8, 1, amount);
        return amount;
    }

    function positionOf(uint256 chosen) private pure returns (uint256) {
        return chosen;
    }

    /// @dev One of every settlement.
    function _newOffer(uint256 settlement, uint256 number) private view returns (IOffers.Offer memory made) {
        made = offerOf(settlement);
        made.productNumber = uint96(number);
    }
}
