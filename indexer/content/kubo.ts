import { create, type KuboRPCClient } from 'kubo-rpc-client';
import { contentIdOf } from '#sdk/protocol/content-id';
import { ContentCorruptError, ContentStoreUnavailableError, type ContentStore } from './content-store.ts';
import { contentIdOfFile } from './unixfs.ts';

/** CIDv1 in base32, or CIDv0. */
const contentId = /^(?:b[a-z2-7]{10,120}|Qm[1-9A-HJ-NP-Za-km-z]{44})$/;
/** How the CIDs begin whose SHA-256 is that of the bytes themselves. */
const rawBlock = 'bafkrei';
/** Milliseconds for Kubo to find content in its network. */
const patience = 10_000;

/**
 * Content store on a Kubo node: what is put there is pinned, and what others put on IPFS can be read.
 *
 * @param url Kubo's RPC API, such as http://127.0.0.1:5001.
 */
export function kuboContent(url: string): ContentStore {
  const client = create({ url: new URL(url), timeout: patience });
  return {
    async put(bytes) {
      const expected = await contentIdOfFile(bytes);
      let stored: string;
      try {
        const { cid } = await client.add(bytes, {
          cidVersion: 1,
          rawLeaves: true,
          pin: true,
          chunker: 'size-262144',
          wrapWithDirectory: false
        });
        stored = cid.toString();
      } catch (error) {
        throw unavailable(error);
      }
      if (stored !== expected) {
        throw new ContentStoreUnavailableError(
          `Kubo stored the content as ${stored} instead of ${expected}. Set its Import settings to the defaults.`
        );
      }
      return stored;
    },
    async get(cid, limit) {
      if (!contentId.test(cid)) return null;
      let bytes: Uint8Array | null;
      try {
        bytes = await collect(client, cid, limit);
      } catch (error) {
        if (isTimeout(error)) return null;
        throw unavailable(error);
      }
      // of larger files Kubo alone knows how they were cut
      if (bytes !== null && cid.startsWith(rawBlock) && contentIdOf(bytes) !== cid) {
        throw new ContentCorruptError('Kubo gave other bytes than it was asked for. Check the node at IPFS_API_URL.');
      }
      return bytes;
    }
  };
}

async function collect(client: KuboRPCClient, cid: string, limit: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of client.cat(cid, { timeout: patience, signal: AbortSignal.timeout(patience) })) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && ['TimeoutError', 'AbortError'].includes(error.name);
}

function unavailable(error: unknown): ContentStoreUnavailableError {
  // the address of the node may hold a password
  const reason =
    error instanceof Error ? error.message.replace(/https?:\/\/\S+/g, 'the node').slice(0, 300) : 'no answer';
  return new ContentStoreUnavailableError(`Kubo cannot be used: ${reason}. Try again later.`, { cause: error });
}
