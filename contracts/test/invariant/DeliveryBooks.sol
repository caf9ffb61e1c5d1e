// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../../src/interfaces/IOffers.sol";

/// @notice Books of payments by events: every deposit by itself, without the escrow's cohorts and chains. Times are Unix
/// seconds, amounts seconds of a licence.
abstract contract DeliveryBooks {
    struct Deposit {
        uint256 offer;
        address licensee;
        uint256 since;
        uint256 until;
        /// Seconds that came in, that the seller was paid for, and that flowed back.
        uint256 bought;
        uint256 released;
        uint256 refunded;
        /// Judged to its end together with others.
        bool final_;
        /// The licence ended early.
        bool alone;
        bool closed;
        /// All of it flowed back when the licence ended.
        bool gone;
    }

    struct Count {
        bool known;
        uint256 count;
    }

    uint256 internal constant REPORTING_SECONDS = 7 days;

    Deposit[] internal _deposits;
    mapping(address stream => mapping(uint256 time => Count)) internal _counts;
    /// @dev How often each action took place, so that a test can tell that the walk went somewhere.
    mapping(string action => uint256 count) public calls;

    function deposits() external view returns (Deposit[] memory) {
        return _deposits;
    }

    function offerAt(uint256 index) public view virtual returns (IOffers.Offer memory);

    /// @dev Whether the offer's oracle answers at all.
    function _answers(IOffers.Offer memory offer) internal view virtual returns (bool);

    /// @dev Reports a count to the real oracle.
    function _report(address stream, uint256 time, uint256 count) internal virtual;

    /// @dev Reports the stream's count for a time, unless one stands. Counts mostly grow, and sometimes shrink.
    function _say(address stream, uint256 time, uint256 dice) internal {
        if (time > block.timestamp || _counts[stream][time].known) return;
        uint256 said = (time - 1_790_000_000) / 60 + dice % 150;
        _report(stream, time, said);
        _counts[stream][time] = Count(true, said);
    }

    /// @dev Seconds that flow back when the licence ends at `until`.
    function _bookEnd(uint256 which, address licensee, uint256 until) internal returns (uint256 refunded) {
        bool locked = offerAt(which).settlement == IOffers.Settlement.AfterEvents;
        for (uint256 i; i < _deposits.length; ++i) {
            Deposit storage deposit = _deposits[i];
            if (deposit.offer != which || deposit.licensee != licensee || deposit.closed) continue;
            if (deposit.until < until || deposit.until <= block.timestamp) continue;
            if (deposit.alone && deposit.until > until) ++calls["cutAgain"];
            if (deposit.since >= until || (locked && deposit.released == 0)) {
                refunded += deposit.bought - deposit.refunded;
                deposit.refunded = deposit.bought;
                (deposit.closed, deposit.gone) = (true, true);
            } else if (!locked && deposit.until > until) {
                refunded += deposit.until - until;
                deposit.refunded += deposit.until - until;
                deposit.until = until;
                deposit.alone = true;
            }
        }
    }

    /// @dev What was released of all members of a cohort together.
    function _bookRelease(Deposit memory like, uint256 earned, bool last) internal returns (uint256 fresh) {
        bool all = earned == like.until - like.since;
        uint256 members;
        for (uint256 i; i < _deposits.length; ++i) {
            Deposit storage deposit = _deposits[i];
            if (!isSameCohort(deposit, like)) continue;
            ++members;
            if (earned > deposit.released) {
                fresh += earned - deposit.released;
                deposit.released = earned;
            }
            if (last || all) deposit.final_ = true;
        }
        if (fresh != 0) ++calls[members > 1 ? "earnedByMany" : "earnedByOne"];
    }

    /// @dev What was released now, and what flowed back.
    function _bookClose(Deposit storage deposit, uint256 earned) internal returns (uint256 fresh, uint256 refund) {
        if (earned > deposit.released) fresh = earned - deposit.released;
        deposit.released += fresh;
        refund = deposit.bought - deposit.released - deposit.refunded;
        deposit.refunded += refund;
        deposit.closed = true;
    }

    /// @dev Whether the counts are known, and the seconds of the deposit that they earn.
    function judge(Deposit memory deposit, uint256 time) internal view returns (bool known, uint256 earned) {
        IOffers.Offer memory offer = offerAt(deposit.offer);
        if (!_answers(offer)) return (false, 0);
        uint256 events;
        for (uint256 i; i < offer.streams.length; ++i) {
            Count memory first = _counts[offer.streams[i]][deposit.since];
            Count memory second = _counts[offer.streams[i]][time];
            if (!first.known || !second.known) return (false, 0);
            if (second.count > first.count) events += second.count - first.count;
        }
        if (offer.settlement == IOffers.Settlement.AfterEvents) {
            return (true, events >= offer.events ? deposit.until - deposit.since : 0);
        }
        earned = events * offer.deliveryPeriod / offer.events;
        return (true, earned > time - deposit.since ? time - deposit.since : earned);
    }

    /// @dev The last time at which a deposit is judged.
    function lastOf(Deposit memory deposit) internal view returns (uint256) {
        IOffers.Offer memory offer = offerAt(deposit.offer);
        bool locked = offer.settlement == IOffers.Settlement.AfterEvents;
        return locked ? deposit.since + offer.deliveryPeriod : deposit.until;
    }

    function isSameCohort(Deposit memory deposit, Deposit memory like) internal pure returns (bool) {
        return deposit.offer == like.offer && deposit.since == like.since && deposit.until == like.until
            && !deposit.closed && !deposit.alone;
    }

    function hasCohort(Deposit memory like) internal view returns (bool) {
        for (uint256 i; i < _deposits.length; ++i) {
            if (isSameCohort(_deposits[i], like)) return true;
        }
        return false;
    }

    function isFinal(Deposit memory like) internal view returns (bool) {
        for (uint256 i; i < _deposits.length; ++i) {
            if (isSameCohort(_deposits[i], like)) return _deposits[i].final_;
        }
        return false;
    }

    /// @dev A licensee can have bought the same start again after the first purchase flowed back whole.
    function isLatestOf(uint256 which) internal view returns (bool) {
        for (uint256 i = which + 1; i < _deposits.length; ++i) {
            Deposit memory later = _deposits[i];
            Deposit memory deposit = _deposits[which];
            if (later.offer == deposit.offer && later.licensee == deposit.licensee && later.since == deposit.since) {
                return false;
            }
        }
        return true;
    }

    function ceil(uint256 time, uint256 boundary) internal pure returns (uint256) {
        return (time + boundary - 1) / boundary * boundary;
    }
}
