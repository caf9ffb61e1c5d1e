// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Licenses} from "./Licenses.sol";
import {IKarma} from "./interfaces/IKarma.sol";
import {ISecondSettlement} from "./interfaces/ISecondSettlement.sol";
import {LicenseSlot} from "./libraries/LicenseSlot.sol";
import {OfferHash} from "./libraries/OfferHash.sol";
import {Payout} from "./libraries/Payout.sol";
import {SecondCohort} from "./libraries/SecondCohort.sol";

/// @title SecondSettlement
/// @notice Pays sellers second by second what this contract holds of their licences.
///
/// All licences to an offer with the same end are one cohort (SecondCohort). A purchase joins it; a renewal leaves one
/// and joins another; who ends early leaves, and takes along what has not run. What the members have run is due to the
/// beneficiary, and anybody may send it there. The fee is rounded up in every withdrawal: somebody who withdraws for a
/// seller every second costs it at most a wei of DATAcoin each time, and itself the gas.
///
/// Karma follows: the seller has it when it is paid, the licensee when its licence is settled, which anybody may do at
/// any time; what was spent since the last time counts as spent at its beginning, so that waiting gains nothing.
abstract contract SecondSettlement is Licenses {
    using LicenseSlot for uint256;
    using SecondCohort for uint256;

    mapping(bytes32 offerId => mapping(uint256 end => uint256 cohort)) internal _cohorts;

    /// @inheritdoc ISecondSettlement
    function withdraw(Offer calldata offer, uint256[] calldata ends) external override {
        // Check
        _checkBySecond(offer);

        // Effect
        bytes32 offerId = OfferHash.offerIdOf(offer);
        uint256 earned;
        uint256 count = ends.length;
        for (uint256 i; i < count; ++i) {
            earned += _draw(offerId, ends[i]);
        }

        // Interaction
        _payOut(offer, offerId, earned);
    }

    /// @inheritdoc ISecondSettlement
    function settle(Offer calldata offer, address licensee) external override {
        // Check
        _checkBySecond(offer);
        bytes32 offerId = OfferHash.offerIdOf(offer);
        uint256 license = _checkKnown(offerId, licensee);

        // Effect
        uint256 until = _min(block.timestamp, license.until());
        _licenses[offerId][licensee] = license.withMark(until);

        // Interaction
        _credit(offer, offerId, licensee, license.mark(), until);
    }

    /// @inheritdoc ISecondSettlement
    function withdrawable(Offer calldata offer, uint256[] calldata ends) external view override returns (uint256) {
        _checkBySecond(offer);
        bytes32 offerId = OfferHash.offerIdOf(offer);
        uint256 earned;
        for (uint256 i; i < ends.length; ++i) {
            // An end that is named twice is paid once.
            bool again;
            for (uint256 j; j < i && !again; ++j) {
                again = ends[j] == ends[i];
            }
            if (!again) earned += _dueOf(_cohorts[offerId][ends[i]], ends[i]);
        }
        return earned * offer.pricePerSecond;
    }

    /// @dev Takes what a cohort has earned out of it; returns the seconds, which must be paid by _payOut.
    function _draw(bytes32 offerId, uint256 end) internal returns (uint256 earned) {
        uint256 cohort = _cohorts[offerId][end];
        earned = _dueOf(cohort, end);
        if (earned != 0) _cohorts[offerId][end] = cohort.pay(earned);
    }

    /// @dev Pays the price of seconds that were taken out of cohorts.
    function _payOut(Offer calldata offer, bytes32 offerId, uint256 earned) internal {
        if (earned == 0) return;
        uint256 amount = earned * offer.pricePerSecond;
        address beneficiary = offer.beneficiary;
        uint256 fee = Payout.pay(IERC20(token), beneficiary, treasury, amount, feeBasisPoints);
        IKarma(karma).earn(offer.seller, IKarma.Role.Seller, amount, block.timestamp);
        emit Withdrawn(offerId, OfferHash.productIdOf(offer), beneficiary, amount, fee);
    }

    /// @dev Gives the licensee its karma for the seconds from `since` to `until`, where there are any.
    function _credit(Offer calldata offer, bytes32 offerId, address licensee, uint256 since, uint256 until) internal {
        if (until <= since) return;
        uint256 amount = (until - since) * offer.pricePerSecond;
        emit LicenseSettled(offerId, OfferHash.productIdOf(offer), licensee, until, amount);
        IKarma(karma).earn(licensee, IKarma.Role.Buyer, amount, since);
    }

    function _min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    function _dueOf(uint256 cohort, uint256 end) private view returns (uint256) {
        return cohort.due(_min(block.timestamp, end));
    }

    function _checkBySecond(Offer calldata offer) private pure {
        if (offer.settlement != Settlement.BySecond) revert NotSettledBySecond(offer.settlement);
    }
}
