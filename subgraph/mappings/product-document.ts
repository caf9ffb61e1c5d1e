import { Bytes, dataSource } from '@graphprotocol/graph-ts';
import { hashKey } from '../store/content';
import { createProductDocument } from '../store/product-document';

/** A product document was found on IPFS. */
export function handleProductDocument(content: Bytes): void {
  createProductDocument(dataSource.context().getBytes(hashKey), content);
}
