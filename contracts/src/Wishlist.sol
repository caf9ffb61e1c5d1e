// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
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
contract Wishlist is IWishlist, Multicall {
    using SafeERC20 for IERC20;

    struct Wish {
        address asker;
        uint40 deadline;
        /// When the proposed rest can be paid; 0 when none is proposed.
        uint40 payableAt;
        bytes32 descriptionHash;
        uint256 total;
        uint256 held;
        /// The part of `held` that follows the majority.
        uint256 following;
        uint64 answers;
        /// The answer that the rest is proposed for; 0: none.
        uint64 proposed;
        /// How often a rest was paid: a stake that followed in an earlier round is spent.
        uint64 round;
    }

    struct Answer {
        bytes32 productId;
        address beneficiary;
        uint256 released;
    }

    struct Stake {
        uint256 amount;
        bool follows;
        uint64 round;
    }

    /// @notice Shortest time until a wish's deadline, in seconds.
    uint256 public constant TERM_MINIMUM = 1 hours;
    /// @notice Longest time until a wish's deadline, in seconds.
    uint256 public constant TERM_MAXIMUM = 730 days;
    /// @notice How long those who follow can object, in seconds.
    uint256 public constant OBJECTION_PERIOD = 3 days;

    /// @inheritdoc IWishlist
    address public immutable override token;

    uint256 private _wishCount;
    mapping(uint256 wish => Wish) private _wishes;
    mapping(uint256 wish => mapping(uint256 number => Answer)) private _answers;
    mapping(uint256 wish => mapping(bytes32 productId => bool)) private _answered;
    mapping(uint256 wish => mapping(address backer => Stake)) private _stakes;

    /// @param token_ The token that stakes are made in.
    constructor(address token_) {
        token = token_;
    }

    /// @inheritdoc IWishlist
    function ask(bytes32 descriptionHash, uint256 deadline) external override returns (uint256 wish) {
        if (deadline < block.timestamp + TERM_MINIMUM || deadline > block.timestamp + TERM_MAXIMUM) {
            revert DeadlineInvalid(deadline);
        }
        wish = ++_wishCount;
        Wish storage asked = _wishes[wish];
        asked.asker = msg.sender;
        // At most two years ahead of now.
        // forge-lint: disable-next-line(unsafe-typecast)
        asked.deadline = uint40(deadline);
        asked.descriptionHash = descriptionHash;
        emit WishMade(wish, msg.sender, descriptionHash, deadline);
    }

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
    function answer(uint256 wish, bytes32 productId, address beneficiary) external override returns (uint256 number) {
        // Check
        Wish storage answered = _openWish(wish);
        address seller = address(bytes20(productId));
        if (msg.sender != seller) revert NotSeller(msg.sender, seller);
        if (beneficiary == address(0) || beneficiary == address(this) || beneficiary == token) {
            revert BeneficiaryInvalid(beneficiary);
        }
        if (_answered[wish][productId]) revert AnswerInvalid(wish, productId);

        // Effect
        number = ++answered.answers;
        _answered[wish][productId] = true;
        _answers[wish][number] = Answer({productId: productId, beneficiary: beneficiary, released: 0});
        emit WishAnswered(wish, number, productId, beneficiary);
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
    function wishOf(uint256 wish)
        external
        view
        override
        returns (
            address asker,
            bytes32 descriptionHash,
            uint256 deadline,
            uint256 total,
            uint256 held,
            uint256 proposed,
            uint256 payableAt
        )
    {
        Wish storage asked = _wish(wish);
        return
            (
                asked.asker,
                asked.descriptionHash,
                asked.deadline,
                asked.total,
                asked.held,
                asked.proposed,
                asked.payableAt
            );
    }

    /// @inheritdoc IWishlist
    function answerOf(uint256 wish, uint256 number)
        external
        view
        override
        returns (bytes32 productId, address beneficiary, uint256 released)
    {
        Answer storage chosen = _answer(wish, _wish(wish), number);
        return (chosen.productId, chosen.beneficiary, chosen.released);
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

    /// @inheritdoc IWishlist
    function restOf(uint256 wish) external view override returns (uint256) {
        return _wish(wish).following;
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

    function _wish(uint256 wish) private view returns (Wish storage known) {
        known = _wishes[wish];
        if (known.asker == address(0)) revert WishUnknown(wish);
    }

    function _openWish(uint256 wish) private view returns (Wish storage open) {
        open = _wish(wish);
        if (block.timestamp >= open.deadline) revert WishOver(open.deadline);
    }

    function _answer(uint256 wish, Wish storage answered, uint256 number) private view returns (Answer storage known) {
        if (number == 0 || number > answered.answers) revert AnswerUnknown(wish, number);
        known = _answers[wish][number];
    }
}
