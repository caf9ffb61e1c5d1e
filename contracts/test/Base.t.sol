// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataLicense} from "../src/interfaces/IDataLicense.sol";
import {IDeliveryEscrow} from "../src/interfaces/IDeliveryEscrow.sol";
import {IKarma} from "../src/interfaces/IKarma.sol";
import {ILicenses} from "../src/interfaces/ILicenses.sol";
import {IOffers} from "../src/interfaces/IOffers.sol";
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

    uint256 internal constant HALF_LIFE = 365 days;

    IDATAcoin internal token;
    IStreamRegistry internal registry;
    IKarma internal karma;
    IDeliveryEscrow internal escrow;
    IDataLicense internal market;
    IStream internal stream;
    IOffers.Offer internal offer;

    function setUp() public virtual {
        vm.label(buyer, "buyer");
        vm.warp(START);
        token = IDATAcoin(vm.deployCode("DATAcoin.sol:DATAcoin", abi.encode(treasury)));
        registry = IStreamRegistry(vm.deployCode("StreamRegistry.sol:StreamRegistry", abi.encode(address(0))));
        deployMarket(feeBasisPoints(), attestationServiceAddress());
        stream = createStream(seller, "temperature");
        offer = offerFor(address(stream));

        vm.prank(treasury);
        token.transfer(buyer, 1_000_000e18);
        vm.prank(buyer);
        token.approve(address(market), type(uint256).max);
    }

    /// @dev The fee of the market, in hundredths of a per cent.
    function feeBasisPoints() internal pure virtual returns (uint16) {
        return 250;
    }

    /// @dev Most tests need none.
    function attestationServiceAddress() internal virtual returns (address) {
        return address(0);
    }

    /// @dev Karma, escrow and market know each other: all three addresses are known before the first is deployed.
    function deployMarket(uint16 fee, address attestationService) internal {
        uint256 nonce = vm.getNonce(address(this));
        address escrowAddress = vm.computeCreateAddress(address(this), nonce + 1);
        address marketAddress = vm.computeCreateAddress(address(this), nonce + 2);
        address[] memory sources = new address[](2);
        (sources[0], sources[1]) = (marketAddress, escrowAddress);
        karma = IKarma(vm.deployCode("Karma.sol:Karma", abi.encode(HALF_LIFE, sources)));
        escrow = IDeliveryEscrow(
            vm.deployCode(
                "DeliveryEscrow.sol:DeliveryEscrow", abi.encode(marketAddress, address(token), treasury, address(karma))
            )
        );
        market = IDataLicense(
            vm.deployCode(
                "DataLicense.sol:DataLicense",
                abi.encode(address(token), treasury, fee, address(karma), address(escrow), attestationService)
            )
        );
        vm.assertEq(address(escrow), escrowAddress);
        vm.assertEq(address(market), marketAddress);
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

    function offerFor(address[] memory streams) internal view returns (IOffers.Offer memory) {
        return IOffers.Offer({
            seller: seller,
            productNumber: 7,
            beneficiary: beneficiary,
            pricePerSecond: 0.0001e18,
            minimumPeriod: 1 hours,
            maximumPeriod: 5 * 365 days,
            boundary: 1 hours,
            feeBasisPoints: feeBasisPoints(),
            settlement: IOffers.Settlement.AtOnce,
            oracle: address(0),
            events: 0,
            deliveryPeriod: 0,
            attestationSchema: 0,
            termsHash: keccak256("terms"),
            attesters: new address[](0),
            streams: streams
        });
    }

    function offerFor(address single) internal view returns (IOffers.Offer memory) {
        address[] memory streams = new address[](1);
        streams[0] = single;
        return offerFor(streams);
    }

    function list(IOffers.Offer memory listed) internal returns (bytes32 offerId, uint256 position) {
        vm.prank(listed.seller);
        return market.list(listed, DOCUMENT);
    }

    function purchaseOf(uint256 position, uint256 until) internal pure returns (ILicenses.Purchase memory) {
        return ILicenses.Purchase({position: position, until: until, publicKey: PUBLIC_KEY, attestation: 0});
    }

    function buy(IOffers.Offer memory bought, uint256 position, uint256 until) internal {
        vm.prank(buyer);
        market.buy(bought, purchaseOf(position, until));
    }

    /// @dev The part of a payment that goes to the treasury.
    function feeOf(uint256 gross) internal pure returns (uint256) {
        return (gross * feeBasisPoints() + 9999) / 10_000;
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

    function productIdOf(IOffers.Offer memory product) internal pure returns (bytes32) {
        return bytes32(abi.encodePacked(product.seller, product.productNumber));
    }

    function referenceOfferId(IOffers.Offer memory hashed) internal pure returns (bytes32) {
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
