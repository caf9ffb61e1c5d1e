// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {IDeliveryEscrow} from "../../src/interfaces/IDeliveryEscrow.sol";
import {IKarma} from "../../src/interfaces/IKarma.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {IStreamRegistry} from "../../src/interfaces/IStreamRegistry.sol";
import {IThresholdDeliveryOracle} from "../../src/interfaces/IThresholdDeliveryOracle.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {Attestor} from "../DeliveryEscrow/Attestor.sol";
import {IDATAcoin} from "../IDATAcoin.sol";
import {DeliveryBooks} from "./DeliveryBooks.sol";

/// @notice What must have happened in the market, written down without looking at it: a ledger of every coin, offers,
/// licences, and for those settled by the second every stay in a cohort by itself. Karma is kept by a second Karma, which
/// is told by these books of every payment that they settle.
abstract contract MarketBooks is DeliveryBooks {
    struct Parts {
        IDATAcoin token;
        IStreamRegistry registry;
        IDataLicense market;
        IDeliveryEscrow escrow;
        IKarma karma;
        address treasury;
    }

    struct License {
        uint256 from;
        uint256 until;
        /// By the second: up to where the licensee has its karma.
        uint256 mark;
        /// DATAcoin wei paid for the uninterrupted range.
        uint256 paid;
        /// Within the uninterrupted range, the licence was ended early.
        bool cut;
        bool flagged;
        bool everFlagged;
    }

    /// @dev By the second: a licence counted among those that end at `end`, from `added` until `removed` (0: not yet).
    struct Stay {
        uint256 offer;
        address licensee;
        uint256 end;
        uint256 added;
        uint256 removed;
    }

    Cheatcodes internal constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 internal constant ACCOUNTS = 4;
    uint256 internal constant FUNDS = 100_000_000e18;
    uint256 internal constant FIRST_KEY = 0x1000;

    Parts internal _parts;
    Attestor internal _attestor;
    IThresholdDeliveryOracle internal _oracle;
    /// @dev Knows of payments only what these books tell it.
    IKarma public mirror;

    /// @dev Sellers and buyers are the same few, so that their deeds meet.
    address[] public accounts;
    /// @dev Carries what others signed, calls what anybody may call, and never has a coin.
    address public relayer = address(0x7e1a7);
    IStream[] public streams;
    /// @dev Every offer that was ever listed, and its position among those of its first stream.
    IOffers.Offer[] private _offers;
    bytes32[] public offerIds;
    uint256[] public positions;
    mapping(bytes32 offerId => bool retired) public retired;
    /// @dev What was listed for a stream, in order; only ever appended to.
    mapping(address stream => bytes32[] offerIds) private _lists;
    mapping(uint256 offer => mapping(address licensee => License)) private _licenses;
    Stay[] private _stays;
    /// @dev Ends at which licences to an offer ever were to end.
    mapping(uint256 offer => uint256[] ends) private _ends;
    /// @dev Seconds that were paid out, by offer and end.
    mapping(uint256 offer => mapping(uint256 end => uint256 seconds_)) public withdrawn;

    /// @dev The ledger, DATAcoin wei.
    mapping(address account => uint256 balance) public balances;
    uint256 public paid;
    uint256 public income;
    uint256 public fees;
    uint256 public refunded;

    constructor(Parts memory parts) {
        _parts = parts;
        _attestor = new Attestor();
        _oracle = _attestor.deployOracle();
        address[] memory sources = new address[](1);
        sources[0] = address(this);
        mirror = IKarma(vm.deployCode("Karma.sol:Karma", abi.encode(parts.karma.halfLife(), sources)));
        vm.assertEq(mirror.origin(), parts.karma.origin(), "both karmas count from the same time");
        for (uint256 i; i < ACCOUNTS; ++i) {
            accounts.push(vm.addr(FIRST_KEY + i));
            vm.prank(parts.treasury);
            parts.token.transfer(accounts[i], FUNDS);
            balances[accounts[i]] = FUNDS;
        }
        balances[parts.treasury] = parts.token.balanceOf(parts.treasury);
    }

    function offerAt(uint256 index) public view override returns (IOffers.Offer memory) {
        return _offers[index];
    }

    function listOf(address stream) public view returns (bytes32[] memory) {
        return _lists[stream];
    }

    function licenseAt(uint256 offer, address licensee) public view returns (License memory) {
        return _licenses[offer][licensee];
    }

    function stays() external view returns (Stay[] memory) {
        return _stays;
    }

    function endsOf(uint256 offer) public view returns (uint256[] memory) {
        return _ends[offer];
    }

    function accountCount() external pure returns (uint256) {
        return ACCOUNTS;
    }

    function streamCount() external view returns (uint256) {
        return streams.length;
    }

    function offerCount() public view returns (uint256) {
        return _offers.length;
    }

    /// @notice Seconds that licences to the offer with this end have earned and that were not paid out.
    function dueAt(uint256 offer, uint256 end) public view returns (uint256 due) {
        for (uint256 i; i < _stays.length; ++i) {
            if (_stays[i].offer == offer && _stays[i].end == end) due += earnedOf(_stays[i]);
        }
        due -= withdrawn[offer][end];
    }

    /// @notice Seconds that a licence has run in its cohort.
    function earnedOf(Stay memory stay) public view returns (uint256) {
        uint256 last = stay.removed == 0 ? stay.end : stay.removed;
        return (last < block.timestamp ? last : block.timestamp) - stay.added;
    }

    function _answers(IOffers.Offer memory) internal pure override returns (bool) {
        return true;
    }

    function _report(address stream, uint256 time, uint256 count) internal override {
        _attestor.report(_oracle, stream, time, count);
    }

    function _bookOffer(IOffers.Offer memory offer, bytes32 offerId, uint256 position) internal {
        _offers.push(offer);
        offerIds.push(offerId);
        positions.push(position);
        for (uint256 i; i < offer.streams.length; ++i) {
            _lists[offer.streams[i]].push(offerId);
        }
    }

    /// @dev Writes a purchase into the books: the licence, the money and the karma.
    function _bookPurchase(uint256 which, address payer, address licensee, uint256 charged, uint256 until) internal {
        IOffers.Offer memory offer = _offers[which];
        License storage license = _licenses[which][licensee];
        uint256 price = (until - charged) * offer.pricePerSecond;
        bool runs = license.until >= block.timestamp;
        if (offer.settlement == IOffers.Settlement.BySecond) {
            if (runs) _leave(which, licensee);
            else _credit(which, licensee, license.until);
            _stays.push(Stay(which, licensee, until, block.timestamp, 0));
            _bookEndTime(which, until);
        }
        if (!runs) {
            (license.from, license.mark, license.paid) = (block.timestamp, block.timestamp, 0);
            (license.flagged, license.cut) = (false, false);
        }
        license.until = until;
        license.paid += price;
        paid += price;
        if (offer.settlement == IOffers.Settlement.AtOnce) {
            _payOut(payer, offer, price);
            mirror.exchange(offer.seller, licensee, price);
        } else if (offer.settlement == IOffers.Settlement.BySecond) {
            _move(payer, address(_parts.market), price);
        } else {
            _move(payer, address(_parts.escrow), price);
            _deposits.push(Deposit(which, licensee, charged, until, until - charged, 0, 0, false, false, false, false));
        }
    }

    /// @dev Ends a licence early; returns what flows back, DATAcoin wei.
    function _bookEarlyEnd(uint256 which, address licensee, uint256 until) internal returns (uint256 refund) {
        IOffers.Offer memory offer = _offers[which];
        License storage license = _licenses[which][licensee];
        if (offer.settlement == IOffers.Settlement.BySecond) {
            _credit(which, licensee, until);
            _leave(which, licensee);
            refund = (license.until - until) * offer.pricePerSecond;
            _move(address(_parts.market), licensee, refund);
        } else if (offer.settlement != IOffers.Settlement.AtOnce) {
            refund = _bookEnd(which, licensee, until) * offer.pricePerSecond;
            _move(address(_parts.escrow), licensee, refund);
        }
        refunded += refund;
        license.until = until;
        license.cut = true;
    }

    function _bookFlag(uint256 which, address licensee) internal {
        (_licenses[which][licensee].flagged, _licenses[which][licensee].everFlagged) = (true, true);
    }

    /// @dev Takes what is due out of the cohort with this end.
    function _bookDraw(uint256 which, uint256 end) internal returns (uint256 drawn) {
        drawn = dueAt(which, end);
        withdrawn[which][end] += drawn;
    }

    /// @dev Pays the seller what a contract of the market held, and gives it its karma.
    function _bookEarned(uint256 which, address holder, uint256 seconds_) internal {
        IOffers.Offer memory offer = _offers[which];
        uint256 gross = seconds_ * offer.pricePerSecond;
        _payOut(holder, offer, gross);
        mirror.earn(offer.seller, IKarma.Role.Seller, gross, block.timestamp);
    }

    /// @dev Gives the licensee its karma for what ran until `until`.
    function _credit(uint256 which, address licensee, uint256 until) internal {
        License storage license = _licenses[which][licensee];
        if (until <= license.mark) return;
        uint256 spent = (until - license.mark) * _offers[which].pricePerSecond;
        mirror.earn(licensee, IKarma.Role.Buyer, spent, license.mark);
        license.mark = until;
    }

    /// @dev Counts a purchase that ended or was renewed out of the cohort that it stays in.
    function _leave(uint256 which, address licensee) private {
        for (uint256 i = _stays.length; i-- > 0;) {
            if (_stays[i].offer != which || _stays[i].licensee != licensee) continue;
            _stays[i].removed = block.timestamp;
            return;
        }
    }

    function _bookEndTime(uint256 which, uint256 until) private {
        for (uint256 i; i < _ends[which].length; ++i) {
            if (_ends[which][i] == until) return;
        }
        _ends[which].push(until);
    }

    function _payOut(address payer, IOffers.Offer memory offer, uint256 gross) private {
        uint256 fee = (gross * offer.feeBasisPoints + 9999) / 10_000;
        _move(payer, offer.beneficiary, gross - fee);
        _move(payer, _parts.treasury, fee);
        income += gross - fee;
        fees += fee;
    }

    function _move(address from, address to, uint256 amount) internal {
        balances[from] -= amount;
        balances[to] += amount;
    }
}
