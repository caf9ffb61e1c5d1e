// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKarma} from "../../src/interfaces/IKarma.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {ISecondSettlement} from "../../src/interfaces/ISecondSettlement.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {PurchasesHandler} from "./PurchasesHandler.sol";

/// @notice Does with licences what can be done with them: leaves, revokes, flags, answers, settles and withdraws; by
/// those who may and by those who may not.
abstract contract LicensesHandler is PurchasesHandler {
    function cancel(uint256 which, uint256 who) external {
        (uint256 offer_, address licensee) = _choose(which, who);
        IOffers.Offer memory offer = offerAt(offer_);
        License memory license = licenseAt(offer_, licensee);
        bool refundable =
            offer.settlement == IOffers.Settlement.BySecond || offer.settlement == IOffers.Settlement.ByEvent;
        bytes4 expected;
        if (!refundable) expected = ILicenses.NotRefundable.selector;
        else if (block.timestamp >= license.until) expected = ILicenses.LicenseNotRunning.selector;
        uint256 shown = _parts.market.refundOf(offer, licensee);
        bool done = _try(licensee, abi.encodeCall(ILicenses.cancel, (offer)), expected, "cancel");
        uint256 refund = done ? _bookEarlyEnd(offer_, licensee, _earliestEnd(offer, license)) : 0;
        vm.assertEq(shown, refund, "refundOf differs from the books");
        if (refund != 0) ++calls["refund"];
    }

    /// @dev Mostly by the seller.
    function revoke(uint256 which, uint256 who, uint256 dice) external {
        (uint256 offer_, address licensee) = _choose(which, who);
        IOffers.Offer memory offer = offerAt(offer_);
        address caller = dice % 8 == 0 ? relayer : offer.seller;
        License memory license = licenseAt(offer_, licensee);
        bytes4 expected;
        if (caller != offer.seller) expected = IOffers.NotSeller.selector;
        else if (block.timestamp >= license.until) expected = ILicenses.LicenseNotRunning.selector;
        bytes memory call = abi.encodeCall(ILicenses.revoke, (offer, licensee, bytes32(dice)));
        if (!_try(caller, call, expected, "revoke")) return;
        uint256 until = block.timestamp;
        if (offer.settlement >= IOffers.Settlement.AfterEvents) until = ceil(until, offer.boundary);
        _bookEarlyEnd(offer_, licensee, until < license.until ? until : license.until);
    }

    function flag(uint256 which, uint256 who) external {
        (uint256 offer_, address licensee) = _choose(which, who);
        IOffers.Offer memory offer = offerAt(offer_);
        License memory license = licenseAt(offer_, licensee);
        bytes4 expected;
        if (license.until == 0) expected = ILicenses.LicenseUnknown.selector;
        else if (license.flagged) expected = ILicenses.LicenseAlreadyFlagged.selector;
        vm.recordLogs();
        bool done = _try(licensee, abi.encodeCall(ILicenses.flag, (offer, bytes32(who))), expected, "flag");
        uint256 points = _flaggedPoints();
        if (!done) return;
        _bookFlag(offer_, licensee);
        if (offer.settlement == IOffers.Settlement.BySecond) {
            _bookEarned(offer_, address(_parts.market), _bookDraw(offer_, license.until));
        }
        (uint256 gave, uint256 most) = _givenBy(offer_, licensee, license);
        vm.assertLe(points, most, "a flag takes more than the licence gave");
        if (!license.cut) vm.assertEq(points, gave, "a flag takes something else than the licence gave");
        mirror.take(offer.seller, IKarma.Role.Seller, points, license.from);
        if (points != 0) ++calls["flag takes"];
    }

    function answerFlag(uint256 which, uint256 who) external {
        (uint256 offer_, address licensee) = _choose(which, who >> 8);
        IOffers.Offer memory offer = offerAt(offer_);
        address caller = who % 4 == 0 ? relayer : offer.seller;
        bytes4 expected;
        if (caller != offer.seller) expected = IOffers.NotSeller.selector;
        else if (!licenseAt(offer_, licensee).everFlagged) expected = ILicenses.LicenseNotFlagged.selector;
        _try(caller, abi.encodeCall(ILicenses.answerFlag, (offer, licensee, bytes32(who))), expected, "answerFlag");
    }

    function replaceKey(uint256 which, uint256 who) external {
        (uint256 offer_, address licensee) = _choose(which, who >> 8);
        bytes32 key = bytes32(who % 4);
        bytes4 expected;
        if (key == 0) expected = ILicenses.PublicKeyZero.selector;
        else if (block.timestamp >= licenseAt(offer_, licensee).until) expected = ILicenses.LicenseNotRunning.selector;
        _try(licensee, abi.encodeCall(ILicenses.replaceKey, (offerIds[offer_], key)), expected, "replaceKey");
    }

    /// @dev Anybody may.
    function settle(uint256 which, uint256 who) external {
        (uint256 offer_, address licensee) = _choose(which, who);
        IOffers.Offer memory offer = offerAt(offer_);
        License memory license = licenseAt(offer_, licensee);
        bytes4 expected;
        if (offer.settlement != IOffers.Settlement.BySecond) expected = ISecondSettlement.NotSettledBySecond.selector;
        else if (license.until == 0) expected = ILicenses.LicenseUnknown.selector;
        bytes memory call = abi.encodeCall(ISecondSettlement.settle, (offer, licensee));
        if (!_try(relayer, call, expected, "settle")) return;
        _credit(offer_, licensee, block.timestamp < license.until ? block.timestamp : license.until);
    }

    /// @dev Anybody may, for any of the ends, in any order, also naming one twice.
    function withdraw(uint256 which, uint256 picked, uint256 turn) public {
        (uint256 offer_,) = _choose(which, 0);
        uint256[] memory ends = _picked(endsOf(offer_), picked, turn);
        IOffers.Offer memory offer = offerAt(offer_);
        bytes memory call = abi.encodeCall(ISecondSettlement.withdraw, (offer, ends));
        if (offer.settlement != IOffers.Settlement.BySecond) {
            _try(relayer, call, ISecondSettlement.NotSettledBySecond.selector, "withdraw");
            return;
        }
        uint256 shown = _parts.market.withdrawable(offer, ends);
        _try(relayer, call, 0, "withdraw");
        uint256 drawn;
        for (uint256 i; i < ends.length; ++i) {
            drawn += _bookDraw(offer_, ends[i]);
        }
        vm.assertEq(shown, drawn * offer.pricePerSecond, "withdrawable differs from the books");
        _bookEarned(offer_, address(_parts.market), drawn);
        if (drawn != 0) ++calls["withdrawn"];
    }

    /// @dev Mostly one of the latest licences sold, by its licensee.
    function _choose(uint256 which, uint256 who) internal view returns (uint256 offer_, address licensee) {
        uint256 count = _soldOffers.length;
        if (count == 0) return (which % offerCount(), accounts[who % ACCOUNTS]);
        uint256 sale = which % 4 == 0 ? (which >> 8) % count : count - 1 - (which >> 8) % (count < 8 ? count : 8);
        return (_soldOffers[sale], who % 8 == 0 ? accounts[(who >> 8) % ACCOUNTS] : _soldTo[sale]);
    }

    /// @dev The earliest end to which a licensee can cut its licence now.
    function _earliestEnd(IOffers.Offer memory offer, License memory license) private view returns (uint256) {
        if (offer.settlement == IOffers.Settlement.BySecond) return block.timestamp;
        uint256 minimum = offer.minimumPeriod == 0 ? 1 : offer.minimumPeriod;
        uint256 kept = ceil(license.from, offer.boundary) + ceil(minimum, offer.boundary);
        uint256 next = ceil(block.timestamp, offer.boundary);
        if (kept < next) kept = next;
        return kept < license.until ? kept : license.until;
    }

    /// @dev DATAcoin wei that a flag takes from the seller, and what the seller was or is still to be paid for the
    /// licence since the start of its uninterrupted range, fee included.
    function _givenBy(uint256 offer_, address licensee, License memory license)
        private
        view
        returns (uint256 gave, uint256 most)
    {
        IOffers.Offer memory offer = offerAt(offer_);
        if (offer.settlement == IOffers.Settlement.AtOnce) return (license.paid, license.paid);
        if (offer.settlement == IOffers.Settlement.BySecond) {
            Stay[] memory all = this.stays();
            for (uint256 i; i < all.length; ++i) {
                if (all[i].offer != offer_ || all[i].licensee != licensee || all[i].added < license.from) continue;
                most += earnedOf(all[i]) * offer.pricePerSecond;
            }
            return (most, most);
        }
        uint256 begun;
        for (uint256 i = _deposits.length; i != 0; --i) {
            Deposit memory deposit = _deposits[i - 1];
            if (deposit.offer != offer_ || deposit.licensee != licensee || deposit.since < license.from) continue;
            if (deposit.gone || deposit.since >= block.timestamp) continue;
            uint256 released = deposit.released * offer.pricePerSecond;
            most += released;
            // The latest 32 of them.
            if (++begun <= 32) gave += released;
        }
    }

    /// @dev What the flag said that it took.
    function _flaggedPoints() private returns (uint256 points) {
        Cheatcodes.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != ILicenses.LicenseFlagged.selector) continue;
            (points,) = abi.decode(logs[i].data, (uint256, bytes32));
        }
    }

    /// @dev Those of the ends that the bits of `picked` name, from one of them on, some of them twice, and one that none
    /// has.
    function _picked(uint256[] memory from, uint256 picked, uint256 turn) private pure returns (uint256[] memory ends) {
        uint256[] memory found = new uint256[](from.length * 2 + 1);
        uint256 count;
        for (uint256 i; i < from.length; ++i) {
            uint256 place = addmod(i, turn, from.length);
            if (picked >> place & 1 == 0) continue;
            found[count++] = from[place];
            if (turn >> place & 3 == 1) found[count++] = from[place];
        }
        if (turn % 2 == 0) found[count++] = 1;
        ends = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            ends[i] = found[i];
        }
    }
}
