// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SecondSettlement} from "./SecondSettlement.sol";
import {IAttestationService} from "./interfaces/IAttestationService.sol";
import {IDeliveryEscrow} from "./interfaces/IDeliveryEscrow.sol";
import {IERC2612Signature} from "./interfaces/IERC2612Signature.sol";
import {IERC3009Signature} from "./interfaces/IERC3009Signature.sol";
import {IKarma} from "./interfaces/IKarma.sol";
import {ILicenses} from "./interfaces/ILicenses.sol";
import {AttestationRequirement} from "./libraries/AttestationRequirement.sol";
import {Boundary} from "./libraries/Boundary.sol";
import {LicenseSlot} from "./libraries/LicenseSlot.sol";
import {ListedOffer} from "./libraries/ListedOffer.sol";
import {OfferHash} from "./libraries/OfferHash.sol";
import {Payout} from "./libraries/Payout.sol";
import {SecondCohort} from "./libraries/SecondCohort.sol";

/// @title Purchases
/// @notice Sells licences. Every way to pay goes through the same checks (_sell), which also say what is to be paid.
///
/// The permit of buyWithPermit is only tried: if somebody submitted it before, the allowance is there already, and the
/// transfer alone decides. The authorisation of buyWithAuthorization names this contract as payee, so that nobody can
/// take the transfer out of the purchase, and carries a nonce that is a hash of the purchase, so that whoever carries
/// it can change nothing but the time at which it is mined: later, the same end costs less, and the rest flows back.
abstract contract Purchases is SecondSettlement {
    using LicenseSlot for uint256;
    using ListedOffer for Offer;
    using SafeERC20 for IERC20;
    using SecondCohort for uint256;

    /// @dev r, s and v.
    uint256 private constant KEY_SIGNATURE_LENGTH = 65;

    /// @inheritdoc ILicenses
    function buy(Offer calldata offer, Purchase calldata purchase) external override {
        _buy(msg.sender, offer, purchase);
    }

    /// @inheritdoc ILicenses
    function buyFor(address licensee, Offer calldata offer, Purchase calldata purchase) external override {
        if (licensee == address(0)) revert LicenseeZero();
        _buy(licensee, offer, purchase);
    }

    /// @inheritdoc ILicenses
    function buyWithPermit(Offer calldata offer, Purchase calldata purchase, Permit calldata permit) external override {
        _tryPermit(permit);
        _buy(msg.sender, offer, purchase);
    }

    /// @inheritdoc ILicenses
    function buyWithAuthorization(
        Offer calldata offer,
        Purchase calldata purchase,
        Authorization calldata authorization
    ) external override {
        // Check and Effect
        address buyer = authorization.buyer;
        uint256 value = authorization.value;
        (bytes32 offerId, uint256 charged, uint256 paid) = _sell(buyer, buyer, offer, purchase);
        if (value < paid) revert AuthorizationTooSmall(value, paid);

        // Interaction
        IERC3009Signature(token)
            .receiveWithAuthorization(
                buyer,
                address(this),
                value,
                authorization.validAfter,
                authorization.validBefore,
                _nonceOf(offerId, buyer, purchase),
                authorization.signature
            );
        if (paid != 0) {
            if (offer.isAtOnce()) {
                Payout.pay(IERC20(token), offer.beneficiaryOf(), treasury, paid, feeBasisPoints);
                IKarma(karma).exchange(offer.sellerOf(), buyer, paid);
            } else if (offer.isByEvents()) {
                IERC20(token).safeTransfer(escrow, paid);
                IDeliveryEscrow(escrow).deposit(offerId, buyer, charged, purchase.until);
            }
        }
        if (value != paid) IERC20(token).safeTransfer(buyer, value - paid);
    }

    /// @inheritdoc ILicenses
    function authorizationNonce(bytes32 offerId, address buyer, Purchase calldata purchase)
        external
        pure
        override
        returns (bytes32)
    {
        return _nonceOf(offerId, buyer, purchase);
    }

    /// @dev A purchase that the caller pays by an allowance.
    function _buy(address licensee, Offer calldata offer, Purchase calldata purchase) private {
        // Check and Effect
        (bytes32 offerId, uint256 charged, uint256 paid) = _sell(msg.sender, licensee, offer, purchase);
        if (paid == 0) return;

        // Interaction
        if (offer.isAtOnce()) {
            Payout.payFrom(IERC20(token), msg.sender, offer.beneficiaryOf(), treasury, paid, feeBasisPoints);
            IKarma(karma).exchange(offer.sellerOf(), licensee, paid);
        } else if (offer.isBySecond()) {
            IERC20(token).safeTransferFrom(msg.sender, address(this), paid);
        } else {
            IERC20(token).safeTransferFrom(msg.sender, escrow, paid);
            IDeliveryEscrow(escrow).deposit(offerId, licensee, charged, purchase.until);
        }
    }

    /// @dev Checks a purchase, writes the licence and says so; the caller collects `paid` for the seconds from `charged`
    /// to the end.
    function _sell(address payer, address licensee, Offer calldata offer, Purchase calldata purchase)
        private
        returns (bytes32 offerId, uint256 charged, uint256 paid)
    {
        // Check
        if (purchase.publicKey == bytes32(0)) revert PublicKeyZero();
        offerId = _checkListed(offer, purchase.position);
        mapping(address => uint256) storage licenses = _licenses[offerId];
        uint256 license = licenses[licensee];
        uint256 from = license.until();
        bool runs = from >= block.timestamp;
        if (!runs) from = block.timestamp;
        charged = from;
        // The end of a running licence lies on the boundary already.
        if (!runs && offer.isByEvents()) charged = Boundary.ceil(from, offer.boundaryOf());
        uint256 until = purchase.until;
        uint256 added = _checkPeriod(offer, charged, until);
        if (offer.attestationSchema != bytes32(0)) _checkAttestation(offer, offerId, purchase.attestation, licensee);

        // Effect
        licenses[licensee] = runs ? license.withUntil(until) : LicenseSlot.start(license, block.timestamp, until);
        bool bySecond = offer.isBySecond();
        if (bySecond) {
            // A licence that ends in this second has earned all in its cohort, or left it when it was ended early.
            if (from > block.timestamp) {
                _cohorts[offerId][from] = _cohorts[offerId][from].remove(block.timestamp);
            }
            _cohorts[offerId][until] = _cohorts[offerId][until].add(block.timestamp);
        }
        // Times have 40 bits, prices 96.
        unchecked {
            paid = added * offer.pricePerSecondOf();
        }
        emit LicensePurchased(
            offerId, OfferHash.productIdOf(offer), licensee, payer, from, until, paid, purchase.publicKey
        );

        // Interaction
        // What ran of a licence that has ended, and the licensee has no karma for yet, would be forgotten.
        if (bySecond && !runs) _credit(offer, offerId, licensee, license.mark(), license.until());
    }

    /// @dev The seconds that a purchase adds; reverts where the offer does not sell them.
    function _checkPeriod(Offer calldata offer, uint256 charged, uint256 until) private view returns (uint256 added) {
        unchecked {
            uint256 latest = block.timestamp + offer.maximumPeriodOf();
            if (until > latest) revert PeriodTooLong(until, latest);
            uint256 boundary = offer.boundaryOf();
            if (until % boundary != 0) revert EndNotOnBoundary(until, boundary);
            uint256 minimum = offer.minimumPeriodOf();
            added = until > charged ? until - charged : 0;
            if (added < minimum) revert PeriodTooShort(added, minimum);
        }
    }

    function _checkAttestation(Offer calldata offer, bytes32 offerId, bytes32 attestation, address licensee) private {
        AttestationRequirement.check(IAttestationService(attestationService), offer, attestation, licensee);
        emit AttestationPresented(offerId, licensee, attestation);
    }

    // solhint-disable no-empty-blocks
    /// @dev Submits the caller's permit. A failure says nothing yet: somebody may have submitted the same permit. The
    /// transfer decides. Accounts with code sign in ways of their own, also in 65 bytes.
    function _tryPermit(Permit calldata permit) private {
        bytes calldata signature = permit.signature;
        (uint256 value, uint256 deadline) = (permit.value, permit.deadline);
        if (signature.length == KEY_SIGNATURE_LENGTH && msg.sender.code.length == 0) {
            bytes32 r = bytes32(signature[:32]);
            bytes32 s = bytes32(signature[32:64]);
            uint8 v = uint8(signature[64]);
            try IERC20Permit(token).permit(msg.sender, address(this), value, deadline, v, r, s) {} catch {}
        } else {
            try IERC2612Signature(token).permit(msg.sender, address(this), value, deadline, signature) {} catch {}
        }
    }
    // solhint-enable no-empty-blocks

    function _nonceOf(bytes32 offerId, address buyer, Purchase calldata purchase) private pure returns (bytes32) {
        return keccak256(abi.encode(offerId, buyer, purchase.until, purchase.publicKey, purchase.attestation));
    }
}
