// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeliveryEscrow} from "../interfaces/IDeliveryEscrow.sol";
import {IDeliveryOracle} from "../interfaces/IDeliveryOracle.sol";
import {IOffers} from "../interfaces/IOffers.sol";

/// @title DeliveryJudgement
/// @notice What a deposit has earned by the counts of its offer's oracle, and until when that is judged.
///
/// The events of an offer between two times are the growth of its streams' counts, summed; a count that shrank counts as
/// no growth, and silence is never taken for zero. Seconds earned are rounded down, so that a deposit never pays out more
/// than came in.
library DeliveryJudgement {
    /// @dev More events than any offer promises. Counts cut to it can be added up and multiplied without overflow.
    uint256 private constant GROWTH_LIMIT = type(uint128).max;

    /// @notice Seconds of a deposit from `since` to `until` that are earned by what was delivered before `time`.
    function earned(IOffers.Offer calldata offer, uint256 since, uint256 until, uint256 time)
        internal
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
        uint256 found = events * offer.deliveryPeriod / offer.events;
        return found < time - since ? found : time - since;
    }

    /// @notice The last time at which a deposit is judged.
    function lastTime(IOffers.Offer calldata offer, uint256 since, uint256 until) internal pure returns (uint256) {
        return offer.settlement == IOffers.Settlement.AfterEvents ? since + offer.deliveryPeriod : until;
    }

    /// @dev Asks the oracle; whatever is no proper answer is silence.
    function _eventsBefore(address oracle, address stream, uint256 time) private view returns (uint256) {
        (bool success, bytes memory answer) =
            oracle.staticcall(abi.encodeCall(IDeliveryOracle.eventsBefore, (stream, time)));
        if (!success || answer.length < 64) revert IDeliveryEscrow.CountNotReported(stream, time);
        (uint256 reported, uint256 count) = abi.decode(answer, (uint256, uint256));
        if (reported != 1) revert IDeliveryEscrow.CountNotReported(stream, time);
        return count;
    }
}
