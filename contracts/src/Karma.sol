// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {IKarma} from "./interfaces/IKarma.sol";

/// @title Karma
/// @notice Counts reputation: who has really delivered and who has really paid (whitepaper 3).
///
/// What the number means: the DATAcoin that an account was paid (seller) or paid (buyer) through the market, every
/// payment weighed by 2^(-age / half-life) and counted when it was settled, not when it was promised. It is turnover
/// with a memory, not a judgement of quality; the one judgement in it is that a licensee who flags bad data takes back
/// what its own licence gave. Points cannot be moved: they are no coin, and buying an account's karma means buying its
/// key. Below one DATA they count as none, so that every account is forgotten in the end.
///
/// Who is trusted: the contracts named at deployment, and nobody else. They are told apart by their addresses, which
/// nothing can change; there is no owner. A source could give or take any amount; the sources are contracts that call
/// only with payments that they have settled, at most what they settled, and with the time at which it was earned.
///
/// Wash trading: whoever sells to itself earns karma on both sides, and no contract can tell two accounts of one person
/// from two people. What it costs is the market's fee, which leaves for the treasury with every payment and is rounded
/// up: at a fee of f per cent, f DATA for every hundred points, plus gas, and half of that again in every half-life to
/// stay where one is. Without a fee only gas stands in the way, which is why a market whose karma shall mean something charges
/// one. Readers can do more than the chain: every point has its transaction in the logs, from whom to whom, and points
/// earned from many who are themselves paid by many are worth more than a circle's.
///
/// How it decays without being touched: a balance is kept in units, and a point is worth 2^(time / half-life) units,
/// time counted from the deployment. Old units stay what they are and new ones are worth less and less, so that earning
/// is one addition, and accounts that do nothing keep their order for ever: it is the order of their units. The whole
/// part of the exponent is a shift, which is exact; only the rest is approximated (solady's expWad, 18 digits).
/// The points of a payment are shown exactly at the time at which it was earned, and rounded down afterwards.
///
/// Saturation: units end at 2^256 - 1. The whole supply of DATAcoin, exchanged in one payment, reaches that 166
/// half-lives after the deployment, a payment of one DATA after 196. From then on units stop growing while points go on
/// halving: newcomers draw level with the first, all fade to zero, and karma has to be deployed anew. Nothing reverts,
/// since what calls here are payments, and a payment must not fail because reputation cannot be written down. For the
/// same reason times in the future count as now and times before the deployment as the deployment.
///
/// When a party vanishes: its karma expires.
contract Karma is IKarma {
    /// @notice Points below which karma has expired: one DATA.
    uint256 public constant EXPIRY = 1e18;
    /// @notice Shortest half-life, in seconds.
    uint256 public constant HALF_LIFE_MINIMUM = 1 hours;
    /// @notice Longest half-life, in seconds.
    uint256 public constant HALF_LIFE_MAXIMUM = 36_500 days;
    /// @notice Most sources.
    uint256 public constant SOURCES_LIMIT = 4;

    uint256 private constant WAD = 1e18;
    /// @dev The natural logarithm of two, rounded down, so that the growth within a half-life never exceeds two.
    uint256 private constant LN2_WAD = 693_147_180_559_945_309;

    /// @inheritdoc IKarma
    uint256 public immutable override halfLife;
    /// @inheritdoc IKarma
    uint256 public immutable override origin;

    // Part of the code, since reading them from storage would cost every payment 2,100 gas. Zero where there are fewer.
    address private immutable _source1;
    address private immutable _source2;
    address private immutable _source3;
    address private immutable _source4;

    /// @dev By account and role.
    mapping(address account => uint256[3] units) private _units;

    modifier onlySource() {
        if (!isSource(msg.sender)) revert NotSource(msg.sender);
        _;
    }

    /// @param halfLife_ Seconds in which karma halves, 1 hour to 36,500 days.
    /// @param sources The contracts that may give and take karma, 1 to 4.
    constructor(uint256 halfLife_, address[] memory sources) {
        if (halfLife_ < HALF_LIFE_MINIMUM || halfLife_ > HALF_LIFE_MAXIMUM) revert HalfLifeInvalid(halfLife_);
        if (sources.length == 0 || sources.length > SOURCES_LIMIT) revert SourceCountInvalid(sources.length);
        for (uint256 i; i < sources.length; ++i) {
            if (sources[i] == address(0)) revert SourceZero();
        }
        halfLife = halfLife_;
        origin = block.timestamp;
        _source1 = sources[0];
        _source2 = sources.length > 1 ? sources[1] : address(0);
        _source3 = sources.length > 2 ? sources[2] : address(0);
        _source4 = sources.length > 3 ? sources[3] : address(0);
    }

    /// @inheritdoc IKarma
    function exchange(address seller, address buyer, uint256 points) external override onlySource {
        uint256 units = _unitsFor(points, block.timestamp);
        _add(seller, Role.Seller, points, units);
        _add(buyer, Role.Buyer, points, units);
    }

    /// @inheritdoc IKarma
    function earn(address account, Role role, uint256 points, uint256 time) external override onlySource {
        _add(account, role, points, _unitsFor(points, FixedPointMathLib.min(time, block.timestamp)));
    }

    /// @inheritdoc IKarma
    function take(address account, Role role, uint256 points, uint256 time) external override onlySource {
        if (points == 0) return;
        uint256[3] storage balances = _units[account];
        uint256 units = FixedPointMathLib.saturatingSub(
            balances[uint256(role)], _unitsFor(points, FixedPointMathLib.min(time, block.timestamp))
        );
        balances[uint256(role)] = units;
        emit KarmaTaken(account, role, points, units);
    }

    /// @inheritdoc IKarma
    function pointsOf(address account, Role role) external view override returns (uint256) {
        return pointsAt(account, role, block.timestamp);
    }

    /// @inheritdoc IKarma
    function unitsOf(address account, Role role) external view override returns (uint256) {
        return _units[account][uint256(role)];
    }

    /// @inheritdoc IKarma
    function isSource(address account) public view override returns (bool) {
        return account != address(0)
            && (account == _source1 || account == _source2 || account == _source3 || account == _source4);
    }

    /// @inheritdoc IKarma
    function pointsAt(address account, Role role, uint256 time) public view override returns (uint256 points) {
        (uint256 doublings, uint256 growth) = _unitsPerPoint(time);
        // Rounded up, which undoes the rounding down of _unitsFor; cannot overflow, since growth is at least one.
        points = FixedPointMathLib.fullMulDivUp(_units[account][uint256(role)] >> doublings, WAD, growth);
        if (points < EXPIRY) points = 0;
    }

    /// @dev A payment of nothing leaves no trace.
    function _add(address account, Role role, uint256 points, uint256 added) private {
        if (points == 0) return;
        uint256[3] storage balances = _units[account];
        uint256 units = FixedPointMathLib.saturatingAdd(balances[uint256(role)], added);
        balances[uint256(role)] = units;
        emit KarmaEarned(account, role, points, units);
    }

    /// @dev The units of points earned at a time, at most 2^256 - 1.
    function _unitsFor(uint256 points, uint256 time) private view returns (uint256) {
        (uint256 doublings, uint256 growth) = _unitsPerPoint(time);
        uint256 product = FixedPointMathLib.saturatingMul(points, growth);
        if (product == type(uint256).max) return type(uint256).max;
        uint256 units = product / WAD;
        return units > type(uint256).max >> doublings ? type(uint256).max : units << doublings;
    }

    /// @dev What a point is worth at a time: 2^doublings * growth / 1e18 units, with growth in [1e18, 2e18).
    function _unitsPerPoint(uint256 time) private view returns (uint256 doublings, uint256 growth) {
        uint256 age = FixedPointMathLib.zeroFloorSub(time, origin);
        doublings = age / halfLife;
        // Between 0 and the logarithm of two, which fits and has a positive exponential.
        // forge-lint: disable-next-line(unsafe-typecast)
        growth = uint256(FixedPointMathLib.expWad(int256(age % halfLife * LN2_WAD / halfLife)));
    }
}
