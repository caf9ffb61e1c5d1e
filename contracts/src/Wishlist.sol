// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {WishStakes} from "./WishStakes.sol";
import {Wishes} from "./Wishes.sol";
import {IWishlist} from "./interfaces/IWishlist.sol";

/// @title Wishlist
/// @notice Asks for streams that nobody offers, and puts DATAcoin behind them (whitepaper, WP9).
///
/// Who is trusted: by a backer who only releases, nobody; its stake moves by its own transactions alone, to an answer of
/// its choice or back. A backer who chooses to follow trusts the asker, together with a majority of the stakes, unless
/// it objects within three days. There is no owner and no fee; whole stakes move, so that nothing is ever rounded.
///
/// Why nobody follows unasked: a majority costs nothing. Whoever answers a wish can stake more than all others, release
/// it to its own answer and has its coins back at once; a flash loan is enough, and a small coin sent round often
/// enough, too. Were the stakes of all others to follow such a majority, three days of inattention would lose them.
/// Hence four locks in a row: following is chosen by each backer, off by default; only the asker can propose, so that
/// majority and asker must agree; who follows is fixed with the proposal; and for three days those who follow can step
/// out or take their stakes back. What is left is an asker and a majority who conspire against backers that chose to
/// trust them and look away.
///
/// What the majority is: more than half of all stakes ever made that were not refunded, released or not. It is judged
/// once, at the proposal. Refunds of those who object only make it larger. Stakes that come later neither follow nor
/// count against it: otherwise a last stake, taken back a moment later, could undo every proposal. After the rest was
/// paid, a wish goes on until its deadline, and another rest can be proposed.
///
/// The deadline: until then a wish can be backed and answered, and the rest be proposed. After it every backer can take
/// its stake back, or still release it. A rest proposed before stays payable after it, to the end of the three days and
/// until it is paid, and whoever objects still can: refunds are then open for both reasons.
///
/// What a stake is worth to a seller: a promise, not an escrow. Backers judge answers freely, may answer themselves and
/// so take their stakes back early, and may let the deadline pass. Sellers should look at who stands behind a wish, and
/// deliver for what was released.
///
/// What is assumed of the token: it takes nothing on the way and does not call back; if it returns false, everything
/// reverts. Yet every coin is written off before it is sent, so that a call from it would find nothing more to take.
/// Coins sent here by a plain transfer are lost.
///
/// When a party vanishes: without the asker, no rest is proposed, and all else goes on. Without the seller, backers
/// release to others or wait for the deadline. Without a majority of the backers, the others release their own stakes.
/// Without a backer, its stake stays here, for nobody but its key, unless it followed. Answers and backers may be
/// contracts; a backer that is one must be able to call refund.
contract Wishlist is WishStakes, Multicall {
    using SafeERC20 for IERC20;

    /// @notice How long those who follow can object, in seconds.
    uint256 public constant OBJECTION_PERIOD = 3 days;

    /// @dev The parameter is that of Wishes.
    constructor(address token_) Wishes(token_) {}

    /// @inheritdoc IWishlist
    function proposeRest(uint256 wish, uint256 number) external override {
        // Check
        Wish storage asked = _openWish(wish);
        if (msg.sender != asked.asker) revert NotAsker(msg.sender, asked.asker);
        uint256 released = _answer(wish, asked, number).released;
        if (asked.proposed != 0) revert RestAlreadyProposed(wish, asked.proposed);
        if (released <= asked.total / 2) revert NoMajority(released, asked.total);
        if (asked.following == 0) revert NothingFollows(wish);

        // Effect
        uint256 payableAt = block.timestamp + OBJECTION_PERIOD;
        // No more than the number of answers, and a time of this millennium.
        // forge-lint: disable-next-line(unsafe-typecast)
        (asked.proposed, asked.payableAt) = (uint64(number), uint40(payableAt));
        emit RestProposed(wish, number, payableAt);
    }

    /// @inheritdoc IWishlist
    function releaseRest(uint256 wish) external override {
        // Check
        Wish storage asked = _wish(wish);
        (uint256 number, uint256 payableAt) = (asked.proposed, asked.payableAt);
        if (number == 0) revert RestNotProposed(wish);
        if (block.timestamp < payableAt) revert ObjectionPeriod(payableAt);

        // Effect
        uint256 amount = asked.following;
        asked.following = 0;
        asked.held -= amount;
        (asked.proposed, asked.payableAt) = (0, 0);
        ++asked.round;
        Answer storage chosen = _answers[wish][number];
        chosen.released += amount;
        emit RestReleased(wish, number, amount);

        // Interaction
        IERC20(token).safeTransfer(chosen.beneficiary, amount);
    }

    /// @inheritdoc IWishlist
    function restOf(uint256 wish) external view override returns (uint256) {
        return _wish(wish).following;
    }
}
