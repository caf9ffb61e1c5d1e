// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Deposits} from "./Deposits.sol";
import {IDeliveryEscrow} from "./interfaces/IDeliveryEscrow.sol";
import {IKarma} from "./interfaces/IKarma.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {DeliveryJudgement} from "./libraries/DeliveryJudgement.sol";
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
/// What is judged: cohorts by release, and single deposits whose licence ended early by close, as DeliveryJudgement has
/// it. A time is judged only once it has come, whatever the oracle says of the future. What was released stays released:
/// a later, smaller judgement takes nothing back.
///
/// What is held is, at all times, the sum of the deposits not closed (Deposits) less what was released of them; coins
/// sent here outside of a purchase stay for ever.
///
/// AfterEvents is all or nothing, for either side: the payment stays locked until the events came, and once they came
/// all of it is the seller's, also if it revokes the licence afterwards. Revoking it before pays back all, also when the
/// events came and nobody had released the payment yet.
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
contract DeliveryEscrow is Deposits, Multicall {
    using SafeERC20 for IERC20;

    /// @notice Seconds that the oracle has after the last time at which a deposit is judged.
    uint256 public constant REPORTING_TIME = 7 days;

    /// @inheritdoc IDeliveryEscrow
    address public immutable override treasury;
    /// @inheritdoc IDeliveryEscrow
    address public immutable override karma;

    /// @param license_ The contract that sells the licences.
    /// @param token_ The token that they are paid in.
    /// @param treasury_ Receives the fees.
    /// @param karma_ Counts karma (IKarma).
    constructor(address license_, address token_, address treasury_, address karma_) Deposits(license_, token_) {
        if (treasury_ == address(0) || karma_ == address(0)) revert ConfigurationInvalid();
        treasury = treasury_;
        karma = karma_;
    }

    /// @inheritdoc IDeliveryEscrow
    function release(IOffers.Offer calldata offer, uint256 since, uint256 until, uint256 time) external override {
        // Check
        bytes32 offerId = OfferHash.offerIdOf(offer);
        Cohort memory cohort = _cohorts[offerId][since][until];
        if (cohort.licenses == 0) revert CohortUnknown(offerId, since, until);
        uint256 last = DeliveryJudgement.lastTime(offer, since, until);
        if (time <= since || time > last || time > block.timestamp || time % offer.boundary != 0) {
            revert JudgementTimeInvalid(time, since, last);
        }
        uint256 deadline = last + REPORTING_TIME;
        if (block.timestamp >= deadline) revert ReportingOver(deadline);
        if (cohort.final_) return;

        uint256 earned = DeliveryJudgement.earned(offer, since, until, time);
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
        uint256 deadline = DeliveryJudgement.lastTime(offer, since, closed.until) + REPORTING_TIME;
        uint256 fresh;
        if (closed.state == State.Alone) {
            if (block.timestamp < closed.until) revert DeliveryOpen(deadline);
            if (block.timestamp < deadline) {
                uint256 earned = DeliveryJudgement.earned(offer, since, closed.until, closed.until);
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
            emit DepositReleased(offerId, productId, licensee, since, closed.until, fresh * price, fee);
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
}
