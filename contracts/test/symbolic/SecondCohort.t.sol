// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SecondCohort} from "../../src/libraries/SecondCohort.sol";

/// @notice The solvency of cohorts, one step at a time, for every word that a cohort can be and every time (not for
/// samples of them). A word says two numbers, members m and balance b, and at a time t
///     due  = m * t + b                    seconds that may be paid out,
///     held = due + m * (end - t) = m * end + b        seconds that the market holds.
/// Proven here by halmos is that every step changes m and b as below and nothing spills from one into the other, and
/// that paying keeps what is due from being negative. The rest is arithmetic of whole numbers:
///     add     m + 1, b - t    due stays, held grows by end - t: what the licence paid for
///     remove  m - 1, b + t    due stays, held falls by end - t: what the licence has not run
///     pay     m, b - amount   due and held fall by what is paid, which is no more than what was due
///     waiting m, b            due grows by m a second, held stays
/// So what is held is the sum of what came in less what went out, and always covers what is due. Names begin with
/// `prove`, so that forge leaves them alone.
contract SecondCohortProofs {
    using SecondCohort for uint256;

    function prove_Due(uint64 members, int128 balance, uint40 time) external pure {
        int256 due = int256(cohortOf(members, balance).due(time));
        assert(due == int256(uint256(members) * time) + balance);
    }

    function prove_Add(uint64 members, int128 balance, uint40 time) external pure {
        if (members == type(uint64).max) return;
        uint256 next = cohortOf(members, balance).add(time);
        assert(membersOf(next) == uint256(members) + 1);
        assert(balanceOf(next) == int256(balance) - int256(uint256(time)));
    }

    function prove_Remove(uint64 members, int128 balance, uint40 time) external pure {
        if (members == 0) return;
        uint256 next = cohortOf(members, balance).remove(time);
        assert(membersOf(next) == uint256(members) - 1);
        assert(balanceOf(next) == int256(balance) + int256(uint256(time)));
    }

    function prove_Pay(uint64 members, int128 balance, uint40 time, uint128 amount) external pure {
        uint256 cohort = cohortOf(members, balance);
        int256 due = int256(cohort.due(time));
        if (due < 0 || amount > uint256(due)) return;
        uint256 next = cohort.pay(amount);
        assert(membersOf(next) == members);
        assert(balanceOf(next) == int256(balance) - int256(uint256(amount)));
        assert(int256(next.due(time)) >= 0);
    }

    function cohortOf(uint64 members, int128 balance) private pure returns (uint256) {
        return (uint256(int256(balance)) << 64) | members;
    }

    function membersOf(uint256 cohort) private pure returns (uint256) {
        return uint64(cohort);
    }

    function balanceOf(uint256 cohort) private pure returns (int256) {
        return int256(cohort) >> 64;
    }
}
