import { BigInt } from '@graphprotocol/graph-ts';
import { LicensePurchased } from '../generated/DataLicense/DataLicense';
import { License } from '../generated/schema';
import { licenseId } from './id';

/** Makes the licence at its first purchase, prolongs or restarts it at each later one; returns its id. */
export function extendLicense(event: LicensePurchased): string {
  const id = licenseId(event.params.offerId, event.params.licensee);
  let license = License.load(id);
  if (license === null) {
    license = new License(id);
    license.offer = event.params.offerId;
    license.product = event.params.productId;
    license.licensee = event.params.licensee;
    license.from = event.params.from;
    license.paid = BigInt.zero();
    license.purchases = 0;
  } else if (!license.until.equals(event.params.from)) {
    // a gap lies between the ranges: the uninterrupted one starts anew
    license.from = event.params.from;
  }
  license.until = event.params.until;
  license.publicKey = event.params.publicKey;
  license.paid = license.paid.plus(event.params.paid);
  license.purchases += 1;
  license.purchasedAtBlock = event.block.number;
  license.purchasedAt = event.block.timestamp;
  license.save();
  return id;
}
