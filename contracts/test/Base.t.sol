// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataLicense} from "../src/interfaces/IDataLicense.sol";
import {IStream} from "../src/interfaces/IStream.sol";
import {IStreamRegistry} from "../src/interfaces/IStreamRegistry.sol";
import {Cheatcodes} from "./Cheatcodes.sol";
import {IDATAcoin} from "./IDATAcoin.sol";

/// @notice The market that every test starts from: a token spread over a few accounts, a registry, one stream of the
/// seller and an offer for it. Tests know the contracts by their interfaces and deploy them from the artifacts, so
/// that what is tested was compiled as what is deployed, and a test compiles in a moment.
abstract contract Base {
    Cheatcodes internal constant vm = Cheatcodes(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev A Sunday at noon, on the hour.
    uint256 internal constant START = 1_800_014_400;
    uint40 internal constant NEVER = type(uint40).max;
    bytes32 internal constant PUBLIC_KEY = keccak256("public key");
    bytes32 internal constant DOCUMENT = keccak256("document");
    address internal constant EVERYONE = address(0);

    uint256 internal constant BUYER_KEY = 0xb0b;
    address internal treasury = makeAccount("treasury");
    address internal seller = makeAccount("seller");
    address internal beneficiary = makeAccount("beneficiary");
    address internal stranger = makeAccount("stranger");
    address internal buyer = vm.addr(BUYER_KEY);

    IDATAcoin internal token;
    IStreamRegistry internal registry;
    IDataLicense internal market;
    IStream internal stream;
    IDataLicense.Offer internal offer;

    function setUp() public virtual {
        vm.label(buyer, "buyer");
        vm.warp(START);
        token = IDATAcoin(vm.deployCode("DATAcoin.sol:DATAcoin", abi.encode(treasury)));
        registry = IStreamRegistry(vm.deployCode("StreamRegistry.sol:StreamRegistry", abi.encode(address(0))));
        market = deployMarket(address(token));
        stream = createStream(seller, "temperature");
        offer = offerFor(address(stream));

        vm.prank(treasury);
        token.transfer(buyer, 1_000_000e18);
        vm.prank(buyer);
        token.approve(address(market), type(uint256).max);
    }

    function deployMarket(address token_) internal returns (IDataLicense) {
        return IDataLicense(vm.deployCode("DataLicense.sol:DataLicense", abi.encode(token_)));
    }

    function makeAccount(string memory name) internal returns (address account) {
        account = address(uint160(uint256(keccak256(bytes(name)))));
        vm.label(account, name);
    }

    function createStream(address owner, string memory name) internal returns (IStream) {
        vm.prank(owner);
        return IStream(registry.createStream(name, "A sensor on the roof", 60, 1));
    }

    /// @dev Streams of the seller in ascending order, as offers want them.
    function createStreams(uint256 count) internal returns (address[] memory streams) {
        streams = new address[](count);
        for (uint256 i; i < count; ++i) {
            address created = address(createStream(seller, "one of many"));
            uint256 place = i;
            for (; place != 0 && streams[place - 1] > created; --place) {
                streams[place] = streams[place - 1];
            }
            streams[place] = created;
        }
    }

    function offerFor(address[] memory streams) internal view returns (IDataLicense.Offer memory) {
        return IDataLicense.Offer({
            seller: seller,
            productNumber: 7,
            beneficiary: beneficiary,
            pricePerSecond: 0.0001e18,
            minimumPeriod: 1 hours,
            boundary: 1 hours,
            termsHash: keccak256("terms"),
            streams: streams
        });
    }

    function offerFor(address single) internal view returns (IDataLicense.Offer memory) {
        address[] memory streams = new address[](1);
        streams[0] = single;
        return offerFor(streams);
    }

    function list(IDataLicense.Offer memory listed) internal returns (bytes32 offerId, uint256 position) {
        vm.prank(listed.seller);
        return market.list(listed, DOCUMENT);
    }

    function buy(IDataLicense.Offer memory bought, uint256 position, uint256 until) internal {
        vm.prank(buyer);
        market.buy(bought, position, until, PUBLIC_KEY);
    }

    function give(address account, IStream.Permission permission, uint40 until) internal {
        vm.prank(stream.owner());
        stream.setPermission(account, permission, until);
    }

    /// @dev The value folded into [low, high], both included.
    function within(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        uint256 size = high - low + 1;
        return size == 0 ? value : low + value % size;
    }

    function productIdOf(IDataLicense.Offer memory product) internal pure returns (bytes32) {
        return bytes32(abi.encodePacked(product.seller, product.productNumber));
    }

    function referenceOfferId(IDataLicense.Offer memory hashed) internal pure returns (bytes32) {
        return keccak256(abi.encode(hashed)) & ~bytes32(uint256(0xff));
    }

    function bytesOf(uint256 length) internal pure returns (string memory) {
        bytes memory text = new bytes(length);
        for (uint256 i; i < length; ++i) {
            text[i] = "x";
        }
        return string(text);
    }
}
