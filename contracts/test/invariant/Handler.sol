// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataLicense} from "../../src/interfaces/IDataLicense.sol";
import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IStream} from "../../src/interfaces/IStream.sol";
import {IStreamRegistry} from "../../src/interfaces/IStreamRegistry.sol";
import {Cheatcodes} from "../Cheatcodes.sol";
import {IDATAcoin} from "../IDATAcoin.sol";

/// @notice Does what sellers, buyers and owners do, with valid arguments chosen by the fuzzer, and keeps books.
contract Handler {
    struct Book {
        uint256 from;
        uint256 until;
    }

    Cheatcodes private constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant ACCOUNTS = 4;
    uint256 private constant LATEST_END = 5 * 365 days;
    uint256 private constant OFFERS_LIMIT = 12;
    uint256 private constant STREAMS_LIMIT = 5;

    IDATAcoin private immutable TOKEN;
    IStreamRegistry private immutable REGISTRY;
    IDataLicense private immutable MARKET;

    /// @dev Sellers and buyers are the same few, so that their deeds meet.
    address[] public accounts;
    IStream[] public streams;
    /// @dev Every offer that was ever listed, and its position among those of its first stream.
    IOffers.Offer[] private _offers;
    bytes32[] public offerIds;
    uint256[] public positions;
    mapping(bytes32 offerId => bool retired) public retired;
    /// @dev What was listed for a stream, in order; only ever appended to.
    mapping(address stream => bytes32[] offerIds) private _lists;
    mapping(bytes32 offerId => mapping(address licensee => Book book)) public books;
    mapping(address beneficiary => uint256 income) public income;
    mapping(address payer => uint256 spent) public spent;
    uint256 public paid;
    /// @dev How often each action took place, so that a test can tell that the walk went somewhere.
    mapping(string action => uint256 count) public calls;

    constructor(IDATAcoin token, IStreamRegistry registry, IDataLicense market, address treasury) {
        TOKEN = token;
        REGISTRY = registry;
        MARKET = market;
        for (uint256 i; i < ACCOUNTS; ++i) {
            address account = address(uint160(0x1000 + i));
            accounts.push(account);
            vm.prank(treasury);
            token.transfer(account, 100_000_000e18);
            vm.prank(account);
            token.approve(address(market), type(uint256).max);
        }
        for (uint256 i; i < 3; ++i) {
            createStream(i);
        }
    }

    function createStream(uint256 owner) public {
        if (streams.length == STREAMS_LIMIT) return;
        vm.prank(accounts[owner % ACCOUNTS]);
        streams.push(IStream(REGISTRY.createStream("stream", "", 60, 1)));
        ++calls["createStream"];
    }

    function setPermission(uint256 which, uint256 holder, uint8 permission, uint40 until) external {
        IStream stream = streams[which % streams.length];
        if (stream.deleted()) return;
        // Sometimes everyone; mostly an end that comes within the walk.
        address account = holder % (ACCOUNTS + 1) == ACCOUNTS ? address(0) : accounts[holder % (ACCOUNTS + 1)];
        vm.prank(stream.owner());
        stream.setPermission(account, IStream.Permission(permission % 5), uint40(block.timestamp + until % 10 hours));
        ++calls["setPermission"];
    }

    function deleteStream(uint256 which, uint256 dice) external {
        IStream stream = streams[which % streams.length];
        if (dice % 8 != 0 || stream.deleted()) return;
        vm.prank(stream.owner());
        stream.deleteStream();
        ++calls["deleteStream"];
    }

    function list(uint256 who, uint96 number, uint96 price, uint40 boundary, uint256 members) external {
        if (_offers.length == OFFERS_LIMIT) return;
        IOffers.Offer memory offer;
        offer.seller = accounts[who % ACCOUNTS];
        offer.productNumber = number;
        offer.beneficiary = accounts[(who >> 8) % ACCOUNTS];
        // A tenth of the offers is free.
        offer.pricePerSecond = price % 10 == 0 ? 0 : price % 1e15;
        offer.boundary = 60 + boundary % 2 hours;
        offer.maximumPeriod = uint40(LATEST_END);
        offer.feeBasisPoints = MARKET.feeBasisPoints();
        offer.streams = _grantable(offer.seller, members);
        if (offer.streams.length == 0) return;
        bytes32 offerId = MARKET.offerIdOf(offer);
        for (uint256 i; i < offerIds.length; ++i) {
            if (offerIds[i] == offerId) return;
        }
        vm.prank(offer.seller);
        (bytes32 listed, uint256 position) = MARKET.list(offer, bytes32(members));
        vm.assertEq(listed, offerId);
        _offers.push(offer);
        offerIds.push(offerId);
        positions.push(position);
        for (uint256 i; i < offer.streams.length; ++i) {
            _lists[offer.streams[i]].push(offerId);
        }
        ++calls["list"];
    }

    function retire(uint256 which, uint256 dice) external {
        if (_offers.length == 0 || dice % 4 != 0) return;
        which = which % _offers.length;
        if (retired[offerIds[which]]) return;
        vm.prank(_offers[which].seller);
        MARKET.retire(_offers[which], positions[which]);
        retired[offerIds[which]] = true;
        ++calls["retire"];
    }

    function buy(uint256 which, uint256 who, uint256 gift, uint256 periods) external {
        if (_offers.length == 0) return;
        which = which % _offers.length;
        IOffers.Offer memory offer = _offers[which];
        bytes32 offerId = offerIds[which];
        address payer = accounts[who % ACCOUNTS];
        address licensee = gift % 3 == 0 ? accounts[gift % ACCOUNTS] : payer;

        uint256 from = _startOf(offerId, licensee);
        uint256 until = (from / offer.boundary + 1 + periods % 20) * offer.boundary;
        if (until > block.timestamp + LATEST_END) return;
        if ((until - from) * offer.pricePerSecond > TOKEN.balanceOf(payer)) return;

        ILicenses.Purchase memory purchase = ILicenses.Purchase(positions[which], until, bytes32(uint256(1)), 0);
        bytes memory call = abi.encodeCall(ILicenses.buyFor, (licensee, offer, purchase));
        vm.prank(payer);
        (bool sold,) = address(MARKET).call(call);
        vm.assertEq(sold, !retired[offerId], "exactly what is on sale is sold");
        if (!sold) {
            ++calls["refused"];
            return;
        }
        _book(offer, offerId, licensee, payer, until);
    }

    function pass(uint256 seconds_) external {
        vm.warp(block.timestamp + seconds_ % 6 hours);
        ++calls["pass"];
    }

    function offerAt(uint256 index) external view returns (IOffers.Offer memory) {
        return _offers[index];
    }

    function listOf(address stream) external view returns (bytes32[] memory) {
        return _lists[stream];
    }

    function accountCount() external pure returns (uint256) {
        return ACCOUNTS;
    }

    function streamCount() external view returns (uint256) {
        return streams.length;
    }

    function offerCount() external view returns (uint256) {
        return _offers.length;
    }

    /// @dev Where a purchase made now starts.
    function _startOf(bytes32 offerId, address licensee) private view returns (uint256) {
        uint256 until = books[offerId][licensee].until;
        return until < block.timestamp ? block.timestamp : until;
    }

    /// @dev Writes a purchase into the books.
    function _book(IOffers.Offer memory offer, bytes32 offerId, address licensee, address payer, uint256 until)
        private
    {
        uint256 price = (until - _startOf(offerId, licensee)) * offer.pricePerSecond;
        Book storage book = books[offerId][licensee];
        if (book.until < block.timestamp) book.from = block.timestamp;
        book.until = until;
        income[offer.beneficiary] += price;
        spent[payer] += price;
        paid += price;
        ++calls["buy"];
    }

    /// @dev Those of the streams picked by the bits of `members` that the seller may sell, ascending.
    function _grantable(address seller, uint256 members) private view returns (address[] memory picked) {
        address[] memory found = new address[](streams.length);
        uint256 count;
        for (uint256 i; i < streams.length; ++i) {
            if (!streams[i].hasPermission(seller, IStream.Permission.Grant)) continue;
            if (members >> i & 1 == 0) continue;
            uint256 place = count++;
            for (; place != 0 && found[place - 1] > address(streams[i]); --place) {
                found[place] = found[place - 1];
            }
            found[place] = address(streams[i]);
        }
        picked = new address[](count);
        for (uint256 i; i < count; ++i) {
            picked[i] = found[i];
        }
    }
}
