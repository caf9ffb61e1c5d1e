// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Wishes} from "./Wishes.sol";
import {IWishlist} from "./interfaces/IWishlist.sol";

/// @title WishStakes
/// @notice What backers put behind a wish, and whether it follows the majority. A stake moves whole: by its backer's
/// word, or, where it follows, as part of a rest. Paying a rest touches no stake: those that followed are known as spent
/// by the round in which they chose to.
abstract contract WishStakes is Wishes {
    using SafeERC20 for IERC20;

    struct Stake {
        uint256 amount;
        bool follows;
        uint64 round;
    }

    mapping(uint256 wish => mapping(address backer => Stake)) private _stakes;

    /// @inheritdoc IWishlist
    function back(uint256 wish, uint256 amount) external override {
        // Check
        Wish storage backed = _openWish(wish);
        if (amount == 0) revert AmountZero();

        // Effect
        Stake storage stake = _stakeIn(wish, backed);
        // Its backer had three days for what it put in before, not for what it adds.
        if (stake.follows && backed.proposed != 0) _setFollows(wish, backed, stake, false);
        stake.amount += amount;
        backed.total += amount;
        backed.held += amount;
        if (stake.follows) backed.following += amount;
        emit WishBacked(wish, msg.sender, amount, stake.amount);

        // Interaction
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IWishlist
    function follow(uint256 wish, bool follows_) external override {
        Wish storage followed = _wish(wish);
        Stake storage stake = _stakeIn(wish, followed);
        if (stake.amount == 0) revert StakeZero(wish, msg.sender);
        if (follows_ && followed.proposed != 0) revert RestAlreadyProposed(wish, followed.proposed);
        if (follows_ != stake.follows) _setFollows(wish, followed, stake, follows_);
    }

    /// @inheritdoc IWishlist
    function release(uint256 wish, uint256 number) external override {
        // Check
        Wish storage released = _wish(wish);
        Answer storage chosen = _answer(wish, released, number);

        // Effect
        uint256 amount = _takeStake(wish, released);
        chosen.released += amount;
        emit StakeReleased(wish, number, msg.sender, amount);

        // Interaction
        IERC20(token).safeTransfer(chosen.beneficiary, amount);
    }

    /// @inheritdoc IWishlist
    function refund(uint256 wish) external override {
        // Check
        Wish storage refunded = _wish(wish);
        if (block.timestamp < refunded.deadline && refunded.proposed == 0) revert WishOpen(refunded.deadline);

        // Effect
        uint256 amount = _takeStake(wish, refunded);
        refunded.total -= amount;
        emit StakeRefunded(wish, msg.sender, amount);

        // Interaction
        IERC20(token).safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IWishlist
    function stakeOf(uint256 wish, address backer) external view override returns (uint256) {
        Stake storage stake = _stakes[wish][backer];
        return _isSpent(stake, _wish(wish)) ? 0 : stake.amount;
    }

    /// @inheritdoc IWishlist
    function follows(uint256 wish, address backer) external view override returns (bool) {
        Stake storage stake = _stakes[wish][backer];
        return !_isSpent(stake, _wish(wish)) && stake.follows;
    }

    function _setFollows(uint256 wish, Wish storage followed, Stake storage stake, bool follows_) private {
        (stake.follows, stake.round) = (follows_, followed.round);
        if (follows_) followed.following += stake.amount;
        else followed.following -= stake.amount;
        emit StakeFollows(wish, msg.sender, follows_);
    }

    /// @dev Writes the caller's whole stake off.
    function _takeStake(uint256 wish, Wish storage taken) private returns (uint256 amount) {
        Stake storage stake = _stakeIn(wish, taken);
        amount = stake.amount;
        if (amount == 0) revert StakeZero(wish, msg.sender);
        taken.held -= amount;
        if (stake.follows) taken.following -= amount;
        delete _stakes[wish][msg.sender];
    }

    /// @dev The caller's stake, empty if it was spent in an earlier round.
    function _stakeIn(uint256 wish, Wish storage backed) private returns (Stake storage stake) {
        stake = _stakes[wish][msg.sender];
        if (_isSpent(stake, backed)) delete _stakes[wish][msg.sender];
    }

    /// @dev Whether the stake was paid as part of a rest.
    function _isSpent(Stake storage stake, Wish storage backed) private view returns (bool) {
        return stake.follows && stake.round != backed.round;
    }
}
