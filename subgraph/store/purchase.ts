import { LicensePurchased } from '../generated/DataLicense/DataLicense';
import { Purchase } from '../generated/schema';
import { purchaseId } from './id';

/** Keeps a purchase as it happened. */
export function createPurchase(licenseId: string, event: LicensePurchased): void {
  const purchase = new Purchase(purchaseId(event));
  purchase.license = licenseId;
  purchase.payer = event.params.payer;
  purchase.from = event.params.from;
  purchase.until = event.params.until;
  purchase.paid = event.params.paid;
  purchase.publicKey = event.params.publicKey;
  purchase.block = event.block.number;
  purchase.timestamp = event.block.timestamp;
  purchase.transactionHash = event.transaction.hash;
  purchase.save();
}
