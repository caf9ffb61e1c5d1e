import { importBytes } from 'ipfs-unixfs-importer';
import { contentIdOf } from '#sdk/protocol/content-id';

/** Bytes of one chunk of `ipfs add`. */
export const chunkSize = 256 * 1024;

type Blockstore = Parameters<typeof importBytes>[1];

/**
 * The CID that `ipfs add --cid-version=1` gives to a file: chunks of 256 KiB as raw leaves, 174 links per node
 * (UnixFS's profile of 2015 with CIDv1); a file of one chunk is a raw block, whose CID holds the plain SHA-256.
 */
export async function contentIdOfFile(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= chunkSize) return contentIdOf(bytes);
  // only the root's CID is wanted: the blocks below it are not kept
  const nowhere: Blockstore = { put: (cid) => cid };
  const { cid } = await importBytes(bytes, nowhere, {
    profile: 'unixfs-v0-2015',
    cidVersion: 1,
    rawLeaves: true,
    wrapWithDirectory: false
  });
  return cid.toString();
}
