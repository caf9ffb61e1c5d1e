// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "./IOffers.sol";

/// @title ISecondSettlement
/// @notice Pays sellers for licences that are settled by the second. All licences to an offer that end at the same
/// time are one cohort with one slot, so that a withdrawal costs by the ends named and not by the licences sold.
interface ISecondSettlement {
    /// @notice Emitted when what an offer's licences have earned is paid out.
    /// @param beneficiary Receives `amount` less `fee`, DATAcoin wei; the treasury receives `fee`.
    event Withdrawn(
        bytes32 indexed offerId, bytes32 indexed productId, address indexed beneficiary, uint256 amount, uint256 fee
    );

    /// @notice Emitted when the licensee's own account is brought up to date: so much of what it paid is now spent.
    /// @param until Unix seconds up to which the licence is accounted for.
    /// @param amount DATAcoin wei spent since it was last accounted for.
    event LicenseSettled(
        bytes32 indexed offerId, bytes32 indexed productId, address indexed licensee, uint256 until, uint256 amount
    );

    /// @notice The offer is not settled by the second.
    error NotSettledBySecond(IOffers.Settlement settlement);

    /// @notice Pays the beneficiary what the licences that end at these times have earned so far. Anybody may call.
    /// @param ends Unix seconds, as in LicensePurchased.until; one without licences adds nothing.
    function withdraw(IOffers.Offer calldata offer, uint256[] calldata ends) external;

    /// @notice DATAcoin wei, fee included, that `withdraw` would pay out now.
    function withdrawable(IOffers.Offer calldata offer, uint256[] calldata ends) external view returns (uint256);

    /// @notice Accounts for the seconds that a licence has used, which gives the licensee its karma. Anybody may call.
    function settle(IOffers.Offer calldata offer, address licensee) external;
}
