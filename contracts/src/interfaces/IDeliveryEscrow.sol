// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "./IOffers.sol";

/// @title IDeliveryEscrow
/// @notice Holds payments for licences that are settled by events (whitepaper 2.5.4) until the offer's oracle says what
/// was delivered. Every purchase is a deposit for the time from `since` to `until`, both on the offer's boundary.
/// Deposits with the same offer, since and until are one cohort with one slot, so that paying the seller costs by the
/// cohorts and not by the licences.
///
/// A deposit is judged by two counts of the oracle, that at `since` and that at a `time`, a boundary. AfterEvents:
/// all of it is earned when `offer.events` came between them and `time` is not after since + deliveryPeriod, otherwise
/// nothing. ByEvent: events times deliveryPeriod / offer.events seconds are earned, never more than time - since.
/// The last time at which a deposit is judged is since + deliveryPeriod, or until. After it, the oracle has seven days;
/// what was not released by then counts as not delivered.
interface IDeliveryEscrow {
    /// @notice Emitted when what a cohort has earned is paid out.
    /// @param amount DATAcoin wei that the seller earned, fee included; the treasury receives `fee` of it.
    /// @param time Unix seconds up to which delivery was judged.
    /// @param final_ Whether nothing more can be earned by this cohort.
    event DeliveryReleased(
        bytes32 indexed offerId,
        bytes32 indexed productId,
        uint256 indexed since,
        uint256 until,
        uint256 time,
        uint256 amount,
        uint256 fee,
        bool final_
    );

    /// @notice Emitted just before DepositClosed, when the deposit of a licence that ended early has earned something by
    /// itself that no cohort was paid before.
    /// @param since Unix seconds at which the deposit's time starts.
    /// @param until Unix seconds at which the licence ended, up to which delivery was judged.
    /// @param amount DATAcoin wei that the seller earned, fee included; the treasury receives `fee` of it.
    event DepositReleased(
        bytes32 indexed offerId,
        bytes32 indexed productId,
        address indexed licensee,
        uint256 since,
        uint256 until,
        uint256 amount,
        uint256 fee
    );

    /// @notice Emitted when a deposit is closed: by `close`, or because `end` paid all of it back.
    /// @param since Unix seconds at which the deposit's time starts.
    /// @param spent DATAcoin wei of it that went to the seller, fee included.
    /// @param refund DATAcoin wei of it that flowed back to the licensee.
    event DepositClosed(
        bytes32 indexed offerId,
        bytes32 indexed productId,
        address indexed licensee,
        uint256 since,
        uint256 spent,
        uint256 refund
    );

    /// @notice A constructor argument is the zero address.
    error ConfigurationInvalid();
    /// @notice Only the contract that sells the licences may do this.
    error NotLicenseContract(address account);
    /// @notice No licence of this cohort holds a deposit.
    error CohortUnknown(bytes32 offerId, uint256 since, uint256 until);
    /// @notice The licensee holds no deposit that starts then.
    error DepositUnknown(bytes32 offerId, address licensee, uint256 since);
    /// @notice A deposit must not start, and a licence not end, in the past.
    error TimePast(uint256 time, uint256 now_);
    /// @notice A deposit must start later than the licensee's deposit before it.
    error DepositNotLater(bytes32 offerId, address licensee, uint256 since, uint256 latest);
    /// @notice The licensee has 32 deposits that have not begun; another fits once one of them begins.
    error DepositsTooMany(bytes32 offerId, address licensee);
    /// @notice Delivery is judged on boundaries after the start of the deposit and not after the last time at which it is
    /// judged, once they have come.
    error JudgementTimeInvalid(uint256 time, uint256 since, uint256 last);
    /// @notice The oracle has not reported the stream's count for this time, or does not answer as an oracle does.
    error CountNotReported(address stream, uint256 time);
    /// @notice The time in which delivery could be released is over; licensees may close their deposits.
    error ReportingOver(uint256 deadline);
    /// @notice The deposit can be closed once its delivery is judged to the end, or at this time.
    error DeliveryOpen(uint256 deadline);

    /// @notice The contract that sells the licences (IDataLicense).
    function license() external view returns (address);

    /// @notice The token that deposits are held in.
    function token() external view returns (address);

    /// @notice Receives the fees.
    function treasury() external view returns (address);

    /// @notice Counts karma (IKarma).
    function karma() external view returns (address);

    /// @notice Takes note of a deposit, whose coins came before. Only the licence contract.
    function deposit(bytes32 offerId, address licensee, uint256 since, uint256 until) external;

    /// @notice Ends all deposits of the licensee at `until`, a boundary, and pays back what lies after it. An AfterEvents
    /// deposit in progress that has not been earned flows back whole. Only the licence contract.
    /// @return refund DATAcoin wei that flowed back now.
    function end(IOffers.Offer calldata offer, address licensee, uint256 until) external returns (uint256 refund);

    /// @notice Judges a cohort's delivery at a time and pays the beneficiary what is newly earned. Anybody may call. Once
    /// nothing more can be earned it changes nothing.
    function release(IOffers.Offer calldata offer, uint256 since, uint256 until, uint256 time) external;

    /// @notice Closes a deposit that is judged to the end, or on which the oracle kept silent: the rest flows back to the
    /// licensee, who receives karma for what was earned. A deposit whose licence ended early is judged by this call.
    /// Anybody may call.
    function close(IOffers.Offer calldata offer, address licensee, uint256 since) external;

    /// @notice DATAcoin wei that `end` with this `until` would pay back now.
    function refundAt(IOffers.Offer calldata offer, address licensee, uint256 until) external view returns (uint256);

    /// @notice DATAcoin wei that the seller has received, fee included, of the licensee's deposits that start at `from` or
    /// later: of the latest 32 of them that have begun.
    function earnedOf(IOffers.Offer calldata offer, address licensee, uint256 from) external view returns (uint256);

    /// @notice Start of the licensee's latest deposit that did not flow back whole, 0 if there is none.
    function latestDepositOf(bytes32 offerId, address licensee) external view returns (uint256 since);

    /// @notice Licences in a cohort, the seconds of each that are paid out, and whether that is final.
    function cohortOf(bytes32 offerId, uint256 since, uint256 until)
        external
        view
        returns (uint256 licenses, uint256 released, bool final_);

    /// @notice A licensee's deposit: its end (0 once it is closed) and the start of the one before it (0: none); 0, 0 if
    /// there is none.
    function depositOf(bytes32 offerId, address licensee, uint256 since)
        external
        view
        returns (uint256 until, uint256 previous);
}
