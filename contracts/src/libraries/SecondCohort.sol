// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SecondCohort
/// @notice All licences to an offer that are settled by the second and end at the same time, in one word: how many run
/// in it (lowest 64 bits), and the balance (192 bits, signed), in seconds.
///
/// A licence earns its seller the seconds from the time at which it was added to the time at which it was removed, or
/// to the end. Summed over the cohort at a time t, not after the end:
///     earned = sum over members (t - added) + sum over former members (removed - added)
///            = members * t + balance, where balance = sum(removed) - sum(added)
/// What was paid out is subtracted from the balance too, so that `due` is what may be paid out next. A licence is added
/// and removed at no other time than now, and time does not run backwards; so what is due never falls but by paying it,
/// and never is negative. The members will have earned members * (end - t) more at the end, which is held for them: the
/// word alone says what the market owes on account of the cohort.
///
/// Nothing overflows: 2^64 purchases cannot be paid for by anybody, and times have 40 bits.
library SecondCohort {
    uint256 private constant MEMBERS_BITS = 64;

    /// @notice A licence is added now.
    function add(uint256 cohort, uint256 time) internal pure returns (uint256) {
        unchecked {
            return cohort - (time << MEMBERS_BITS) + 1;
        }
    }

    /// @notice A licence is removed now, before the end. It must be a member.
    function remove(uint256 cohort, uint256 time) internal pure returns (uint256) {
        unchecked {
            return cohort + (time << MEMBERS_BITS) - 1;
        }
    }

    /// @notice So many seconds are paid out.
    function pay(uint256 cohort, uint256 amount) internal pure returns (uint256) {
        unchecked {
            return cohort - (amount << MEMBERS_BITS);
        }
    }

    /// @notice Seconds that are earned and not paid out at `time`, which is not after the end.
    function due(uint256 cohort, uint256 time) internal pure returns (uint256) {
        unchecked {
            return uint256(int256(uint256(uint64(cohort)) * time) + (int256(cohort) >> MEMBERS_BITS));
        }
    }
}
