// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILicenses} from "../../src/interfaces/ILicenses.sol";
import {IOffers} from "../../src/interfaces/IOffers.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IDATAcoin} from "../IDATAcoin.sol";
import {StreamsHandler} from "./StreamsHandler.sol";

/// @notice Buys, renews and gives licences in every way to pay, and tries what must not be sold. Nobody has a standing
/// allowance: every purchase is paid by exactly what was allowed or signed for it.
abstract contract PurchasesHandler is StreamsHandler {
    struct Order {
        uint256 which;
        address payer;
        address licensee;
        uint256 charged;
        uint256 price;
        bytes4 expected;
        ILicenses.Purchase purchase;
    }

    uint256 private constant PURCHASES_LIMIT = 150;
    bytes32 private constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    mapping(address payer => mapping(bytes32 nonce => bool used)) private _isUsed;
    /// @dev Which offer each purchase was of, and whose licence it is: what later actions choose from.
    uint256[] internal _soldOffers;
    address[] internal _soldTo;

    /// @param periods Boundaries that the purchase adds. @param spoil Which part of it is spoilt, mostly none.
    function buy(uint256 which, uint256 who, uint256 gift, uint256 periods, uint256 way, uint256 spoil) external {
        // Half of the offers bought are among the latest.
        uint256 count = offerCount();
        which = which & 256 == 0 ? count - 1 - which % (count < 4 ? count : 4) : which % count;
        _buy(which, accounts[who % ACCOUNTS], gift, periods, way % 8, spoil % 32);
        // Half of the time the next account buys the same, and both are a cohort where neither renews.
        if (periods >> 16 & 1 == 0) _buy(which, accounts[(who % ACCOUNTS + 1) % ACCOUNTS], 1, periods, 5, 0);
    }

    function _buy(uint256 which, address payer, uint256 gift, uint256 periods, uint256 way, uint256 spoil) private {
        if (_soldOffers.length == PURCHASES_LIMIT) return;
        // Half of the licences bought by allowance are gifts.
        address licensee = way > 3 && gift % 2 == 0 ? accounts[(gift >> 8) % ACCOUNTS] : payer;
        Order memory order = _orderOf(which, payer, licensee, periods);
        _spoil(order, spoil);
        _judge(order);

        bool done;
        if (way < 2) done = _buyByAuthorization(order, gift % 2 == 0 ? 0 : gift % 1e18);
        else if (way == 2) done = _buyByPermit(order);
        else if (way == 3) done = _buyWithoutAllowance(order);
        else done = _buyByAllowance(order);
        if (!done) return;
        _bookPurchase(which, payer, licensee, order.charged, order.purchase.until);
        _soldOffers.push(which);
        _soldTo.push(licensee);
    }

    function _orderOf(uint256 which, address payer, address licensee, uint256 periods)
        private
        view
        returns (Order memory order)
    {
        IOffers.Offer memory offer = offerAt(which);
        (order.which, order.payer, order.licensee) = (which, payer, licensee);
        order.charged = _chargedFrom(which, licensee);
        uint256 until = (order.charged / offer.boundary + 1 + periods % 8) * offer.boundary;
        order.purchase = ILicenses.Purchase(positions[which], until, bytes32(uint256(1)), 0);
    }

    /// @dev Where the seconds that a purchase made now pays for start.
    function _chargedFrom(uint256 which, address licensee) private view returns (uint256) {
        IOffers.Offer memory offer = offerAt(which);
        uint256 until = licenseAt(which, licensee).until;
        if (until >= block.timestamp) return until;
        return
            offer.settlement >= IOffers.Settlement.AfterEvents ? ceil(block.timestamp, offer.boundary) : block.timestamp;
    }

    function _spoil(Order memory order, uint256 dice) private view {
        if (dice == 1) order.purchase.until += 1;
        if (dice == 2) order.purchase.publicKey = 0;
        if (dice == 3) order.purchase.until += ceil(40 days, offerAt(order.which).boundary);
        if (dice == 4) order.purchase.until -= offerAt(order.which).boundary;
        if (dice == 5) order.purchase.position += 1;
        if (dice == 6) {
            order.purchase.until = block.timestamp / offerAt(order.which).boundary * offerAt(order.which).boundary;
        }
    }

    /// @dev What the purchase costs, or why it must be refused.
    function _judge(Order memory order) private view {
        IOffers.Offer memory offer = offerAt(order.which);
        uint256 until = order.purchase.until;
        uint256 added = until > order.charged ? until - order.charged : 0;
        order.price = added * offer.pricePerSecond;
        uint256 minimum = offer.minimumPeriod == 0 ? 1 : offer.minimumPeriod;
        if (order.purchase.publicKey == 0) {
            order.expected = ILicenses.PublicKeyZero.selector;
        } else if (retired[offerIds[order.which]] || order.purchase.position != positions[order.which]) {
            order.expected = IOffers.OfferNotListed.selector;
        } else if (until > block.timestamp + offer.maximumPeriod) {
            order.expected = ILicenses.PeriodTooLong.selector;
        } else if (until % offer.boundary != 0) {
            order.expected = ILicenses.EndNotOnBoundary.selector;
        } else if (added < minimum) {
            order.expected = ILicenses.PeriodTooShort.selector;
        }
    }

    function _buyByAllowance(Order memory order) private returns (bool done) {
        vm.prank(order.payer);
        _parts.token.approve(address(_parts.market), order.price);
        bytes memory call = order.licensee == order.payer
            ? abi.encodeCall(ILicenses.buy, (offerAt(order.which), order.purchase))
            : abi.encodeCall(ILicenses.buyFor, (order.licensee, offerAt(order.which), order.purchase));
        done = _try(order.payer, call, order.expected, order.licensee == order.payer ? "buy" : "gift");
        vm.prank(order.payer);
        _parts.token.approve(address(_parts.market), 0);
    }

    /// @dev Only what is free can be bought so.
    function _buyWithoutAllowance(Order memory order) private returns (bool) {
        if (order.expected == 0 && order.price != 0) order.expected = IERC20Errors.ERC20InsufficientAllowance.selector;
        bytes memory call = abi.encodeCall(ILicenses.buy, (offerAt(order.which), order.purchase));
        return _try(order.payer, call, order.expected, "buy without allowance");
    }

    function _buyByPermit(Order memory order) private returns (bool done) {
        bytes32 content = keccak256(
            abi.encode(
                PERMIT,
                order.payer,
                address(_parts.market),
                order.price,
                _parts.token.nonces(order.payer),
                block.timestamp
            )
        );
        ILicenses.Permit memory permit = ILicenses.Permit(order.price, block.timestamp, _sign(order.payer, content));
        bytes memory call = abi.encodeCall(ILicenses.buyWithPermit, (offerAt(order.which), order.purchase, permit));
        return _try(order.payer, call, order.expected, "buy by permit");
    }

    /// @dev The relayer carries it. Odd amounts are more than the price, some are less.
    function _buyByAuthorization(Order memory order, uint256 excess) private returns (bool) {
        uint256 value = order.price + excess;
        if (excess % 16 == 1 && order.price != 0) {
            value = order.price - 1;
            if (order.expected == 0) order.expected = ILicenses.AuthorizationTooSmall.selector;
        }
        bytes32 nonce = _parts.market.authorizationNonce(offerIds[order.which], order.payer, order.purchase);
        if (order.expected == 0 && _isUsed[order.payer][nonce]) {
            order.expected = IDATAcoin.ERC3009UsedAuthorization.selector;
        }
        bytes32 content =
            keccak256(abi.encode(RECEIVE, order.payer, address(_parts.market), value, 0, block.timestamp + 1, nonce));
        ILicenses.Authorization memory authorization =
            ILicenses.Authorization(order.payer, value, 0, block.timestamp + 1, _sign(order.payer, content));
        bytes memory call =
            abi.encodeCall(ILicenses.buyWithAuthorization, (offerAt(order.which), order.purchase, authorization));
        bool done = _try(relayer, call, order.expected, "buy by authorisation");
        if (done) _isUsed[order.payer][nonce] = true;
        return done;
    }

    function _sign(address account, bytes32 content) private view returns (bytes memory) {
        uint256 which;
        while (accounts[which] != account) ++which;
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", _parts.token.DOMAIN_SEPARATOR(), content));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(FIRST_KEY + which, digest);
        return abi.encodePacked(r, s, v);
    }
}
