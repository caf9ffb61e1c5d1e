import type { Market } from '#sdk/actions/connect-market';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { readStream } from '#sdk/actions/read-stream';
import type { Wallet } from '#sdk/actions/send-transaction';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { walletEventSigner } from '#sdk/actions/wallet-event-signer';
import type { Address } from '#sdk/protocol/primitives';
import { rootSeed, slotAt } from '#sdk/protocol/slot-keys';
import { pendingRoot, saveStreamRoot, type StreamRoot } from '../keys/stream-roots.ts';
import { slotsAhead } from './begun-root.ts';

interface EntrustParameters {
  readonly market: Market;
  readonly wallet: Wallet;
}
export interface ProlongKeysParameters extends EntrustParameters {
  /** Newest keys of the stream in this browser. */
  readonly held: StreamRoot;
}
export interface RenewKeysParameters extends EntrustParameters {
  readonly stream: Address;
  /** Number of the new era: larger than that of every era before. */
  readonly era: number;
}
export interface Entrusted {
  readonly root: StreamRoot;
  /** Unix seconds from and until which the market's issuer may grant these keys. */
  readonly from: number;
  readonly until: number;
}

/**
 * Entrusts the present keys to the market's issuer for another 90 days, or the longest that it takes; from when they
 * were made on, so that licences that run already get theirs.
 *
 * @throws as delegateKeys of the sdk.
 */
export async function prolongKeys({ market, wallet, held }: ProlongKeysParameters): Promise<Entrusted> {
  const keys = { era: held.era, seeds: [rootSeed(held.root)] };
  const from = Math.floor(held.createdAt / 1000);
  const { until } = await delegateKeys({ market, stream: held.stream, signer: walletEventSigner(wallet), keys, from });
  return { root: held, from, until };
}

/**
 * Begins a new era of a stream with fresh keys: whoever holds a licence gets them, whoever was cut off does not. They
 * are on disk in this browser before anybody else has them, and in use once they are entrusted: an attempt that failed
 * leaves the present keys in use, and the next goes on with the keys that it made.
 *
 * @throws as delegateKeys of the sdk; KeyStoreUnavailableError.
 */
export async function renewKeys({ market, wallet, stream, era }: RenewKeysParameters): Promise<Entrusted> {
  const [{ slotDuration }, begun] = await Promise.all([readStream({ market, stream }), pendingRoot(stream)]);
  const made = begun !== undefined && begun.era >= era ? begun : createStreamKeys(era);
  const createdAt = market.clock();
  const root: StreamRoot = { stream, era: made.era, root: Uint8Array.from(made.root), createdAt };
  await saveStreamRoot({ ...root, pending: true });
  const from = (slotAt(createdAt, slotDuration) + slotsAhead) * slotDuration;
  const keys = { era: root.era, seeds: [rootSeed(root.root)] };
  const { until } = await delegateKeys({ market, stream, signer: walletEventSigner(wallet), keys, from });
  await saveStreamRoot(root);
  return { root, from, until };
}
