// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IKarma} from "../../src/interfaces/IKarma.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {LicensesHandler} from "./LicensesHandler.sol";
import {MarketBooks} from "./MarketBooks.sol";

/// @notice The whole market: what the handlers before it do, and the delivery that payments by events wait for. Counts
/// come from a real oracle, which says them late, seldom and sometimes less than before.
contract MarketHandler is LicensesHandler {
    constructor(Parts memory parts) MarketBooks(parts) {}

    function say(uint256 which, uint256 back, uint256 count) external {
        _say(
            address(streams[which % streams.length]),
            block.timestamp / 30 minutes * 30 minutes - back % 24 * 30 minutes,
            count
        );
        ++calls["say"];
    }

    /// @dev Three of four times the counts are said just before.
    function release(uint256 which, uint256 period, uint256 count) external {
        if (_deposits.length == 0) return;
        Deposit memory deposit = _chosen(which);
        IOffers.Offer memory offer = offerAt(deposit.offer);
        uint256 last = lastOf(deposit);
        // Sometimes one boundary too far.
        uint256 time = deposit.since + (1 + period % ((last - deposit.since) / offer.boundary + 1)) * offer.boundary;
        if (count & 3 != 0) _sayAll(offer, deposit.since, time, count >> 8);

        bool final_ = isFinal(deposit);
        (bool known, uint256 earned) = judge(deposit, time);
        bytes4 expected;
        if (!hasCohort(deposit)) expected = IDeliveryEscrow.CohortUnknown.selector;
        else if (time > last || time > block.timestamp) expected = IDeliveryEscrow.JudgementTimeInvalid.selector;
        else if (block.timestamp >= last + REPORTING_SECONDS) expected = IDeliveryEscrow.ReportingOver.selector;
        else if (!final_ && !known) expected = IDeliveryEscrow.CountNotReported.selector;

        bytes memory call = abi.encodeCall(IDeliveryEscrow.release, (offer, deposit.since, deposit.until, time));
        if (!_tryAt(address(_parts.escrow), relayer, call, expected, "release") || final_) return;
        _bookEarned(deposit.offer, address(_parts.escrow), _bookRelease(deposit, earned, time == last));
    }

    function close(uint256 which, uint256 count) external {
        if (_deposits.length == 0) return;
        uint256 index = _choose(which);
        if (!isLatestOf(index)) return;
        Deposit memory deposit = _deposits[index];
        uint256 deadline = lastOf(deposit) + REPORTING_SECONDS;
        bool late = block.timestamp >= deadline;
        if (count & 1 == 0) _sayAll(offerAt(deposit.offer), deposit.since, deposit.until, count >> 8);
        (bool known,) = judge(deposit, deposit.until);
        bytes4 expected;
        if (deposit.closed) {
            expected = IDeliveryEscrow.DepositUnknown.selector;
        } else if (deposit.alone ? block.timestamp < deposit.until : !deposit.final_ && !late) {
            expected = IDeliveryEscrow.DeliveryOpen.selector;
        } else if (deposit.alone && !late && !known) {
            expected = IDeliveryEscrow.CountNotReported.selector;
        }
        _closeAt(index, late, expected);
    }

    /// @dev Whatever happened: once all is over, everything that is held can be paid to whom it is due, by anybody.
    function closeAll() external {
        vm.warp(block.timestamp + 60 days);
        for (uint256 which; which < offerCount(); ++which) {
            if (offerAt(which).settlement != IOffers.Settlement.BySecond) continue;
            uint256[] memory ends = endsOf(which);
            for (uint256 twice; twice < 2; ++twice) {
                vm.prank(relayer);
                _parts.market.withdraw(offerAt(which), ends);
            }
            uint256 drawn;
            for (uint256 i; i < ends.length; ++i) {
                drawn += _bookDraw(which, ends[i]);
            }
            _bookEarned(which, address(_parts.market), drawn);
            for (uint256 i; i < ACCOUNTS; ++i) {
                uint256 until = licenseAt(which, accounts[i]).until;
                if (until == 0) continue;
                vm.prank(relayer);
                _parts.market.settle(offerAt(which), accounts[i]);
                _credit(which, accounts[i], until);
            }
        }
        for (uint256 i; i < _deposits.length; ++i) {
            if (!_deposits[i].closed) _closeAt(i, true, 0);
        }
    }

    function _closeAt(uint256 index, bool late, bytes4 expected) private {
        Deposit storage deposit = _deposits[index];
        IOffers.Offer memory offer = offerAt(deposit.offer);
        bytes memory call = abi.encodeCall(IDeliveryEscrow.close, (offer, deposit.licensee, deposit.since));
        string memory action = deposit.alone ? "close alone" : "close";
        if (!_tryAt(address(_parts.escrow), relayer, call, expected, action)) return;
        uint256 earned;
        if (deposit.alone && !late) (, earned) = judge(deposit, deposit.until);
        (uint256 fresh, uint256 refund) = _bookClose(deposit, earned);
        _bookEarned(deposit.offer, address(_parts.escrow), fresh);
        mirror.earn(deposit.licensee, IKarma.Role.Buyer, deposit.released * offer.pricePerSecond, deposit.since);
        _move(address(_parts.escrow), deposit.licensee, refund * offer.pricePerSecond);
        refunded += refund * offer.pricePerSecond;
    }

    /// @dev Mostly one of the latest.
    function _choose(uint256 which) private view returns (uint256) {
        uint256 count = _deposits.length;
        return which % 2 == 0 ? (which >> 8) % count : count - 1 - (which >> 8) % (count < 6 ? count : 6);
    }

    function _chosen(uint256 which) private view returns (Deposit memory) {
        return _deposits[_choose(which)];
    }

    function _sayAll(IOffers.Offer memory offer, uint256 since, uint256 time, uint256 count) private {
        for (uint256 i; i < offer.streams.length; ++i) {
            _say(offer.streams[i], since, count >> i * 8);
            _say(offer.streams[i], time, count >> i * 8 + 64);
        }
    }
}
