// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOffers} from "../interfaces/IOffers.sol";

/// @title OfferHash
/// @notice The ids by which the contracts know an offer and its product.
library OfferHash {
    /// @dev The last byte of an id is zero: the market keeps the state of a listed offer there.
    uint256 private constant STATE_MASK = 0xff;

    /// @notice The id of an offer: keccak256(abi.encode(offer)) with the last byte zero.
    /// @dev The same bytes as abi.encode(offer), put together by copying: most of a purchase's cost beyond its opcodes
    /// would go into checking words that the hash covers anyway. A word with bits above its type gives an id that was
    /// never listed, since listing encodes the offer into its event and thereby refuses such words. Fourteen words
    /// stand before the two arrays, whose offsets are written as an encoder writes them, wherever they lie here.
    function offerIdOf(IOffers.Offer calldata offer) internal pure returns (bytes32 offerId) {
        address[] calldata attesters = offer.attesters;
        address[] calldata streams = offer.streams;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let start := mload(0x40)
            let attestersSize := shl(5, attesters.length)
            let streamsSize := shl(5, streams.length)
            mstore(start, 0x20)
            calldatacopy(add(start, 0x20), offer, 0x1c0)
            mstore(add(start, 0x1e0), 0x200)
            mstore(add(start, 0x200), add(0x220, attestersSize))
            mstore(add(start, 0x220), attesters.length)
            calldatacopy(add(start, 0x240), attesters.offset, attestersSize)
            let place := add(add(start, 0x240), attestersSize)
            mstore(place, streams.length)
            calldatacopy(add(place, 0x20), streams.offset, streamsSize)
            offerId := and(keccak256(start, add(add(0x260, attestersSize), streamsSize)), not(STATE_MASK))
        }
    }

    /// @notice The id of the product that an offer is a version of: the seller's address followed by the product number.
    /// @dev For offers whose id is known to have been listed: their words have no bits above their types.
    function productIdOf(IOffers.Offer calldata offer) internal pure returns (bytes32 productId) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            productId := or(shl(96, calldataload(offer)), calldataload(add(offer, 0x20)))
        }
    }
}
