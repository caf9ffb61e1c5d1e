// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IDataLicense} from "./interfaces/IDataLicense.sol";
import {IStream} from "./interfaces/IStream.sol";

/// @title DataLicense
/// @notice Sells time-limited licences to sets of streams (whitepaper 2.5.4).
///
/// Who is trusted: nobody is trusted by the contract; it has no owner, no fee, no pause and no upgrade, and no sale
/// leaves a coin with it: what a buyer pays goes to the beneficiary in the same call (what somebody sends to this address
/// outside of a sale is lost). The buyer trusts the seller to go on publishing, since settlement here is at once and
/// nothing is paid back. A stream's owner trusts those to whom it gave
/// Grant to sell access at their own price, for licences that end up to LATEST_END after the last purchase; when the
/// owner takes Grant away, anybody (the owner above all) may retire what that seller had listed, while licences bought
/// until then keep running. A seller can name any contract as a stream, also one that lies about permissions: readers
/// of the market count only streams that StreamRegistry created, and buying opens no stream that the seller did not
/// hold Grant on.
///
/// What is sold: an offer is content-addressed. Its id is the hash of all that it promises, buyers hand the whole offer
/// in, and so nobody can change price, terms or streams under a buyer. A seller who wants other terms lists another
/// offer of the same product. The document that describes the product may change and promises nothing.
///
/// The token: a plain ERC-20 without fees on transfer, rebasing or callbacks, such as DATAcoin; one that returns false
/// instead of reverting is handled. The permit of buyWithPermit is only tried: if somebody submitted it before, the
/// allowance is there already, and the transfer alone decides.
///
/// Storage: listing writes one slot for each stream, at the first free position of that stream's list: the offer's id
/// with the state in its last byte. Buying reads one of these slots, that of the first stream, at the position that the
/// buyer names, and writes one slot of {from, until}; nothing is written per stream. canRead goes through a stream's
/// list and looks at the account's licence for each offer, which is meant for eth_call: its cost grows with the offers
/// that were ever listed for the stream, as does the cost of listing the next. Only holders of Grant can make a list
/// grow.
///
/// Keys: a purchase announces the key to which grants are to be sealed. Whoever pays names it, also for somebody else
/// (buyFor). Issuers must therefore grant to a purchase's key no more than the range which that purchase added.
///
/// When a party vanishes: a seller who stops publishing keeps what was paid. Without a seller its offers stay on sale
/// until retired, which anybody can do once the seller lacks Grant on one of the streams or such a stream was deleted.
/// A licence needs no transaction to end.
contract DataLicense is IDataLicense {
    using SafeERC20 for IERC20;

    /// @notice Seconds from now within which licences must end: five years of 365 days. Bounds what a mistyped end
    /// can cost and for how long a seller binds itself.
    uint256 public constant LATEST_END = 5 * 365 days;
    /// @notice Shortest boundary in seconds.
    uint256 public constant SHORTEST_BOUNDARY = 60;
    /// @notice Longest boundary in seconds.
    uint256 public constant LONGEST_BOUNDARY = 365 days;
    /// @notice Most streams in an offer.
    uint256 public constant STREAMS_LIMIT = 64;

    /// @dev The last byte of an offer's slot. Zero is an empty slot, which ends the list.
    uint256 private constant LISTED = 1;
    uint256 private constant RETIRED = 2;
    uint256 private constant STATE_MASK = 0xff;

    /// @dev A time within a licence's slot.
    uint256 private constant TIME_BITS = 40;
    uint256 private constant TIME_MASK = type(uint40).max;

    /// @inheritdoc IDataLicense
    address public immutable override token;

    mapping(address stream => mapping(uint256 position => bytes32 offerIdAndState)) private _offers;
    /// @dev One slot for each offer and licensee: the end in the lowest 40 bits, the start in the next 40.
    mapping(bytes32 offerId => mapping(address licensee => uint256 license)) private _licenses;

    /// @param token_ The token that licences are paid in.
    constructor(address token_) {
        token = token_;
    }

    /// @inheritdoc IDataLicense
    function list(Offer calldata offer, bytes32 documentHash)
        external
        override
        returns (bytes32 offerId, uint256 position)
    {
        // Check
        if (msg.sender != offer.seller) revert NotSeller(msg.sender, offer.seller);
        if (offer.beneficiary == address(0)) revert BeneficiaryZero();
        // Coins sent to either could never leave again.
        if (offer.beneficiary == address(this) || offer.beneficiary == token) {
            revert BeneficiaryInvalid(offer.beneficiary);
        }
        if (offer.boundary < SHORTEST_BOUNDARY || offer.boundary > LONGEST_BOUNDARY) {
            revert BoundaryInvalid(offer.boundary);
        }
        _checkStreams(offer);
        offerId = _offerIdOf(offer, offer.streams);

        // Effect
        uint256 count = offer.streams.length;
        for (uint256 i; i < count; ++i) {
            address stream = offer.streams[i];
            uint256 free = _freePosition(stream, offerId);
            _offers[stream][free] = _slot(offerId, LISTED);
            if (i == 0) position = free;
        }
        emit OfferListed(offerId, _productIdOf(offer), msg.sender, offer, position, documentHash);
    }

    /// @inheritdoc IDataLicense
    function describe(Offer calldata offer, uint256 position, bytes32 documentHash) external override {
        if (msg.sender != offer.seller) revert NotSeller(msg.sender, offer.seller);
        bytes32 offerId = _checkListed(offer, position);

        emit OfferDescribed(offerId, _productIdOf(offer), documentHash);
    }

    /// @inheritdoc IDataLicense
    function retire(Offer calldata offer, uint256 position) external override {
        // Check
        bytes32 offerId = _checkListed(offer, position);
        if (msg.sender != offer.seller && !_hasLostGrant(offer)) revert NotSeller(msg.sender, offer.seller);

        // Effect
        uint256 count = offer.streams.length;
        for (uint256 i; i < count; ++i) {
            address stream = offer.streams[i];
            uint256 place = i == 0 ? position : _listedPosition(stream, offerId);
            _offers[stream][place] = _slot(offerId, RETIRED);
        }
        emit OfferRetired(offerId, _productIdOf(offer));
    }

    /// @inheritdoc IDataLicense
    function buy(Offer calldata offer, uint256 position, uint256 until, bytes32 publicKey) external override {
        _buy(msg.sender, offer, position, until, publicKey);
    }

    /// @inheritdoc IDataLicense
    function buyWithPermit(
        Offer calldata offer,
        uint256 position,
        uint256 until,
        bytes32 publicKey,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external override {
        // A failure says nothing yet: somebody may have submitted the same permit. The transfer decides.
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(token).permit(msg.sender, address(this), value, deadline, v, r, s) {} catch {}
        _buy(msg.sender, offer, position, until, publicKey);
    }

    /// @inheritdoc IDataLicense
    function buyFor(address licensee, Offer calldata offer, uint256 position, uint256 until, bytes32 publicKey)
        external
        override
    {
        if (licensee == address(0)) revert LicenseeZero();
        _buy(licensee, offer, position, until, publicKey);
    }

    /// @inheritdoc IDataLicense
    function licenseOf(bytes32 offerId, address account) external view override returns (uint256 from, uint256 until) {
        uint256 license = _licenses[offerId][account];
        return (license >> TIME_BITS, license & TIME_MASK);
    }

    /// @inheritdoc IDataLicense
    function offerAt(address stream, uint256 position) external view override returns (bytes32 offerId, bool listed) {
        uint256 slot = uint256(_offers[stream][position]);
        return (bytes32(slot & ~STATE_MASK), slot & STATE_MASK == LISTED);
    }

    /// @inheritdoc IDataLicense
    function canRead(address stream, address account) external view override returns (bool) {
        (, bool holds) = _askPermission(stream, account, IStream.Permission.Read);
        if (holds) return true;

        for (uint256 position;; ++position) {
            bytes32 slot = _offers[stream][position];
            if (slot == bytes32(0)) return false;
            if (block.timestamp < _licenses[_offerIdIn(slot)][account] & TIME_MASK) return true;
        }
        return false;
    }

    /// @inheritdoc IDataLicense
    function offerIdOf(Offer calldata offer) external pure override returns (bytes32) {
        return _offerIdOf(offer, offer.streams);
    }

    /// @dev A purchase by the caller for the licensee.
    function _buy(address licensee, Offer calldata offer, uint256 position, uint256 until, bytes32 publicKey) private {
        // Check
        if (publicKey == bytes32(0)) revert PublicKeyZero();
        bytes32 offerId = _checkListed(offer, position);
        (address beneficiary, uint256 pricePerSecond, uint256 minimumPeriod, uint256 boundary) = _termsOf(offer);
        // Nothing below overflows: times have 40 bits once `until` is not after `latest`, prices 96.
        unchecked {
            uint256 latest = block.timestamp + LATEST_END;
            if (until > latest) revert PeriodTooLong(until, latest);
            uint256 excess;
            // Solidity would look whether the boundary is zero, which listing ruled out.
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                excess := mod(until, boundary)
            }
            if (excess != 0) revert EndNotOnBoundary(until, boundary);

            uint256 license = _licenses[offerId][licensee];
            uint256 from = license & TIME_MASK;
            uint256 start = license >> TIME_BITS;
            if (from < block.timestamp) from = start = block.timestamp;
            uint256 added = until > from ? until - from : 0;
            if (added < minimumPeriod) revert PeriodTooShort(added, minimumPeriod);

            // Effect
            _licenses[offerId][licensee] = start << TIME_BITS | until;
            uint256 paid = added * pricePerSecond;
            emit LicensePurchased(offerId, _productIdOf(offer), licensee, msg.sender, from, until, paid, publicKey);

            // Interaction
            if (paid != 0) IERC20(token).safeTransferFrom(msg.sender, beneficiary, paid);
        }
    }

    /// @dev Reverts unless the offer is on sale at this position of its first stream; returns its id. What passes has
    /// at least one stream and no word with bits above its type, since nothing else was ever listed.
    function _checkListed(Offer calldata offer, uint256 position) private view returns (bytes32 offerId) {
        address[] calldata streams = offer.streams;
        offerId = _offerIdOf(offer, streams);
        address first;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            first := calldataload(streams.offset)
        }
        if (_offers[first][position] != _slot(offerId, LISTED)) revert OfferNotListed(offerId, position);
    }

    /// @dev Reverts unless the streams are 1 to 64, strictly ascending, and the seller holds Grant on each.
    function _checkStreams(Offer calldata offer) private view {
        uint256 count = offer.streams.length;
        if (count == 0 || count > STREAMS_LIMIT) revert StreamCountInvalid(count);
        address previous;
        for (uint256 i; i < count; ++i) {
            address stream = offer.streams[i];
            if (i != 0 && stream <= previous) revert StreamsNotAscending(previous, stream);
            previous = stream;
            (, bool holds) = _askPermission(stream, offer.seller, IStream.Permission.Grant);
            if (!holds) revert StreamNotGrantable(stream, offer.seller);
        }
    }

    /// @dev The first free position of the stream; reverts when the offer stands in one before it.
    function _freePosition(address stream, bytes32 offerId) private view returns (uint256 position) {
        for (;; ++position) {
            bytes32 slot = _offers[stream][position];
            if (slot == bytes32(0)) return position;
            if (_offerIdIn(slot) == offerId) revert OfferAlreadyListed(offerId);
        }
    }

    /// @dev The position of an offer that is known to be in the stream's list.
    function _listedPosition(address stream, bytes32 offerId) private view returns (uint256 position) {
        while (_offerIdIn(_offers[stream][position]) != offerId) ++position;
    }

    /// @dev Whether one of the streams says that the seller no longer holds Grant. A stream that does not answer says
    /// nothing, so that starving the call of gas retires no offer.
    function _hasLostGrant(Offer calldata offer) private view returns (bool) {
        uint256 count = offer.streams.length;
        for (uint256 i; i < count; ++i) {
            (bool answered, bool holds) = _askPermission(offer.streams[i], offer.seller, IStream.Permission.Grant);
            if (answered && !holds) return true;
        }
        return false;
    }

    /// @dev Asks any address whether it is a stream that gives the permission; never reverts with the callee.
    function _askPermission(address stream, address account, IStream.Permission permission)
        private
        view
        returns (bool answered, bool holds)
    {
        (bool success, bytes memory answer) =
            stream.staticcall(abi.encodeCall(IStream.hasPermission, (account, permission)));
        answered = success && answer.length == 32;
        holds = answered && uint256(bytes32(answer)) == 1;
    }

    /// @dev The same bytes as abi.encode(offer), put together by copying: most of a purchase's cost beyond its opcodes
    /// would go into checking words that the hash covers anyway. A word with bits above its type gives an id that was
    /// never listed, since listing encodes the offer into its event and thereby refuses such words.
    function _offerIdOf(Offer calldata offer, address[] calldata streams) private pure returns (bytes32 offerId) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let start := mload(0x40)
            let length := shl(5, streams.length)
            mstore(start, 0x20)
            calldatacopy(add(start, 0x20), offer, 0xe0)
            mstore(add(start, 0x100), 0x100)
            mstore(add(start, 0x120), streams.length)
            calldatacopy(add(start, 0x140), streams.offset, length)
            offerId := and(keccak256(start, add(0x140, length)), not(STATE_MASK))
        }
    }

    /// @dev What a purchase needs of an offer that passed _checkListed, whose words need no second check. A purchase adds
    /// at least one second.
    function _termsOf(Offer calldata offer)
        private
        pure
        returns (address beneficiary, uint256 pricePerSecond, uint256 minimumPeriod, uint256 boundary)
    {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            beneficiary := calldataload(add(offer, 0x40))
            pricePerSecond := calldataload(add(offer, 0x60))
            minimumPeriod := calldataload(add(offer, 0x80))
            minimumPeriod := add(minimumPeriod, iszero(minimumPeriod))
            boundary := calldataload(add(offer, 0xa0))
        }
    }

    /// @dev The seller's address followed by the product number; both words were checked when the offer was listed.
    function _productIdOf(Offer calldata offer) private pure returns (bytes32 productId) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            productId := or(shl(96, calldataload(offer)), calldataload(add(offer, 0x20)))
        }
    }

    function _slot(bytes32 offerId, uint256 state) private pure returns (bytes32) {
        return bytes32(uint256(offerId) | state);
    }

    function _offerIdIn(bytes32 slot) private pure returns (bytes32) {
        return bytes32(uint256(slot) & ~STATE_MASK);
    }
}
