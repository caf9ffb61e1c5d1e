// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IWishlist
/// @notice Asks for streams that nobody offers, and puts DATAcoin behind them (whitepaper, WP9). Anyone asks; anyone
/// backs a wish until its deadline; sellers answer with products. Each backer releases its own stake to an answer, or
/// chooses beforehand to follow the others: once more than half of all stakes was released to one answer, the asker may
/// propose that the stakes which follow go there too; backers who object have three days to take them back or out, then
/// they are paid. After the deadline, stakes that were not released flow back to their backers. A stake never moves
/// without its backer's word.
interface IWishlist {
    /// @notice Emitted when a wish is made.
    /// @param descriptionHash SHA-256 of the description, a document on IPFS (CIDv1, codec raw).
    /// @param deadline Unix seconds until which it can be backed and answered.
    event WishMade(uint256 indexed wish, address indexed asker, bytes32 descriptionHash, uint256 deadline);

    /// @notice Emitted when somebody puts DATAcoin behind a wish. @param stake The backer's stake afterwards, wei.
    event WishBacked(uint256 indexed wish, address indexed backer, uint256 amount, uint256 stake);

    /// @notice Emitted when a seller answers. @param productId The seller's address followed by the product number.
    event WishAnswered(uint256 indexed wish, uint256 indexed answer, bytes32 indexed productId, address beneficiary);

    /// @notice Emitted when a backer releases its stake to an answer.
    event StakeReleased(uint256 indexed wish, uint256 indexed answer, address indexed backer, uint256 amount);

    /// @notice Emitted when a stake shall follow the majority, or no longer shall. Released, refunded or paid as part of
    /// the rest, it no longer follows either, without this event.
    event StakeFollows(uint256 indexed wish, address indexed backer, bool follows);

    /// @notice Emitted when the rest, the stakes that follow, is to go where the majority went. @param payableAt Unix
    /// seconds from which it can be paid.
    event RestProposed(uint256 indexed wish, uint256 indexed answer, uint256 payableAt);

    /// @notice Emitted when the rest was paid to the answer that the majority released to.
    event RestReleased(uint256 indexed wish, uint256 indexed answer, uint256 amount);

    /// @notice Emitted when a backer takes its stake back.
    event StakeRefunded(uint256 indexed wish, address indexed backer, uint256 amount);

    /// @notice There is no such wish.
    error WishUnknown(uint256 wish);
    /// @notice There is no such answer to the wish.
    error AnswerUnknown(uint256 wish, uint256 answer);
    /// @notice The deadline must lie 1 hour to 2 years ahead.
    error DeadlineInvalid(uint256 deadline);
    /// @notice The wish's deadline has passed.
    error WishOver(uint256 deadline);
    /// @notice Stakes flow back after the deadline, or while the rest is proposed to follow a majority.
    error WishOpen(uint256 deadline);
    /// @notice The amount is zero.
    error AmountZero();
    /// @notice The account has no stake in the wish.
    error StakeZero(uint256 wish, address account);
    /// @notice Only the seller that the product id names may answer with it.
    error NotSeller(address account, address seller);
    /// @notice The beneficiary is the zero address, this contract or the token.
    error BeneficiaryInvalid(address beneficiary);
    /// @notice A product answers a wish once.
    error AnswerInvalid(uint256 wish, bytes32 productId);
    /// @notice Not more than half of all stakes was released to this answer.
    error NoMajority(uint256 released, uint256 total);
    /// @notice Only the asker may do this.
    error NotAsker(address account, address asker);
    /// @notice No stake follows the majority.
    error NothingFollows(uint256 wish);
    /// @notice The rest has been proposed to follow already; until it is paid, stakes can only stop to follow.
    error RestAlreadyProposed(uint256 wish, uint256 answer);
    /// @notice The rest was not proposed for any answer, or was paid.
    error RestNotProposed(uint256 wish);
    /// @notice Backers may still object.
    error ObjectionPeriod(uint256 payableAt);

    /// @notice Makes a wish. @return wish Its number, from 1.
    function ask(bytes32 descriptionHash, uint256 deadline) external returns (uint256 wish);

    /// @notice Puts DATAcoin wei behind a wish; needs an allowance. Adding to a stake that follows, while the rest is
    /// proposed, takes it out of the rest.
    function back(uint256 wish, uint256 amount) external;

    /// @notice Answers with a product of the caller. @return number Its number within the wish, from 1.
    function answer(uint256 wish, bytes32 productId, address beneficiary) external returns (uint256 number);

    /// @notice Says whether the caller's stake shall follow the majority; a new stake does not. Taking it out is possible
    /// at any time until the rest is paid, putting it in only while none is proposed.
    function follow(uint256 wish, bool follows_) external;

    /// @notice Pays the caller's whole stake to an answer, also after the deadline.
    function release(uint256 wish, uint256 number) external;

    /// @notice Proposes that the stakes which follow go to the answer to which more than half of all stakes was released.
    /// Only the asker, before the deadline.
    function proposeRest(uint256 wish, uint256 number) external;

    /// @notice Pays the stakes that still follow, once the time for objections is over. Anybody may call.
    function releaseRest(uint256 wish) external;

    /// @notice Takes the caller's stake back: after the deadline, or as an objection while the rest is proposed.
    function refund(uint256 wish) external;

    /// @notice A wish: who asked, its description, deadline, all stakes ever made that were not refunded, how much of
    /// them is still held, and the answer (0: none) and time of a proposal for the rest that is not paid yet.
    function wishOf(uint256 wish)
        external
        view
        returns (
            address asker,
            bytes32 descriptionHash,
            uint256 deadline,
            uint256 total,
            uint256 held,
            uint256 proposed,
            uint256 payableAt
        );

    /// @notice An answer: product, beneficiary, and DATAcoin wei released to it.
    function answerOf(uint256 wish, uint256 number)
        external
        view
        returns (bytes32 productId, address beneficiary, uint256 released);

    /// @notice A backer's stake that is still held, DATAcoin wei.
    function stakeOf(uint256 wish, address backer) external view returns (uint256);

    /// @notice Whether a backer's stake follows the majority.
    function follows(uint256 wish, address backer) external view returns (bool);

    /// @notice The stakes that follow the majority, DATAcoin wei: what would be paid as the rest.
    function restOf(uint256 wish) external view returns (uint256);

    /// @notice The token that stakes are made in.
    function token() external view returns (address);
}
