// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SecondSettlement} from "./SecondSettlement.sol";
import {IDeliveryEscrow} from "./interfaces/IDeliveryEscrow.sol";
import {IKarma} from "./interfaces/IKarma.sol";
import {ILicenses} from "./interfaces/ILicenses.sol";
import {LicenseSlot} from "./libraries/LicenseSlot.sol";
import {ListedOffer} from "./libraries/ListedOffer.sol";
import {OfferHash} from "./libraries/OfferHash.sol";

/// @title Flags
/// @notice Licensees say that data is bad, sellers answer. A flag takes karma from the seller: the points of what the
/// licence gave it, in units of the time when the licence started, which is never more than they were worth when given.
/// Whoever flags its competitors has paid them as much as it takes.
///
/// By the second, the licence's cohort is paid out first, so that the seller has the karma that is then taken. What was
/// earned under an earlier end (before a renewal or an early ending) anybody may withdraw before, also in the same
/// multicall. By events, what was released of the licence's deposits counts, of the latest 32 that have begun, and
/// nothing of a licence before it, which had a flag of its own. A flag of a licence that cost nothing takes nothing:
/// readers of flags should weigh them by their points.
abstract contract Flags is SecondSettlement {
    using LicenseSlot for uint256;
    using ListedOffer for Offer;

    /// @inheritdoc ILicenses
    function flag(Offer calldata offer, bytes32 reasonHash) external override {
        // Check
        bytes32 offerId = OfferHash.offerIdOf(offer);
        uint256 license = _checkKnown(offerId, msg.sender);
        if (license.isFlagged()) revert LicenseAlreadyFlagged(offerId, msg.sender);

        // Effect
        _licenses[offerId][msg.sender] = license.withFlag();
        uint256 earned;
        if (offer.settlement == Settlement.BySecond) earned = _draw(offerId, license.until());
        uint256 points = _pointsOf(offer, license);
        emit LicenseFlagged(offerId, OfferHash.productIdOf(offer), msg.sender, points, reasonHash);

        // Interaction
        _payOut(offer, offerId, earned);
        if (points != 0) IKarma(karma).take(offer.seller, IKarma.Role.Seller, points, license.from());
    }

    /// @inheritdoc ILicenses
    function answerFlag(Offer calldata offer, address licensee, bytes32 answerHash) external override {
        if (msg.sender != offer.seller) revert NotSeller(msg.sender, offer.seller);
        bytes32 offerId = OfferHash.offerIdOf(offer);
        // Also when the licensee has bought anew since.
        if (!_licenses[offerId][licensee].wasFlagged()) revert LicenseNotFlagged(offerId, licensee);

        emit FlagAnswered(offerId, OfferHash.productIdOf(offer), licensee, answerHash);
    }

    /// @dev DATAcoin wei that the caller's licence, from the start of its uninterrupted range, has brought the seller.
    function _pointsOf(Offer calldata offer, uint256 license) private view returns (uint256) {
        if (offer.isByEvents()) {
            return IDeliveryEscrow(escrow).earnedOf(offer, msg.sender, license.from());
        }
        uint256 end = license.until();
        if (offer.settlement == Settlement.BySecond) {
            end = _min(block.timestamp, end);
        } else if (license.mark() > end) {
            end = license.mark();
        }
        return (end - license.from()) * offer.pricePerSecond;
    }
}
