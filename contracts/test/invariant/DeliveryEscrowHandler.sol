// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {EscrowBase} from "../DeliveryEscrow/EscrowBase.t.sol";
import {RevertingOracle} from "../DeliveryEscrow/release.t.sol";
import {DeliveryBooks} from "./DeliveryBooks.sol";

/// @notice Stands in the licence contract's role, walks at random, and keeps books of every deposit by itself: one by
/// one, without cohorts and chains. What must succeed and what must be refused is decided from the books.
contract DeliveryEscrowHandler is EscrowBase, DeliveryBooks {
    uint256 public constant ACCOUNTS = 4;
    uint256 public constant OFFERS = 5;
    uint256 private constant DEPOSITS_LIMIT = 60;

    IOffers.Offer[] private _offers;
    mapping(uint256 offer => mapping(address licensee => uint256)) private _licensedUntil;

    function setUp() public override {
        if (address(escrow) != address(0)) return;
        super.setUp();
        for (uint256 i; i < OFFERS; ++i) {
            IOffers.Offer memory offer = i < 3 ? byEvent() : afterEvents();
            offer.productNumber = uint96(i);
            offer.pricePerSecond = uint96([PRICE, 1, 7, PRICE, 3][i]);
            // One whose delivery is judged after its licences ended, one whose oracle is broken.
            if (i == 4) offer.deliveryPeriod = 9 hours;
            if (i == 2) offer.oracle = address(new RevertingOracle());
            _offers.push(offer);
        }
    }

    /// @dev Half of the time two buy the same, and are a cohort where none of them renews.
    function buy(uint256 which, uint256 who, uint256 periods) external {
        _buy(which % OFFERS, account(who & 0x7f), 1 + periods % 4);
        if (periods >> 8 & 1 == 0) _buy(which % OFFERS, account((who & 0x7f) + 1), 1 + periods % 4);
    }

    /// @dev Ends one of the latest purchases' licences at one of the next boundaries, sometimes then at the very next.
    function end(uint256 which, uint256 later) external {
        if (_deposits.length == 0) return;
        Deposit memory deposit =
            _deposits[_deposits.length - 1 - which % (_deposits.length < 16 ? _deposits.length : 16)];
        _end(deposit.offer, deposit.licensee, nextBoundary() + later % 3 * 1 hours);
        if (later >> 8 & 1 == 0) _end(deposit.offer, deposit.licensee, nextBoundary());
    }

    /// @dev Counts mostly grow, and sometimes shrink.
    function say(uint256 back, uint256 count) public {
        _sayBoth(block.timestamp / 1 hours * 1 hours - back % 12 * 1 hours, count);
        ++calls["say"];
    }

    /// @dev Half of the time the counts are said just before.
    function release(uint256 which, uint256 hour) external {
        if (_deposits.length == 0) return;
        Deposit memory deposit = _deposits[which % _deposits.length];
        IOffers.Offer memory offer = _offers[deposit.offer];
        uint256 last = lastOf(deposit);
        uint256 time = deposit.since + (1 + hour % ((last - deposit.since) / 1 hours)) * 1 hours;
        if (hour >> 8 & 1 == 0 && time <= block.timestamp) {
            _sayBoth(deposit.since, hour >> 16);
            _sayBoth(time, hour >> 32);
        }
        bool open = hasCohort(deposit) && time <= block.timestamp && block.timestamp < last + REPORTING_SECONDS;
        (bool known, uint256 earned) = judge(deposit, time);
        bool allowed = open && (known || isFinal(deposit));

        bytes memory call = abi.encodeCall(IDeliveryEscrow.release, (offer, deposit.since, deposit.until, time));
        (bool done,) = address(escrow).call(call);
        vm.assertEq(done, allowed, "released exactly when it may be");
        ++calls[done ? "release" : "releaseRefused"];
        if (done && !isFinal(deposit)) _bookRelease(deposit, earned, time == last);
    }

    function close(uint256 which, uint256 who) external {
        if (_deposits.length == 0) return;
        which %= _deposits.length;
        if (!isLatestOf(which)) return;
        Deposit memory deposit = _deposits[which];
        uint256 deadline = lastOf(deposit) + REPORTING_SECONDS;
        bool late = block.timestamp >= deadline;
        (bool known, uint256 earned) = judge(deposit, deposit.until);
        bool judged = deposit.alone ? block.timestamp >= deposit.until && known : deposit.final_;

        vm.prank(account(who));
        bytes memory call =
            abi.encodeCall(IDeliveryEscrow.close, (_offers[deposit.offer], deposit.licensee, deposit.since));
        (bool done,) = address(escrow).call(call);
        vm.assertEq(done, !deposit.closed && (late || judged), "closed exactly when it may be");
        ++calls[done ? deposit.alone ? "closeAlone" : "close" : "closeRefused"];
        if (done) _bookClose(_deposits[which], deposit.alone && !late ? earned : 0);
    }

    function pass(uint256 seconds_) external {
        vm.warp(block.timestamp + (seconds_ % 16 == 0 ? 4 days : seconds_ % 3 hours));
        ++calls["pass"];
    }

    /// @dev Whatever happened: once all reporting times are over, everything can be closed by anybody.
    function closeAll() external {
        vm.warp(block.timestamp + 60 days);
        for (uint256 i; i < _deposits.length; ++i) {
            Deposit storage deposit = _deposits[i];
            if (deposit.closed) continue;
            vm.prank(stranger);
            escrow.close(_offers[deposit.offer], deposit.licensee, deposit.since);
            _bookClose(deposit, 0);
        }
    }

    function offerAt(uint256 index) public view override returns (IOffers.Offer memory) {
        return _offers[index];
    }

    function account(uint256 which) public pure returns (address) {
        return address(uint160(0x1000 + uint8(which) % ACCOUNTS));
    }

    function parts() external view returns (address, address, address, address) {
        return (address(escrow), address(token), beneficiary, treasury);
    }

    function _buy(uint256 which, address licensee, uint256 hours_) private {
        if (_deposits.length == DEPOSITS_LIMIT) return;
        uint256 since = _licensedUntil[which][licensee];
        if (since <= block.timestamp) since = nextBoundary();
        uint256 until = since + hours_ * 1 hours;
        deposit(_offers[which], licensee, since, until);
        _licensedUntil[which][licensee] = until;
        _deposits.push(Deposit(which, licensee, since, until, until - since, 0, 0, false, false, false, false));
        ++calls["buy"];
    }

    function _end(uint256 which, address licensee, uint256 until) private {
        uint256 natural = _licensedUntil[which][licensee];
        if (natural <= block.timestamp || until > natural) return;
        _licensedUntil[which][licensee] = until;
        uint256 refund = _bookEnd(which, licensee, until) * _offers[which].pricePerSecond;
        vm.assertEq(escrow.refundAt(_offers[which], licensee, until), refund, "refundAt differs from the books");
        vm.assertEq(escrow.end(_offers[which], licensee, until), refund, "refund differs from the books");
        ++calls["end"];
        if (refund != 0) ++calls["refund"];
    }

    function _answers(IOffers.Offer memory offer) internal view override returns (bool) {
        return offer.oracle == address(oracle);
    }

    function _report(address stream, uint256 time, uint256 count) internal override {
        attestor.report(oracle, stream, time, count);
    }

    /// @dev Both streams' counts at a time, unless they were said before.
    function _sayBoth(uint256 time, uint256 count) private {
        _say(streamA, time, count);
        _say(streamB, time, count >> 8);
    }

    function nextBoundary() private view returns (uint256) {
        return (block.timestamp + 1 hours - 1) / 1 hours * 1 hours;
    }
}
