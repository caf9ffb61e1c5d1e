import { LicensePurchased, OfferDescribed, OfferListed, OfferRetired } from '../generated/DataLicense/DataLicense';
import { awaitProductDocument } from '../store/content';
import { extendLicense } from '../store/license';
import { addRevenue, createOffer, describeOffer, retireOffer } from '../store/offer';
import { setCurrentOffer } from '../store/product';
import { createPurchase } from '../store/purchase';
import { createSale } from '../store/sale';

export function handleOfferListed(event: OfferListed): void {
  createOffer(
    event.params.offerId,
    event.params.productId,
    event.params.offer,
    event.params.position,
    event.params.documentHash,
    event.block
  );
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
