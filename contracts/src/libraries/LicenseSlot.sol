// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title LicenseSlot
/// @notice What the market keeps of a licence, in one word: from the lowest bit the end (40 bits), the start of the
/// uninterrupted range (40 bits), a mark (40 bits), whether it was flagged, and whether it or one before it ever was.
/// Times are Unix seconds; a word of zero says that the account never had a licence to the offer.
///
/// The mark, by settlement. By the second: up to where the licensee has been given karma. At once: the largest end that
/// was paid for, where the seller ended the licence before it. By events: nothing.
library LicenseSlot {
    uint256 private constant TIME_MASK = type(uint40).max;
    uint256 private constant START_SHIFT = 40;
    uint256 private constant MARK_SHIFT = 80;
    uint256 private constant FLAGGED = 1 << 120;
    uint256 private constant EVER_FLAGGED = 1 << 121;

    /// @notice A licence that starts now, after none or after `previous`, which has ended.
    function start(uint256 previous, uint256 time, uint256 end) internal pure returns (uint256) {
        return previous & EVER_FLAGGED | time << MARK_SHIFT | time << START_SHIFT | end;
    }

    /// @notice The same licence with another end.
    function withUntil(uint256 license, uint256 end) internal pure returns (uint256) {
        return license & ~TIME_MASK | end;
    }

    /// @notice The same licence with another mark.
    function withMark(uint256 license, uint256 time) internal pure returns (uint256) {
        return license & ~(TIME_MASK << MARK_SHIFT) | time << MARK_SHIFT;
    }

    /// @notice The same licence, flagged.
    function withFlag(uint256 license) internal pure returns (uint256) {
        return license | FLAGGED | EVER_FLAGGED;
    }

    /// @notice Unix seconds at which it ends or ended.
    function until(uint256 license) internal pure returns (uint256) {
        return license & TIME_MASK;
    }

    /// @notice Unix seconds at which its uninterrupted range started.
    function from(uint256 license) internal pure returns (uint256) {
        return license >> START_SHIFT & TIME_MASK;
    }

    /// @notice The mark, Unix seconds.
    function mark(uint256 license) internal pure returns (uint256) {
        return license >> MARK_SHIFT & TIME_MASK;
    }

    /// @notice Whether this licence was flagged.
    function isFlagged(uint256 license) internal pure returns (bool) {
        return license & FLAGGED != 0;
    }

    /// @notice Whether this licence or one before it was flagged.
    function wasFlagged(uint256 license) internal pure returns (bool) {
        return license & EVER_FLAGGED != 0;
    }
}
