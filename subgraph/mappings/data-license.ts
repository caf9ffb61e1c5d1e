import {
  AttestationPresented,
  FlagAnswered,
  KeyReplaced,
  LicenseCancelled,
  LicenseFlagged,
  LicensePurchased,
  LicenseRevoked,
  LicenseSettled,
  OfferDescribed,
  OfferListed,
  OfferRetired,
  Withdrawn
} from '../generated/DataLicense/DataLicense';
import { awaitProductDocument } from '../store/content';
import {
  answerFlag,
  endLicense,
  extendLicense,
  flagLicense,
  presentAttestation,
  replaceKey,
  settleLicense
} from '../store/license';
import { addPayout, addRevenue, createOffer, describeOffer, retireOffer } from '../store/offer';
import { setCurrentOffer } from '../store/product';
import { createPurchase } from '../store/purchase';
import { createSale } from '../store/sale';

export function handleOfferListed(event: OfferListed): void {
  const known = createOffer(
    event.params.offerId,
    event.params.productId,
    event.params.offer,
    event.params.position,
    event.params.documentHash,
    event.block
  );
  if (!known) return;
  setCurrentOffer(
    event.params.productId,
    event.params.seller,
    event.params.offer.productNumber,
    event.params.offerId,
    event.block
  );
  awaitProductDocument(event.params.documentHash);
}

export function handleOfferDescribed(event: OfferDescribed): void {
  describeOffer(event.params.offerId, event.params.documentHash);
  awaitProductDocument(event.params.documentHash);
}

export function handleOfferRetired(event: OfferRetired): void {
  retireOffer(event.params.offerId, event.block.timestamp);
}

export function handleLicensePurchased(event: LicensePurchased): void {
  createPurchase(extendLicense(event), event);
  addRevenue(event.params.offerId, event.params.paid);
  createSale(event.params.productId, event.params.paid);
}

export function handleAttestationPresented(event: AttestationPresented): void {
  presentAttestation(event.params.offerId, event.params.licensee, event.params.attestation);
}

export function handleKeyReplaced(event: KeyReplaced): void {
  replaceKey(event.params.offerId, event.params.licensee, event.params.publicKey);
}

export function handleLicenseCancelled(event: LicenseCancelled): void {
  endLicense(
    event.params.offerId,
    event.params.licensee,
    event.params.until,
    event.params.refund,
    'CANCELLED',
    null,
    event.block
  );
}

export function handleLicenseRevoked(event: LicenseRevoked): void {
  endLicense(
    event.params.offerId,
    event.params.licensee,
    event.params.until,
    event.params.refund,
    'REVOKED',
    event.params.reasonHash,
    event.block
  );
}

export function handleLicenseSettled(event: LicenseSettled): void {
  settleLicense(event.params.offerId, event.params.licensee, event.params.until, event.params.amount);
}

export function handleLicenseFlagged(event: LicenseFlagged): void {
  flagLicense(event.params.offerId, event.params.licensee, event.params.points, event.params.reasonHash, event.block);
}

export function handleFlagAnswered(event: FlagAnswered): void {
  answerFlag(event.params.offerId, event.params.licensee, event.params.answerHash);
}

export function handleWithdrawn(event: Withdrawn): void {
  addPayout(event.params.offerId, event.params.amount, event.params.fee);
}
