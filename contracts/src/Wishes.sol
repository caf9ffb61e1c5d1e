// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IWishlist} from "./interfaces/IWishlist.sol";

/// @title Wishes
/// @notice What is asked for, and by which products it is answered. Anybody asks; sellers answer with their own products,
/// with each of them once, and name who is to be paid.
abstract contract Wishes is IWishlist {
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

    /// @notice Shortest time until a wish's deadline, in seconds.
    uint256 public constant TERM_MINIMUM = 1 hours;
    /// @notice Longest time until a wish's deadline, in seconds.
    uint256 public constant TERM_MAXIMUM = 730 days;

    /// @inheritdoc IWishlist
    address public immutable override token;

    uint256 private _wishCount;
    mapping(uint256 wish => Wish) private _wishes;
    mapping(uint256 wish => mapping(uint256 number => Answer)) internal _answers;
    mapping(uint256 wish => mapping(bytes32 productId => bool)) private _answered;

    /// @param token_ The token that stakes are made in. Without it every wish would fail; deploying reads it back.
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

    function _wish(uint256 wish) internal view returns (Wish storage known) {
        known = _wishes[wish];
        if (known.asker == address(0)) revert WishUnknown(wish);
    }

    function _openWish(uint256 wish) internal view returns (Wish storage open) {
        open = _wish(wish);
        if (block.timestamp >= open.deadline) revert WishOver(open.deadline);
    }

    function _answer(uint256 wish, Wish storage answered, uint256 number) internal view returns (Answer storage known) {
        if (number == 0 || number > answered.answers) revert AnswerUnknown(wish, number);
        known = _answers[wish][number];
    }
}
