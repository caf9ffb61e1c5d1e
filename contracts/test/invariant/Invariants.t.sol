// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {Base} from "../Base.t.sol";
import {DeliveryBooks} from "./DeliveryBooks.sol";
import {MarketBooks} from "./MarketBooks.sol";
import {MarketHandler} from "./MarketHandler.sol";

/// @notice The facts M1 to M8 of README.md beside this file.
contract InvariantsTest is Base {
    /// @dev As Forge reads it.
    struct FuzzSelector {
        address target;
        bytes4[] selectors;
    }

    MarketHandler private _handler;

    function setUp() public override {
        super.setUp();
        _handler = new MarketHandler(MarketBooks.Parts(token, registry, market, escrow, karma, treasury));
    }

    /// @dev Forge asks which contracts to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @dev Forge asks which functions to call; those named more often are called more often.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0].target = address(_handler);
        bytes4[22] memory selectors = [
            _handler.buy.selector,
            _handler.buy.selector,
            _handler.buy.selector,
            _handler.buy.selector,
            _handler.buy.selector,
            _handler.cancel.selector,
            _handler.revoke.selector,
            _handler.flag.selector,
            _handler.answerFlag.selector,
            _handler.replaceKey.selector,
            _handler.settle.selector,
            _handler.withdraw.selector,
            _handler.withdraw.selector,
            _handler.say.selector,
            _handler.release.selector,
            _handler.release.selector,
            _handler.close.selector,
            _handler.pass.selector,
            _handler.pass.selector,
            _handler.list.selector,
            _handler.retire.selector,
            _handler.setPermission.selector
        ];
        targets[0].selectors = new bytes4[](selectors.length + 2);
        for (uint256 i; i < selectors.length; ++i) {
            targets[0].selectors[i] = selectors[i];
        }
        targets[0].selectors[selectors.length] = _handler.createStream.selector;
        targets[0].selectors[selectors.length + 1] = _handler.deleteStream.selector;
    }

    /// @dev One walk for all of them: what costs time is the walk.
    function invariant_WhatAlwaysHolds() public view {
        checkM1_WhatIsHeldIsWhatIsOwed();
        checkM2_EveryCoinIsWhereTheBooksSay();
        checkM3_NobodyReadsWithoutARight();
        checkM4_ALicenceEndsWhereItWasPut();
        checkM5_AnOfferNeverChanges();
        checkM6_AListHasNoGapsAndNoDoubles();
        checkM7_KarmaIsWhatWasSettled();
    }

    /// @dev M8, at the end of every walk.
    function afterInvariant() public {
        _handler.closeAll();
        vm.assertEq(token.balanceOf(address(market)), 0, "the market keeps something");
        vm.assertEq(token.balanceOf(address(escrow)), 0, "the escrow keeps something");
        vm.assertEq(_handler.income() + _handler.fees() + _handler.refunded(), _handler.paid(), "paid and received");
        invariant_WhatAlwaysHolds();
    }

    /// @dev A walk that never sold or ended anything would prove nothing.
    function test_TheHandlerReachesEveryAction() external {
        for (uint256 step; step < 1500; ++step) {
            uint256 a = uint256(keccak256(abi.encode("first", step)));
            uint256 b = uint256(keccak256(abi.encode("second", step)));
            uint256 action = step % 20;
            if (action == 0 && step > 200) _handler.list(a, uint96(b), a >> 16, b >> 32, a >> 24, b >> 8);
            if (action < 6) _handler.buy(a, b, a >> 16, b >> 16, a >> 32, b >> 32);
            if (action == 6) _handler.cancel(a, b);
            if (action == 7) _handler.revoke(a, b, a >> 16);
            if (action == 8) _handler.flag(a, b);
            if (action == 9) _handler.answerFlag(a, b);
            if (action == 10) _handler.replaceKey(a, b);
            if (action == 11) _handler.settle(a, b);
            if (action == 12) _handler.withdraw(a, b, a >> 16);
            if (action == 13) _handler.say(a, b, a >> 16);
            if (action == 14 || action == 15) _handler.release(a, b, a >> 16);
            if (action == 16) _handler.close(a, b);
            if (action == 17) _handler.pass(a);
            if (action == 18 && step > 600) _handler.retire(a, b, a >> 16);
            if (action == 19) another(a, b, step);
            if (step % 100 == 0) invariant_WhatAlwaysHolds();
        }
        string[42] memory actions = [
            "createStream",
            "setPermission",
            "deleteStream",
            "list",
            "list refused",
            "retire",
            "retire refused",
            "pass",
            "buy",
            "buy refused",
            "gift",
            "gift refused",
            "buy by permit",
            "buy by permit refused",
            "buy by authorisation",
            "buy by authorisation refused",
            "buy without allowance refused",
            "cancel",
            "cancel refused",
            "refund",
            "revoke",
            "revoke refused",
            "flag",
            "flag refused",
            "flag takes",
            "answerFlag",
            "answerFlag refused",
            "replaceKey",
            "replaceKey refused",
            "settle",
            "settle refused",
            "withdraw",
            "withdraw refused",
            "withdrawn",
            "say",
            "release",
            "release refused",
            "earnedByOne",
            "earnedByMany",
            "close",
            "close refused",
            "close alone"
        ];
        for (uint256 i; i < actions.length; ++i) {
            vm.assertTrue(_handler.calls(actions[i]) != 0, actions[i]);
        }
        afterInvariant();
    }

    function another(uint256 a, uint256 b, uint256 step) private {
        if (step % 3 == 0) _handler.createStream(a);
        if (step % 3 == 1) _handler.setPermission(a, b, uint8(a >> 8), uint40(b >> 8));
        if (step % 3 == 2 && step > 900) _handler.deleteStream(a, b >> 2);
    }

    function checkM1_WhatIsHeldIsWhatIsOwed() private view {
        MarketBooks.Stay[] memory stays = _handler.stays();
        uint256 held;
        for (uint256 i; i < stays.length; ++i) {
            uint256 last = stays[i].removed == 0 ? stays[i].end : stays[i].removed;
            held += (last - stays[i].added) * _handler.offerAt(stays[i].offer).pricePerSecond;
        }
        for (uint256 o; o < _handler.offerCount(); ++o) {
            held -= checkDues(o);
        }
        vm.assertEq(token.balanceOf(address(market)), held, "the market holds what is unearned and unclaimed");

        DeliveryBooks.Deposit[] memory deposits = _handler.deposits();
        uint256 open;
        for (uint256 i; i < deposits.length; ++i) {
            DeliveryBooks.Deposit memory one = deposits[i];
            vm.assertLe(one.released + one.refunded, one.bought, "more of a deposit was paid out than came in");
            if (one.closed) continue;
            open += (one.bought - one.released - one.refunded) * _handler.offerAt(one.offer).pricePerSecond;
        }
        vm.assertEq(token.balanceOf(address(escrow)), open, "the escrow holds its open deposits");
    }

    /// @dev What was withdrawn for an offer, DATAcoin wei; what the market says is due are the books' dues, one by one as
    /// together.
    function checkDues(uint256 which) private view returns (uint256 drawn) {
        IOffers.Offer memory sold = _handler.offerAt(which);
        if (sold.settlement != IOffers.Settlement.BySecond) return 0;
        uint256[] memory ends = _handler.endsOf(which);
        uint256[] memory single = new uint256[](1);
        uint256 sum;
        for (uint256 i; i < ends.length; ++i) {
            single[0] = ends[i];
            uint256 due = _handler.dueAt(which, ends[i]) * sold.pricePerSecond;
            vm.assertEq(market.withdrawable(sold, single), due, "due differs from the books");
            sum += due;
            drawn += _handler.withdrawn(which, ends[i]) * sold.pricePerSecond;
        }
        vm.assertEq(market.withdrawable(sold, ends), sum, "together more or less is due than one by one");
    }

    function checkM2_EveryCoinIsWhereTheBooksSay() private view {
        for (uint256 a; a < _handler.accountCount(); ++a) {
            checkBalance(_handler.accounts(a));
        }
        checkBalance(treasury);
        checkBalance(address(market));
        checkBalance(address(escrow));
        checkBalance(_handler.relayer());
        uint256 out = _handler.income() + _handler.fees() + _handler.refunded();
        uint256 held = token.balanceOf(address(market)) + token.balanceOf(address(escrow));
        vm.assertEq(out + held, _handler.paid(), "received, paid back and held is what was paid");
        vm.assertEq(token.totalSupply(), 1_000_000_000e18);
    }

    function checkBalance(address account) private view {
        vm.assertEq(token.balanceOf(account), _handler.balances(account), "a balance differs from the ledger");
    }

    function checkM3_NobodyReadsWithoutARight() private view {
        for (uint256 s; s < _handler.streamCount(); ++s) {
            IStream named = _handler.streams(s);
            for (uint256 a; a < _handler.accountCount(); ++a) {
                address account = _handler.accounts(a);
                bool right = named.hasPermission(account, IStream.Permission.Read) || hasLicense(named, account);
                vm.assertEq(market.canRead(address(named), account), right, "canRead differs from the books");
            }
            bool public_ = named.hasPermission(EVERYONE, IStream.Permission.Read);
            vm.assertEq(market.canRead(address(named), stranger), public_, "a stranger reads");
        }
    }

    function checkM4_ALicenceEndsWhereItWasPut() private view {
        for (uint256 o; o < _handler.offerCount(); ++o) {
            bytes32 offerId = _handler.offerIds(o);
            IOffers.Offer memory sold = _handler.offerAt(o);
            for (uint256 a; a < _handler.accountCount(); ++a) {
                address account = _handler.accounts(a);
                MarketBooks.License memory booked = _handler.licenseAt(o, account);
                (uint256 from, uint256 until, bool flagged) = market.licenseOf(offerId, account);
                vm.assertEq(from, booked.from, "start differs from the books");
                vm.assertEq(until, booked.until, "end differs from the books");
                vm.assertEq(flagged, booked.flagged, "flag differs from the books");
                if (!booked.cut || sold.settlement >= IOffers.Settlement.AfterEvents) {
                    vm.assertEq(until % sold.boundary, 0);
                }
                vm.assertLe(until, block.timestamp + sold.maximumPeriod, "a licence ends too late");
                if (until > block.timestamp) {
                    uint256 refund = market.refundOf(sold, account);
                    vm.assertLe(refund, booked.paid, "more would flow back than was paid");
                }
            }
        }
    }

    /// @dev The books are only appended to, so equality with them means that nothing listed was ever altered.
    function checkM5_AnOfferNeverChanges() private view {
        for (uint256 s; s < _handler.streamCount(); ++s) {
            address named = address(_handler.streams(s));
            bytes32[] memory listed = _handler.listOf(named);
            for (uint256 position; position < listed.length; ++position) {
                (bytes32 offerId, bool onSale) = market.offerAt(named, position);
                vm.assertEq(offerId, listed[position], "an offer changed");
                vm.assertEq(onSale, !_handler.retired(offerId), "on sale differs from the books");
            }
        }
        for (uint256 o; o < _handler.offerCount(); ++o) {
            vm.assertEq(_handler.offerIds(o), referenceOfferId(_handler.offerAt(o)), "an id is not the hash");
        }
    }

    function checkM6_AListHasNoGapsAndNoDoubles() private view {
        for (uint256 s; s < _handler.streamCount(); ++s) {
            address named = address(_handler.streams(s));
            bytes32[] memory listed = _handler.listOf(named);
            (bytes32 behind,) = market.offerAt(named, listed.length);
            vm.assertEq(behind, 0, "the list is longer than the books");
            for (uint256 position = 1; position < listed.length; ++position) {
                for (uint256 earlier; earlier < position; ++earlier) {
                    vm.assertNotEq(listed[earlier], listed[position]);
                }
            }
        }
    }

    function checkM7_KarmaIsWhatWasSettled() private view {
        IKarma mirror = _handler.mirror();
        for (uint256 a; a < _handler.accountCount(); ++a) {
            address account = _handler.accounts(a);
            for (uint256 role; role < 3; ++role) {
                uint256 units = karma.unitsOf(account, IKarma.Role(role));
                vm.assertEq(units, mirror.unitsOf(account, IKarma.Role(role)), "karma differs from the books");
            }
        }
        vm.assertEq(karma.unitsOf(_handler.relayer(), IKarma.Role.Buyer), 0, "who carries earns nothing");
        vm.assertEq(karma.unitsOf(treasury, IKarma.Role.Seller), 0, "a fee is no sale");
    }

    function hasLicense(IStream named, address account) private view returns (bool) {
        for (uint256 o; o < _handler.offerCount(); ++o) {
            if (block.timestamp >= _handler.licenseAt(o, account).until) continue;
            address[] memory opened = _handler.offerAt(o).streams;
            for (uint256 i; i < opened.length; ++i) {
                if (opened[i] == address(named)) return true;
            }
        }
        return false;
    }
}
