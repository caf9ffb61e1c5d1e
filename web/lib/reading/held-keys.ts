import type { Market } from '#sdk/actions/connect-market';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { fetchIssuer } from '#sdk/actions/fetch-issuer';
import { openGrant } from '#sdk/actions/open-grant';
import { readStream } from '#sdk/actions/read-stream';
import type { StreamKeys } from '#sdk/actions/stream-keys';
import type { Address } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { rootSeed, type Seed } from '#sdk/protocol/slot-keys';
import { buyerKeys } from '../keys/buyer-keys.ts';
import { streamRoots } from '../keys/stream-roots.ts';

/**
 * All keys of a stream that this browser can have: from the roots of a stream of one's own, and from every grant that
 * one of the licensee's keys opens. Somebody who bought in two products, or again with another key, holds several.
 */
export async function heldKeys(market: Market, stream: Address, licensee: Address): Promise<StreamKeys[]> {
  const [keys, roots] = await Promise.all([buyerKeys(licensee), streamRoots(stream)]);
  const seeds = new Map<number, Seed[]>(roots.map(({ era, root }) => [era, [rootSeed(root)]]));
  if (keys.length > 0) {
    const [grants, { issuer }, { owner }] = await Promise.all([
      fetchGrants({ market, stream, licensee }),
      fetchIssuer({ market }),
      readStream({ market, stream })
    ]);
    for (const grant of grants) {
      const keyPair = keys.find(({ publicKey }) => publicKey === grant.recipient);
      if (!keyPair) continue;
      try {
        const opened = await openGrant({ grant, keyPair, issuers: [issuer, owner] });
        seeds.set(grant.era, [...(seeds.get(grant.era) ?? []), ...opened]);
      } catch (error) {
        // A forged or broken grant opens nothing, and must not keep the others closed.
        if (!(error instanceof TributaryError)) throw error;
      }
    }
  }
  return [...seeds].map(([era, held]) => ({ era, seeds: held }));
}
