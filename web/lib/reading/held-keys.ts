import type { Market } from '#sdk/actions/connect-market';
import { fetchEraChanges } from '#sdk/actions/fetch-era-changes';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { findIssuers } from '#sdk/actions/issuer-belief';
import { openGrantContent } from '#sdk/actions/open-grant';
import type { StreamKeys } from '#sdk/actions/stream-keys';
import { EraChangeUnopenableError, openEraChange, verifyEraChangeSignature } from '#sdk/protocol/era-change-sealing';
import type { LeafKeys } from '#sdk/protocol/grant-sealing';
import type { Address } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { rootSeed, type Seed } from '#sdk/protocol/slot-keys';
import { buyerKeys } from '../keys/buyer-keys.ts';
import { streamRoots } from '../keys/stream-roots.ts';

/**
 * All keys of a stream that this browser can have: from the roots of a stream of one's own, from every grant that one
 * of the licensee's keys opens, and from the era changes that these grants open. Somebody who bought in two products, or
 * again with another key, holds several.
 */
export async function heldKeys(market: Market, stream: Address, licensee: Address): Promise<StreamKeys[]> {
  const [keys, roots] = await Promise.all([buyerKeys(licensee), streamRoots(stream)]);
  const seeds = new Map<number, Seed[]>(roots.map(({ era, root }) => [era, [rootSeed(root)]]));
  const add = (era: number, opened: readonly Seed[]) => seeds.set(era, [...(seeds.get(era) ?? []), ...opened]);
  /** Path keys, by the issuer whose era changes they open. */
  const leaves = new Map<Address, LeafKeys[]>();
  if (keys.length > 0) {
    const grants = await fetchGrants({ market, stream, licensee });
    const issuers = await findIssuers({ market, stream, grants });
    for (const grant of grants) {
      const keyPair = keys.find(({ publicKey }) => publicKey === grant.recipient);
      if (!keyPair) continue;
      try {
        const opened = await openGrantContent({ grant, keyPair, issuers });
        add(grant.era, opened.seeds);
        if (opened.leaf) leaves.set(grant.issuer, [...(leaves.get(grant.issuer) ?? []), opened.leaf]);
      } catch (error) {
        // A forged or broken grant opens nothing, and must not keep the others closed.
        if (!(error instanceof TributaryError)) throw error;
      }
    }
    const changes = leaves.size === 0 ? [] : await fetchEraChanges({ market, stream });
    for (const change of changes) {
      const own = leaves.get(change.issuer);
      if (own === undefined || !verifyEraChangeSignature(change)) continue;
      try {
        const opened = openEraChange(change, own);
        if (opened) add(opened.era, opened.seeds);
      } catch (error) {
        // Broken for one who holds these grants; what other issuers published may still open.
        if (!(error instanceof EraChangeUnopenableError)) throw error;
      }
    }
  }
  return [...seeds].map(([era, held]) => ({ era, seeds: held }));
}
