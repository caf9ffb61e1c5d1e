import { Bytes, DataSourceContext } from '@graphprotocol/graph-ts';
import { ProductDocument as ProductDocumentTemplate } from '../generated/templates';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Key of the context in which a document's data source carries the document's hash. */
export const hashKey = 'hash';

/** Has a product document fetched from IPFS and read once it is found. */
export function awaitProductDocument(hash: Bytes): void {
  const context = new DataSourceContext();
  context.setBytes(hashKey, hash);
  ProductDocumentTemplate.createWithContext(contentId(hash), context);
}

/**
 * CIDv1 (codec raw, sha2-256) of a file by its digest, in base32 as the multiformats specification has it, such as
 * bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku for the empty file.
 */
function contentId(digest: Bytes): string {
  const bytes = Bytes.fromHexString('0x01551220').concat(digest);
  let text = 'b';
  let buffer: u32 = 0;
  let bits = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    buffer = (buffer << 8) | (bytes[index] as u32);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((buffer >> bits) & 31);
    }
    buffer = buffer & ((1 << bits) - 1);
  }
  if (bits > 0) text += alphabet.charAt((buffer << (5 - bits)) & 31);
  return text;
}
