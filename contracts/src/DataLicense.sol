// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Configuration} from "./Configuration.sol";
import {EarlyEnding} from "./EarlyEnding.sol";
import {Flags} from "./Flags.sol";
import {Purchases} from "./Purchases.sol";

/// @title DataLicense
/// @notice Sells time-limited licences to sets of streams (whitepaper 2.5.4): what is for sale (Offers), who may read
/// until when (Licenses), how that is bought (Purchases), ended before its time (EarlyEnding), paid out by the second
/// (SecondSettlement) and judged (Flags). What is settled by events is held by DeliveryEscrow.
///
/// Who is trusted: nobody has power over the contract; it has no owner, no pause and no upgrade, and its fee, whose
/// height every offer repeats, never changes. The buyer trusts the seller as far as the settlement that it chose to buy
/// under: at once, with all of the payment, also when the seller revokes the licence; by the second, with nothing, since
/// whoever leaves takes along what has not run; by events, with nothing but the oracle that the offer names. A stream's
/// owner trusts those to whom it gave Grant to sell access at their own price, for licences that end up to five years
/// after the last purchase; when the owner takes Grant away, anybody (the owner above all) may retire what that seller
/// had listed, while licences bought until then keep running. A seller can name any contract as a stream, also one that
/// lies about permissions: readers of the market count only streams that StreamRegistry created, and buying opens no
/// stream that the seller did not hold Grant on. Attesters are trusted by the seller that names them. Karma and
/// DeliveryEscrow are deployed together with this contract and trusted as parts of it.
///
/// What is sold: an offer is content-addressed. Its id is the hash of all that it promises, buyers hand the whole offer
/// in, and so nobody can change price, terms or streams under a buyer. A seller who wants other terms lists another
/// offer of the same product. The document that describes the product may change and promises nothing.
///
/// What is held: of licences settled by the second, exactly what has not run plus what has run and was not withdrawn;
/// of all others nothing once a transaction is over. What somebody sends to this address outside of a sale is lost.
///
/// The token: a plain ERC-20 without fees on transfer, rebasing or callbacks, such as DATAcoin; one that returns false
/// instead of reverting is handled. State is written before coins move, so that even one that called back would find
/// the books closed. Signatures are the token's to check.
///
/// Keys and money are apart: a licence that was left early was granted keys beforehand. Who sells by the second
/// or by event should grant keys as time goes on, or begin a new era of the stream when a licence ends early.
///
/// When a party vanishes: a seller who stops publishing keeps what was paid at once, earns by the second until the
/// licensee notices and leaves, and by events nothing. Without a seller its offers stay on sale until retired, which
/// anybody can do once the seller lacks Grant on one of the streams or such a stream was deleted; its earnings can be
/// sent to its beneficiary by anybody. A licensee who vanishes pays for its whole licence, and can be settled by
/// anybody. A beneficiary whose key is lost receives coins that nobody can move, and stops nobody. Without the
/// attestation service, offers that demand attestations cannot be bought; all others can. A licence needs no
/// transaction to end.
contract DataLicense is Purchases, EarlyEnding, Flags, Multicall {
    /// @dev The parameters are those of Configuration.
    constructor(
        address token_,
        address treasury_,
        uint16 feeBasisPoints_,
        address karma_,
        address escrow_,
        address attestationService_
    ) Configuration(token_, treasury_, feeBasisPoints_, karma_, escrow_, attestationService_) {}
}
