import { Address, BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { Product } from '../generated/schema';

/** Makes the product at its first offer; points it to the offer listed last. */
export function setCurrentOffer(
  productId: Bytes,
  seller: Address,
  number: BigInt,
  offerId: Bytes,
  block: ethereum.Block
): void {
  let product = Product.load(productId);
  if (product === null) {
    product = new Product(productId);
    product.seller = seller;
    product.number = number;
    product.createdAtBlock = block.number;
    product.createdAt = block.timestamp;
  }
  product.currentOffer = offerId;
  product.save();
}
