// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../interfaces/IOffers.sol";

/// @title ListedOffer
/// @notice Single words of an offer that is known to have been listed. Listing refused words with bits above their types
/// and settlements that do not exist, and the id covers every word; Solidity would check each again at every reading,
/// which a purchase does a dozen times.
library ListedOffer {
    /// @notice Who sells.
    function sellerOf(IOffers.Offer calldata offer) internal pure returns (address) {
        return address(uint160(_word(offer, 0)));
    }

    /// @notice Receives what the seller earns.
    function beneficiaryOf(IOffers.Offer calldata offer) internal pure returns (address) {
        return address(uint160(_word(offer, 0x40)));
    }

    /// @notice DATAcoin wei per second.
    function pricePerSecondOf(IOffers.Offer calldata offer) internal pure returns (uint256) {
        return _word(offer, 0x60);
    }

    /// @notice Seconds that a purchase must at least add: at least one, also where the offer says zero.
    function minimumPeriodOf(IOffers.Offer calldata offer) internal pure returns (uint256 minimum) {
        minimum = _word(offer, 0x80);
        if (minimum == 0) minimum = 1;
    }

    /// @notice Seconds from now within which a licence must end.
    function maximumPeriodOf(IOffers.Offer calldata offer) internal pure returns (uint256) {
        return _word(offer, 0xa0);
    }

    /// @notice Seconds of whose multiples licences end; at least 60.
    function boundaryOf(IOffers.Offer calldata offer) internal pure returns (uint256) {
        return _word(offer, 0xc0);
    }

    /// @notice The first of its streams.
    /// @dev The word after the length, at the place from which OfferHash reads them.
    function firstStreamOf(IOffers.Offer calldata offer) internal pure returns (address first) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            first := calldataload(add(add(offer, calldataload(add(offer, 0x1e0))), 0x20))
        }
    }

    /// @notice Whether the payment is the seller's at once.
    function isAtOnce(IOffers.Offer calldata offer) internal pure returns (bool) {
        return _settlementOf(offer) == uint256(IOffers.Settlement.AtOnce);
    }

    /// @notice Whether the payment becomes the seller's second by second.
    function isBySecond(IOffers.Offer calldata offer) internal pure returns (bool) {
        return _settlementOf(offer) == uint256(IOffers.Settlement.BySecond);
    }

    /// @notice Whether the escrow holds the payment until an oracle has counted events.
    function isByEvents(IOffers.Offer calldata offer) internal pure returns (bool) {
        return _settlementOf(offer) >= uint256(IOffers.Settlement.AfterEvents);
    }

    function _settlementOf(IOffers.Offer calldata offer) private pure returns (uint256) {
        return _word(offer, 0x100);
    }

    function _word(IOffers.Offer calldata offer, uint256 place) private pure returns (uint256 word) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := calldataload(add(offer, place))
        }
    }
}
