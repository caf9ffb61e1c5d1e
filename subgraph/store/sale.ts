import { BigInt, Bytes } from '@graphprotocol/graph-ts';
import { Sale } from '../generated/schema';

/** Notes what a purchase paid, in wei; graph-node gives the point its number and time. */
export function createSale(productId: Bytes, paid: BigInt): void {
  const sale = new Sale(0);
  sale.product = productId;
  sale.paid = paid;
  sale.save();
}
