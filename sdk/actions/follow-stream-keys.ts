import { openGrant, verifyGrantSignature } from '../protocol/grant-sealing.ts';
import type { Grant } from '../protocol/grant.ts';
import type { KeyPair } from '../protocol/hpke.ts';
import type { Address } from '../protocol/primitives.ts';
import { TributaryError } from '../protocol/problem.ts';
import type { Seed } from '../protocol/slot-keys.ts';
import type { Market } from './connect-market.ts';
import { fetchGrants } from './fetch-grants.ts';
import { followIssuers } from './issuer-belief.ts';
import { PublisherKeysAwaitedError } from './publish-errors.ts';
import type { StreamKeys } from './stream-keys.ts';

/** Keys of an era, and the first slot to be published under it. */
export interface StreamEra {
  readonly keys: StreamKeys;
  readonly fromSlot: number;
}

export interface FollowStreamKeysParameters {
  readonly market: Market;
  readonly stream: Address;
  /** Owner of the stream or holder of its Write permission, who registered the key pair's public half on it. */
  readonly account: Address;
  readonly keyPair: KeyPair;
  /** Called whenever there is more: all eras that are of use, in the order in which they begin. */
  readonly onEras: (eras: readonly StreamEra[]) => void;
  /** Milliseconds between two looks; 2,000 unless said otherwise. An issuer's ERA_LEAD must be longer. */
  readonly interval?: number;
  /** Milliseconds to wait for the first keys; 30,000 unless said otherwise. */
  readonly timeout?: number;
}
export interface FollowStreamKeysReturnType {
  /** Those that have come, in the order in which they begin; at least one. */
  eras(): readonly StreamEra[];
  /** Looks at once. @throws as {@link fetchGrants} and {@link followIssuers}. */
  reload(): Promise<void>;
  close(): void;
}

const noOffer = `0x${'00'.repeat(32)}`;

/**
 * Follows the keys of a stream for a program that publishes on it: they come as grants of the seller's own issuer, and so
 * do those of every new era, shortly before it begins. Believed is whom the chain lets grant, and nobody else: who could
 * make a publisher take other keys could read what it publishes.
 *
 * @throws {@link PublisherKeysAwaitedError} when none came in time; as {@link fetchGrants} and {@link followIssuers}.
 */
export async function followStreamKeys(parameters: FollowStreamKeysParameters): Promise<FollowStreamKeysReturnType> {
  const { market, stream, account, keyPair, onEras, interval = 2_000, timeout = 30_000 } = parameters;
  const granting = followIssuers({ market, stream });
  const opened = new Set<string>();
  const eras = new Map<number, { readonly fromSlot: number; readonly seeds: readonly Seed[] }>();
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const take = async (grant: Grant): Promise<boolean> => {
    const ours = grant.stream === stream && grant.licensee === account && grant.offerId === noOffer;
    if (!ours || grant.recipient !== keyPair.publicKey || opened.has(grant.signature)) return false;
    if (!(await granting.mayGrant(grant.issuer)) || !(await verifyGrantSignature(grant))) return false;
    opened.add(grant.signature);
    try {
      const seeds = await openGrant(grant, keyPair);
      const known = eras.get(grant.era);
      eras.set(grant.era, {
        fromSlot: Math.min(known?.fromSlot ?? grant.fromSlot, grant.fromSlot),
        seeds: [...(known?.seeds ?? []), ...seeds]
      });
      return true;
    } catch (error) {
      // Sealed to this key and signed, but no grant: brings nothing.
      if (error instanceof TributaryError) return false;
      throw error;
    }
  };

  /** @returns Whether there is more than before. */
  const look = async (): Promise<boolean> => {
    let news = false;
    for (const grant of await fetchGrants({ market, stream, licensee: account })) {
      if (await take(grant)) news = true;
    }
    return news;
  };

  /** A later era counts from its first slot on, and so one that begins no earlier than a later one is never used. */
  const present = (): StreamEra[] => {
    const used: StreamEra[] = [];
    for (const [era, { fromSlot, seeds }] of [...eras].sort(([a], [b]) => a - b)) {
      while ((used.at(-1)?.fromSlot ?? -1) >= fromSlot) used.pop();
      used.push({ keys: { era, seeds }, fromSlot });
    }
    return used;
  };

  const reload = async (): Promise<void> => {
    if ((await look()) && !closed) onEras(present());
  };

  const again = () => {
    timer = setTimeout(() => {
      reload()
        // The broker or the chain is away: nothing can be published meanwhile either.
        .catch(() => undefined)
        .finally(() => {
          if (!closed) again();
        });
    }, interval);
  };

  const end = Date.now() + timeout;
  while (!(await look())) {
    if (Date.now() >= end) throw new PublisherKeysAwaitedError(account, keyPair.publicKey);
    await new Promise<void>((resolve) => {
      setTimeout(resolve, Math.min(interval, 500));
    });
  }
  again();
  return {
    eras: present,
    reload,
    close: () => {
      closed = true;
      clearTimeout(timer);
    }
  };
}
