// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {EscrowBase} from "../DeliveryEscrow/EscrowBase.t.sol";
import {RevertingOracle} from "../DeliveryEscrow/release.t.sol";

/// @notice Stands in the licence contract's role, walks at random, and keeps books of every deposit by itself: one by
/// one, without cohorts and chains. What must succeed and what must be refused is decided from the books.
contract DeliveryEscrowHandler is EscrowBase {
    struct Book {
        uint256 offer;
        address licensee;
        uint256 since;
        uint256 until;
        /// Seconds that the seller was paid for, and that flowed back.
        uint256 released;
        uint256 refunded;
        uint256 bought;
        /// Judged to its end together with others.
        bool final_;
        /// The licence ended early.
        bool alone;
        bool closed;
    }

    struct Count {
        bool known;
        uint256 count;
    }

    uint256 public constant ACCOUNTS = 4;
    uint256 public constant OFFERS = 5;
    uint256 private constant BOOKS_LIMIT = 60;

    IOffers.Offer[] private _offers;
    Book[] private _books;
    mapping(uint256 offer => mapping(address licensee => uint256)) private _licensedUntil;
    mapping(address stream => mapping(uint256 time => Count)) private _counts;
    /// @dev How often each action took place, so that a test can tell that the walk went somewhere.
    mapping(string action => uint256 count) public calls;

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
        if (_books.length == 0) return;
        Book memory book = _books[_books.length - 1 - which % (_books.length < 16 ? _books.length : 16)];
        _end(book.offer, book.licensee, nextBoundary() + later % 3 * 1 hours);
        if (later >> 8 & 1 == 0) _end(book.offer, book.licensee, nextBoundary());
    }

    /// @dev Counts mostly grow, and sometimes shrink.
    function say(uint256 back, uint256 count) public {
        _say(block.timestamp / 1 hours * 1 hours - back % 12 * 1 hours, count);
        ++calls["say"];
    }

    /// @dev Half of the time the counts are said just before.
    function release(uint256 which, uint256 hour) external {
        if (_books.length == 0) return;
        Book memory book = _books[which % _books.length];
        IOffers.Offer memory offer = _offers[book.offer];
        uint256 last = lastOf(book);
        uint256 time = book.since + (1 + hour % ((last - book.since) / 1 hours)) * 1 hours;
        if (hour >> 8 & 1 == 0 && time <= block.timestamp) {
            _say(book.since, hour >> 16);
            _say(time, hour >> 32);
        }
        bool open = hasCohort(book) && time <= block.timestamp && block.timestamp < last + REPORTING_TIME;
        (bool known, uint256 earned) = judge(book, time);
        bool allowed = open && (known || isFinal(book));

        bytes memory call = abi.encodeCall(IDeliveryEscrow.release, (offer, book.since, book.until, time));
        (bool done,) = address(escrow).call(call);
        vm.assertEq(done, allowed, "released exactly when it may be");
        ++calls[done ? "release" : "releaseRefused"];
        if (done && !isFinal(book)) _bookRelease(book, earned, time == last);
    }

    function close(uint256 which, uint256 who) external {
        if (_books.length == 0) return;
        which %= _books.length;
        if (!isLatestOf(which)) return;
        Book memory book = _books[which];
        uint256 deadline = lastOf(book) + REPORTING_TIME;
        bool late = block.timestamp >= deadline;
        (bool known, uint256 earned) = judge(book, book.until);
        bool judged = book.alone ? block.timestamp >= book.until && known : book.final_;

        vm.prank(account(who));
        bytes memory call = abi.encodeCall(IDeliveryEscrow.close, (_offers[book.offer], book.licensee, book.since));
        (bool done,) = address(escrow).call(call);
        vm.assertEq(done, !book.closed && (late || judged), "closed exactly when it may be");
        ++calls[done ? book.alone ? "closeAlone" : "close" : "closeRefused"];
        if (done) _bookClose(_books[which], book.alone && !late ? earned : 0);
    }

    function pass(uint256 seconds_) external {
        vm.warp(block.timestamp + (seconds_ % 16 == 0 ? 4 days : seconds_ % 3 hours));
        ++calls["pass"];
    }

    /// @dev Whatever happened: once all reporting times are over, everything can be closed by anybody.
    function closeAll() external {
        vm.warp(block.timestamp + 60 days);
        for (uint256 i; i < _books.length; ++i) {
            Book storage book = _books[i];
            if (book.closed) continue;
            vm.prank(stranger);
            escrow.close(_offers[book.offer], book.licensee, book.since);
            _bookClose(book, 0);
        }
    }

    function books() external view returns (Book[] memory) {
        return _books;
    }

    function offerAt(uint256 index) external view returns (IOffers.Offer memory) {
        return _offers[index];
    }

    function account(uint256 which) public pure returns (address) {
        return address(uint160(0x1000 + uint8(which) % ACCOUNTS));
    }

    function parts() external view returns (address, address, address, address) {
        return (address(escrow), address(token), beneficiary, treasury);
    }

    function _buy(uint256 which, address licensee, uint256 hours_) private {
        if (_books.length == BOOKS_LIMIT) return;
        uint256 since = _licensedUntil[which][licensee];
        if (since <= block.timestamp) since = nextBoundary();
        uint256 until = since + hours_ * 1 hours;
        deposit(_offers[which], licensee, since, until);
        _licensedUntil[which][licensee] = until;
        _books.push(Book(which, licensee, since, until, 0, 0, until - since, false, false, false));
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

    /// @dev Both streams' counts at a time, unless they were said before.
    function _say(uint256 time, uint256 count) private {
        for (uint256 i; i < 2; ++i) {
            address stream = i == 0 ? streamA : streamB;
            if (_counts[stream][time].known) continue;
            uint256 said = (time + 1 days - START) / 60 + (count >> (i * 8)) % 150;
            report(oracle, stream, time, said);
            _counts[stream][time] = Count(true, said);
        }
    }

    /// @dev Seconds that flow back when the licence ends.
    function _bookEnd(uint256 which, address licensee, uint256 until) private returns (uint256 refunded) {
        for (uint256 i; i < _books.length; ++i) {
            Book storage book = _books[i];
            if (book.offer != which || book.licensee != licensee || book.closed) continue;
            if (book.until < until || book.until <= block.timestamp) continue;
            bool locked = _offers[which].settlement == IOffers.Settlement.AfterEvents;
            if (book.alone && book.until > until) ++calls["cutAgain"];
            if (book.since >= until || (locked && book.released == 0)) {
                refunded += book.bought - book.refunded;
                book.refunded = book.bought;
                book.closed = true;
            } else if (!locked && book.until > until) {
                refunded += book.until - until;
                book.refunded += book.until - until;
                book.until = until;
                book.alone = true;
            }
        }
    }

    function _bookRelease(Book memory like, uint256 earned, bool last) private {
        bool all = earned == like.until - like.since;
        uint256 members;
        for (uint256 i; i < _books.length; ++i) {
            Book storage book = _books[i];
            if (!isSameCohort(book, like)) continue;
            ++members;
            if (earned > book.released) book.released = earned;
            if (last || all) book.final_ = true;
        }
        if (earned != 0) ++calls[members > 1 ? "earnedByMany" : "earnedByOne"];
    }

    function _bookClose(Book storage book, uint256 earned) private {
        if (earned > book.released) book.released = earned;
        book.refunded = book.bought - book.released;
        book.closed = true;
    }

    /// @dev Whether the counts are known, and the seconds of the deposit that they earn.
    function judge(Book memory book, uint256 time) private view returns (bool known, uint256 earned) {
        IOffers.Offer memory offer = _offers[book.offer];
        if (offer.oracle != address(oracle)) return (false, 0);
        uint256 events;
        for (uint256 i; i < 2; ++i) {
            Count memory first = _counts[offer.streams[i]][book.since];
            Count memory second = _counts[offer.streams[i]][time];
            if (!first.known || !second.known) return (false, 0);
            if (second.count > first.count) events += second.count - first.count;
        }
        if (offer.settlement == IOffers.Settlement.AfterEvents) {
            return (true, events >= offer.events ? book.until - book.since : 0);
        }
        earned = events * offer.deliveryPeriod / offer.events;
        return (true, earned > time - book.since ? time - book.since : earned);
    }

    function lastOf(Book memory book) private view returns (uint256) {
        IOffers.Offer memory offer = _offers[book.offer];
        bool locked = offer.settlement == IOffers.Settlement.AfterEvents;
        return locked ? book.since + offer.deliveryPeriod : book.until;
    }

    function isSameCohort(Book memory book, Book memory like) private pure returns (bool) {
        return
            book.offer == like.offer && book.since == like.since && book.until == like.until && !book.closed
                && !book.alone;
    }

    function hasCohort(Book memory like) private view returns (bool) {
        for (uint256 i; i < _books.length; ++i) {
            if (isSameCohort(_books[i], like)) return true;
        }
        return false;
    }

    function isFinal(Book memory like) private view returns (bool) {
        for (uint256 i; i < _books.length; ++i) {
            if (isSameCohort(_books[i], like)) return _books[i].final_;
        }
        return false;
    }

    /// @dev A licensee can have bought the same start again after the first purchase flowed back whole.
    function isLatestOf(uint256 which) private view returns (bool) {
        for (uint256 i = which + 1; i < _books.length; ++i) {
            Book memory later = _books[i];
            Book memory book = _books[which];
            if (later.offer == book.offer && later.licensee == book.licensee && later.since == book.since) {
                return false;
            }
        }
        return true;
    }

    function nextBoundary() private view returns (uint256) {
        return (block.timestamp + 1 hours - 1) / 1 hours * 1 hours;
    }
}
