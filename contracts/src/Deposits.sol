// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IDeliveryEscrow} from "./interfaces/IDeliveryEscrow.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {OfferHash} from "./libraries/OfferHash.sol";

/// @title Deposits
/// @notice The books of the escrow: what is held for whom and until when, kept by the licence contract alone.
///
/// Cohorts: licences of one offer with the same start and end are released together, by one slot that says how many
/// seconds of each of them are paid out. A licence that ends early leaves its cohort with the seconds paid out so far
/// and stands alone: it is judged when it is closed, at its own end.
///
/// Chains: a renewal is a deposit of its own, which points to the one before. Ending a licence walks back over those
/// that have not begun. There are at most DEPOSITS_LIMIT of them, so that nobody can make a licence too expensive to
/// end by giving it away in small pieces; whoever gives so many only delays the next renewal until one has begun. What
/// a licence earned its seller is the sum over as many deposits that have begun: whoever wants an older one counted
/// should ask before so many followed.
abstract contract Deposits is IDeliveryEscrow {
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

    /// @notice Most deposits of one licence that have not begun, and that are added up by earnedOf.
    uint256 public constant DEPOSITS_LIMIT = 32;

    /// @inheritdoc IDeliveryEscrow
    address public immutable override license;
    /// @inheritdoc IDeliveryEscrow
    address public immutable override token;

    mapping(bytes32 offerId => mapping(uint256 since => mapping(uint256 until => Cohort))) internal _cohorts;
    mapping(bytes32 offerId => mapping(address licensee => mapping(uint256 since => Deposit))) internal _deposits;
    /// @dev Start of the deposit from which the chain of a licence leads back.
    mapping(bytes32 offerId => mapping(address licensee => uint256 since)) private _latest;

    modifier onlyLicenseContract() {
        _checkLicenseContract();
        _;
    }

    /// @param license_ The contract that sells the licences.
    /// @param token_ The token that they are paid in.
    constructor(address license_, address token_) {
        if (license_ == address(0) || token_ == address(0)) revert ConfigurationInvalid();
        license = license_;
        token = token_;
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
    function earnedOf(IOffers.Offer calldata offer, address licensee, uint256 from)
        external
        view
        override
        returns (uint256)
    {
        bytes32 offerId = OfferHash.offerIdOf(offer);
        mapping(uint256 => Deposit) storage deposits = _deposits[offerId][licensee];
        uint256 since = _latest[offerId][licensee];
        uint256 released;
        for (uint256 count; since != 0 && since >= from && count < DEPOSITS_LIMIT; since = deposits[since].previous) {
            // Nothing is released of what has not begun.
            if (since >= block.timestamp) continue;
            Deposit storage begun = deposits[since];
            released += begun.state == State.InCohort ? _cohorts[offerId][since][begun.until].released : begun.released;
            ++count;
        }
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
    function _leave(bytes32 offerId, uint256 since, uint256 until) internal {
        Cohort storage cohort = _cohorts[offerId][since][until];
        if (cohort.licenses == 1) delete _cohorts[offerId][since][until];
        else --cohort.licenses;
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

    function _checkLicenseContract() private view {
        if (msg.sender != license) revert NotLicenseContract(msg.sender);
    }
}
