// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SecondSettlement} from "./SecondSettlement.sol";
import {IDeliveryEscrow} from "./interfaces/IDeliveryEscrow.sol";
import {ILicenses} from "./interfaces/ILicenses.sol";
import {Boundary} from "./libraries/Boundary.sol";
import {LicenseSlot} from "./libraries/LicenseSlot.sol";
import {ListedOffer} from "./libraries/ListedOffer.sol";
import {OfferHash} from "./libraries/OfferHash.sol";
import {SecondCohort} from "./libraries/SecondCohort.sol";

/// @title EarlyEnding
/// @notice Ends licences before their time, by the licensee or by the seller. What is still held for the time after
/// flows back to the licensee, at the price that was paid, also where somebody else had paid.
///
/// Settled by events, a licence ends on a boundary, up to which its deposits are judged. The time from a purchase to
/// the first boundary is free; so that nobody reads on for free by leaving before it and buying again after it, leaving
/// keeps the minimum that a purchase must add: a licensee never has more free time for its money than by buying the
/// minimum again and again, which the seller agreed to when it chose minimum and boundary. A seller may end
/// a licence at any boundary.
abstract contract EarlyEnding is SecondSettlement {
    using LicenseSlot for uint256;
    using ListedOffer for Offer;
    using SafeERC20 for IERC20;
    using SecondCohort for uint256;

    /// @inheritdoc ILicenses
    function cancel(Offer calldata offer) external override {
        // Check
        Settlement settlement = offer.settlement;
        if (!_isRefundable(settlement)) revert NotRefundable(settlement);
        bytes32 offerId = OfferHash.offerIdOf(offer);
        uint256 license = _checkRunning(offerId, msg.sender);

        // Effect and Interaction
        (uint256 until, uint256 refund) = settlement == Settlement.BySecond
            ? _endSecond(offer, offerId, msg.sender, license)
            : _endByEvents(offer, offerId, msg.sender, license, _earliestEnd(offer, license));
        emit LicenseCancelled(offerId, OfferHash.productIdOf(offer), msg.sender, until, refund);
    }

    /// @inheritdoc ILicenses
    function revoke(Offer calldata offer, address licensee, bytes32 reasonHash) external override {
        // Check
        if (msg.sender != offer.seller) revert NotSeller(msg.sender, offer.seller);
        bytes32 offerId = OfferHash.offerIdOf(offer);
        uint256 license = _checkRunning(offerId, licensee);

        // Effect and Interaction
        uint256 until = block.timestamp;
        uint256 refund;
        Settlement settlement = offer.settlement;
        if (settlement == Settlement.AtOnce) {
            // The seller keeps the money, so a flag still takes what the whole of it gave.
            uint256 paidUntil = license.until() > license.mark() ? license.until() : license.mark();
            _licenses[offerId][licensee] = license.withMark(paidUntil).withUntil(until);
        } else if (settlement == Settlement.BySecond) {
            (until, refund) = _endSecond(offer, offerId, licensee, license);
        } else {
            (until, refund) =
                _endByEvents(offer, offerId, licensee, license, Boundary.ceil(block.timestamp, offer.boundary));
        }
        emit LicenseRevoked(offerId, OfferHash.productIdOf(offer), licensee, until, refund, reasonHash);
    }

    /// @inheritdoc ILicenses
    function refundOf(Offer calldata offer, address licensee) external view override returns (uint256) {
        uint256 license = _licenses[OfferHash.offerIdOf(offer)][licensee];
        if (block.timestamp >= license.until() || !_isRefundable(offer.settlement)) return 0;
        if (offer.settlement == Settlement.BySecond) return (license.until() - block.timestamp) * offer.pricePerSecond;
        return IDeliveryEscrow(escrow).refundAt(offer, licensee, _earliestEnd(offer, license));
    }

    /// @dev Ends a running licence now, and pays back what has not run.
    function _endSecond(Offer calldata offer, bytes32 offerId, address licensee, uint256 license)
        private
        returns (uint256 until, uint256 refund)
    {
        // Effect
        until = block.timestamp;
        uint256 end = license.until();
        _licenses[offerId][licensee] = license.withMark(until).withUntil(until);
        _cohorts[offerId][end] = _cohorts[offerId][end].remove(until);

        // Interaction
        refund = (end - until) * offer.pricePerSecond;
        _credit(offer, offerId, licensee, license.mark(), until);
        IERC20(token).safeTransfer(licensee, refund);
    }

    /// @dev Ends a running licence at `end`, a boundary in the future or now, unless it ends before.
    function _endByEvents(Offer calldata offer, bytes32 offerId, address licensee, uint256 license, uint256 end)
        private
        returns (uint256 until, uint256 refund)
    {
        // Effect
        until = _min(end, license.until());
        _licenses[offerId][licensee] = license.withUntil(until);

        // Interaction
        refund = IDeliveryEscrow(escrow).end(offer, licensee, until);
    }

    /// @dev Unix seconds, a boundary, at which a licensee can leave a licence that is settled by event.
    function _earliestEnd(Offer calldata offer, uint256 license) private view returns (uint256) {
        uint256 boundary = offer.boundaryOf();
        uint256 kept = Boundary.ceil(license.from(), boundary) + Boundary.ceil(offer.minimumPeriodOf(), boundary);
        uint256 next = Boundary.ceil(block.timestamp, boundary);
        return _min(kept > next ? kept : next, license.until());
    }

    function _isRefundable(Settlement settlement) private pure returns (bool) {
        return settlement == Settlement.BySecond || settlement == Settlement.ByEvent;
    }
}
