// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IDeliveryEscrow} from "./interfaces/IDeliveryEscrow.sol";
import {IDeliveryOracle} from "./interfaces/IDeliveryOracle.sol";
import {IKarma} from "./interfaces/IKarma.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {OfferHash} from "./libraries/OfferHash.sol";
import {Payout} from "./libraries/Payout.sol";

/// @title DeliveryEscrow
/// @notice Holds payments that are settled by events until an oracle says what was delivered (whitepaper 2.5.4).
///
/// Who is trusted: the licence contract, fixed at deployment, to send the coins of a deposit before it reports the
/// deposit, to report only deposits of offers that were listed, each starting later than the one before it, and to end
/// deposits when the licence ends. It can take nothing from deposits of others. There is no owner, fee of its own,
/// pause or upgrade. The oracle is the offer's: seller and buyer both accepted it with the offer, and it alone decides
/// what was delivered. It can decide nothing else: how much is at stake, who receives it and until when are the offer's.
/// Everybody may call release and close, since neither lets the caller choose where a coin goes.
///
/// What is judged: the events of an offer between two times are the growth of its streams' counts, summed; a count that
/// shrank counts as no growth, and silence is never taken for zero. A time is judged only once it has come, whatever the
/// oracle says of the future. What was released stays released: a later, smaller judgement takes nothing back. Seconds
/// earned are rounded down, so that a deposit never pays out more than came in.
///
/// Cohorts: licences of one offer with the same start and end are released together, by one slot that says how many
/// seconds of each of them are paid out. A licence that ends early leaves its cohort with the seconds paid out so far
/// and stands alone: it is judged when it is closed, at its own end. What the escrow holds is, at all times, the sum of
/// the deposits not closed less what was released of them; coins sent here outside of a purchase stay for ever.
///
/// AfterEvents is all or nothing, for either side: the payment stays locked until the events came, and once they came
/// all of it is the seller's, also if it revokes the licence afterwards. Revoking it before pays back all, also when the
/// events came and nobody had released the payment yet.
///
/// Chains: a renewal is a deposit of its own, which points to the one before. Ending a licence walks back over those
/// that have not begun. There are at most DEPOSITS_LIMIT of them, so that nobody can make a licence too expensive to
/// end by giving it away in small pieces; whoever gives so many only delays the next renewal until one has begun.
///
/// Oracles that revert, eat gas or answer nonsense make release revert, and nothing else: seven days after the last time
/// at which a deposit is judged, close pays back what was not released and asks nobody.
///
/// The token: a plain ERC-20 without fees on transfer, rebasing, callbacks or blocklist, such as DATAcoin. Books are
/// changed before any coin moves, so that a callback would find them in order.
///
/// When a party vanishes: without the seller, anybody may release to its beneficiary. Without the licensee, anybody may
/// close to it. Without the oracle, licensees get back what is not released yet; so does a seller lose what it let
/// nobody release in those seven days, whatever was delivered.
contract DeliveryEscrow is IDeliveryEscrow, Multicall {
    using SafeERC20 for IERC20;

    /// @dev Alone: the licence ended early, and the deposit is judged by itself. Closed: nothing of it is held.
    enum State {
        None,
        InCohort,
        Alone,
        Closed
    }

    /// @dev One slot. `released`: seconds paid out for each licence.
    struct Cohort {
        uint32 licenses;
        uint40 released;
        bool final_;
    }

    /// @dev One slot. `previous`: start of the deposit before, 0 if there was none. `released`: seconds paid out, unless
    /// the cohort says it.
    struct Deposit {
        uint40 until;
        uint40 previous;
        uint40 released;
        State state;
    }

    /// @notice Seconds that the oracle has after the last time at which a deposit is judged.
    uint256 public constant REPORTING_TIME = 7 days;
    /// @notice Most deposits of one licence that have not begun.
    uint256 public constant DEPOSITS_LIMIT = 32;
    /// @dev More events than any offer promises. Counts cut to it can be added up and multiplied without overflow.
    uint256 private constant GROWTH_LIMIT = type(uint128).max;

    /// @inheritdoc IDeliveryEscrow
    address public immutable override license;
    /// @inheritdoc IDeliveryEscrow
    address public immutable override token;
    /// @inheritdoc IDeliveryEscrow
    address public immutable override treasury;
    /// @inheritdoc IDeliveryEscrow
    address public immutable override karma;

    mapping(bytes32 offerId => mapping(uint256 since => mapping(uint256 until => Cohort))) private _cohorts;
    mapping(bytes32 offerId => mapping(address licensee => mapping(uint256 since => Deposit))) private _deposits;
    /// @dev Start of the deposit from which the chain of a licence leads back.
    mapping(bytes32 offerId => mapping(address licensee => uint256 since)) private _latest;

    modifier onlyLicenseContract() {
        _checkLicenseContract();
        _;
    }

    /// @param license_ The contract that sells the licences.
    /// @param token_ The token that they are paid in.
    /// @param treasury_ Receives the fees.
    /// @param karma_ Counts karma (IKarma).
    constructor(address license_, address token_, address treasury_, address karma_) {
        if (license_ == address(0) || token_ == address(0) || treasury_ == address(0) || karma_ == address(0)) {
            revert ConfigurationInvalid();
        }
        license = license_;
        token = token_;
        treasury = treasury_;
        karma = karma_;
    }

    /// @inheritdoc IDeliveryEscrow
    function deposit(bytes32 offerId, address licensee, uint256 since, uint256 until)
        external
        override
        onlyLicenseContract
    {
        // Check
        if (since < block.timestamp) revert TimePast(since, block.timestamp);
        uint256 latest = _latest[offerId][licensee];
        if (since <= latest) revert DepositNotLater(offerId, licensee, since, latest);
        mapping(uint256 => Deposit) storage deposits = _deposits[offerId][licensee];
        uint256 ahead = latest;
        for (uint256 count; ahead >= block.timestamp; ahead = deposits[ahead].previous) {
            if (++count == DEPOSITS_LIMIT) revert DepositsTooMany(offerId, licensee);
        }

        // Effect
        ++_cohorts[offerId][since][until].licenses;
        // Times of listed offers have 40 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        deposits[since] = Deposit(uint40(until), uint40(latest), 0, State.InCohort);
        _latest[offerId][licensee] = since;
    }

    /// @inheritdoc IDeliveryEscrow
    function end(IOffers.Offer calldata offer, address licensee, uint256 until)
        external
        override
        onlyLicenseContract
        returns (uint256 refund)
    {
        // Check
        // What lies behind may have been released.
        if (until < block.timestamp) revert TimePast(until, block.timestamp);
        bytes32 offerId = OfferHash.offerIdOf(offer);

        // Effect
        mapping(uint256 => Deposit) storage deposits = _deposits[offerId][licensee];
        uint256 since = _latest[offerId][licensee];
        uint256 unused;
        bool whole;
        while (true) {
            (unused, whole) = _unused(offer, offerId, deposits[since], since, until);
            if (!whole) break;
            if (deposits[since].state == State.InCohort) _leave(offerId, since, deposits[since].until);
            uint256 previous = deposits[since].previous;
            delete deposits[since];
            emit DepositClosed(offerId, OfferHash.productIdOf(offer), licensee, since, 0, unused * offer.pricePerSecond);
            refund += unused;
            since = previous;
        }
        _latest[offerId][licensee] = since;
        if (unused != 0) {
            Deposit storage cut = deposits[since];
            if (cut.state == State.InCohort) {
                cut.released = _cohorts[offerId][since][cut.until].released;
                cut.state = State.Alone;
                _leave(offerId, since, cut.until);
            }
            // forge-lint: disable-next-line(unsafe-typecast)
            cut.until = uint40(until);
            refund += unused;
        }
        refund *= offer.pricePerSecond;

        // Interaction
        if (refund != 0) IERC20(token).safeTransfer(licensee, refund);
    }

    /// @inheritdoc IDeliveryEscrow
    function release(IOffers.Offer calldata offer, uint256 since, uint256 until, uint256 time) external override {
        // Check
        bytes32 offerId = OfferHash.offerIdOf(offer);
        Cohort memory cohort = _cohorts[offerId][since][until];
        if (cohort.licenses == 0) revert CohortUnknown(offerId, since, until);
        uint256 last = _lastTime(offer, since, until);
        if (time <= since || time > last || time > block.timestamp || time % offer.boundary != 0) {
            revert JudgementTimeInvalid(time, since, last);
        }
        uint256 deadline = last + REPORTING_TIME;
        if (block.timestamp >= deadline) revert ReportingOver(deadline);
        if (cohort.final_) return;

        uint256 earned = _earned(offer, since, until, time);
        uint256 fresh = earned > cohort.released ? earned - cohort.released : 0;
        cohort.final_ = time == last || cohort.released + fresh == until - since;
        if (fresh == 0 && !cohort.final_) return;

        // Effect
        // At most the seconds between two times of 40 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        cohort.released += uint40(fresh);
        _cohorts[offerId][since][until] = cohort;

        // Interaction
        uint256 amount = fresh * cohort.licenses * offer.pricePerSecond;
        uint256 fee = _pay(offer, amount);
        emit DeliveryReleased(offerId, OfferHash.productIdOf(offer), since, until, time, amount, fee, cohort.final_);
    }

    /// @inheritdoc IDeliveryEscrow
    function close(IOffers.Offer calldata offer, address licensee, uint256 since) external override {
        // Check
        bytes32 offerId = OfferHash.offerIdOf(offer);
        Deposit memory closed = _deposits[offerId][licensee][since];
        if (closed.state == State.None || closed.state == State.Closed) {
            revert DepositUnknown(offerId, licensee, since);
        }
        uint256 deadline = _lastTime(offer, since, closed.until) + REPORTING_TIME;
        uint256 fresh;
        if (closed.state == State.Alone) {
            if (block.timestamp < closed.until) revert DeliveryOpen(deadline);
            if (block.timestamp < deadline) {
                uint256 earned = _earned(offer, since, closed.until, closed.until);
                if (earned > closed.released) fresh = earned - closed.released;
            }
        } else {
            Cohort storage cohort = _cohorts[offerId][since][closed.until];
            if (!cohort.final_ && block.timestamp < deadline) revert DeliveryOpen(deadline);
            closed.released = cohort.released;
        }

        // Effect
        if (closed.state == State.InCohort) _leave(offerId, since, closed.until);
        closed.state = State.Closed;
        // At most the seconds between two times of 40 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        closed.released += uint40(fresh);
        _deposits[offerId][licensee][since] = closed;

        // Interaction
        _settle(offer, offerId, licensee, since, closed, fresh);
    }

    /// @inheritdoc IDeliveryEscrow
    function refundAt(IOffers.Offer calldata offer, address licensee, uint256 until)
        external
        view
        override
        returns (uint256 refund)
    {
        bytes32 offerId = OfferHash.offerIdOf(offer);
        mapping(uint256 => Deposit) storage deposits = _deposits[offerId][licensee];
        uint256 since = _latest[offerId][licensee];
        bool whole = true;
        while (whole) {
            uint256 unused;
            (unused, whole) = _unused(offer, offerId, deposits[since], since, until);
            refund += unused;
            since = deposits[since].previous;
        }
        refund *= offer.pricePerSecond;
    }

    /// @inheritdoc IDeliveryEscrow
    function earnedOf(IOffers.Offer calldata offer, address licensee) external view override returns (uint256) {
        bytes32 offerId = OfferHash.offerIdOf(offer);
        uint256 since = _latest[offerId][licensee];
        Deposit storage latest = _deposits[offerId][licensee][since];
        uint256 released =
            latest.state == State.InCohort ? _cohorts[offerId][since][latest.until].released : latest.released;
        return released * offer.pricePerSecond;
    }

    /// @inheritdoc IDeliveryEscrow
    function latestDepositOf(bytes32 offerId, address licensee) external view override returns (uint256 since) {
        return _latest[offerId][licensee];
    }

    /// @inheritdoc IDeliveryEscrow
    function cohortOf(bytes32 offerId, uint256 since, uint256 until)
        external
        view
        override
        returns (uint256 licenses, uint256 released, bool final_)
    {
        Cohort storage cohort = _cohorts[offerId][since][until];
        return (cohort.licenses, cohort.released, cohort.final_);
    }

    /// @inheritdoc IDeliveryEscrow
    function depositOf(bytes32 offerId, address licensee, uint256 since)
        external
        view
        override
        returns (uint256 until, uint256 previous)
    {
        Deposit storage found = _deposits[offerId][licensee][since];
        return (found.state == State.Closed ? 0 : found.until, found.previous);
    }

    /// @dev Takes a licence out of its cohort. With the last one the cohort is gone: no deposit can join it again, since
    /// deposits start in the future and cohorts are released in the past.
    function _leave(bytes32 offerId, uint256 since, uint256 until) private {
        Cohort storage cohort = _cohorts[offerId][since][until];
        if (cohort.licenses == 1) delete _cohorts[offerId][since][until];
        else --cohort.licenses;
    }

    /// @dev Pays out what a closed deposit still held: `fresh` seconds to the seller, the rest to the licensee.
    function _settle(
        IOffers.Offer calldata offer,
        bytes32 offerId,
        address licensee,
        uint256 since,
        Deposit memory closed,
        uint256 fresh
    ) private {
        bytes32 productId = OfferHash.productIdOf(offer);
        uint256 price = offer.pricePerSecond;
        if (fresh != 0) {
            uint256 fee = _pay(offer, fresh * price);
            emit DeliveryReleased(offerId, productId, since, closed.until, closed.until, fresh * price, fee, true);
        }
        uint256 spent = closed.released * price;
        uint256 refund = (closed.until - since - closed.released) * price;
        emit DepositClosed(offerId, productId, licensee, since, spent, refund);
        if (spent != 0) IKarma(karma).earn(licensee, IKarma.Role.Buyer, spent, since);
        if (refund != 0) IERC20(token).safeTransfer(licensee, refund);
    }

    /// @dev Pays what the seller earned, DATAcoin wei, fee included, and gives it its karma.
    function _pay(IOffers.Offer calldata offer, uint256 amount) private returns (uint256 fee) {
        if (amount == 0) return 0;
        fee = Payout.pay(IERC20(token), offer.beneficiary, treasury, amount, offer.feeBasisPoints);
        IKarma(karma).earn(offer.seller, IKarma.Role.Seller, amount, block.timestamp);
    }

    /// @dev Seconds of a deposit that flow back when the licence ends at `until`, and whether that is all of it.
    function _unused(IOffers.Offer calldata offer, bytes32 offerId, Deposit storage ended, uint256 since, uint256 until)
        private
        view
        returns (uint256 unused, bool whole)
    {
        if (ended.state == State.None || ended.state == State.Closed || ended.until < until) return (0, false);
        uint256 all = ended.until - since;
        // Nothing can have been released of what has not begun.
        if (since >= until) return (all, true);
        if (offer.settlement == IOffers.Settlement.ByEvent) return (ended.until - until, false);
        // What ended before now was served to its end.
        bool locked = block.timestamp < ended.until && _cohorts[offerId][since][ended.until].released == 0;
        return locked ? (all, true) : (0, false);
    }

    /// @dev Seconds of a deposit from `since` to `until` that are earned by what was delivered before `time`.
    function _earned(IOffers.Offer calldata offer, uint256 since, uint256 until, uint256 time)
        private
        view
        returns (uint256)
    {
        uint256 events;
        uint256 count = offer.streams.length;
        for (uint256 i; i < count; ++i) {
            address stream = offer.streams[i];
            uint256 before = _eventsBefore(offer.oracle, stream, since);
            uint256 after_ = _eventsBefore(offer.oracle, stream, time);
            uint256 growth = after_ > before ? after_ - before : 0;
            events += growth < GROWTH_LIMIT ? growth : GROWTH_LIMIT;
        }
        if (offer.settlement == IOffers.Settlement.AfterEvents) return events < offer.events ? 0 : until - since;
        uint256 earned = events * offer.deliveryPeriod / offer.events;
        return earned < time - since ? earned : time - since;
    }

    /// @dev Asks the oracle; whatever is no proper answer is silence.
    function _eventsBefore(address oracle, address stream, uint256 time) private view returns (uint256) {
        (bool success, bytes memory answer) =
            oracle.staticcall(abi.encodeCall(IDeliveryOracle.eventsBefore, (stream, time)));
        if (!success || answer.length < 64) revert CountNotReported(stream, time);
        (uint256 reported, uint256 count) = abi.decode(answer, (uint256, uint256));
        if (reported != 1) revert CountNotReported(stream, time);
        return count;
    }

    function _checkLicenseContract() private view {
        if (msg.sender != license) revert NotLicenseContract(msg.sender);
    }

    /// @dev The last time at which a deposit is judged.
    function _lastTime(IOffers.Offer calldata offer, uint256 since, uint256 until) private pure returns (uint256) {
        return offer.settlement == IOffers.Settlement.AfterEvents ? since + offer.deliveryPeriod : until;
    }
}
