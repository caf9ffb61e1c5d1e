import type { Address, Hex } from '#sdk/protocol/primitives';
import type { StreamDirectory } from '../chain/streams.ts';

/** Stands in grants for the offer where somebody reads by a permission of its own. */
export const noOffer: Hex = `0x${'00'.repeat(32)}`;

/**
 * Unix seconds until which an account reads or publishes by a permission of its own: whoever publishes has to encrypt.
 *
 * @throws ChainUnavailableError
 */
export async function readsUntil(streams: StreamDirectory, stream: Address, account: Address): Promise<number> {
  const until = await Promise.all([
    streams.ownUntil(stream, account, 'read'),
    streams.ownUntil(stream, account, 'write')
  ]);
  return Math.max(...until);
}
