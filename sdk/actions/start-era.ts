import type { Address } from '../protocol/primitives.ts';
import type { EventSigner } from '../protocol/signature.ts';
import { slotAt } from '../protocol/slot-keys.ts';
import type { Market } from './connect-market.ts';
import type { CreatePublisherReturnType } from './create-publisher.ts';
import { delegateKeys } from './delegate-keys.ts';
import { readStream } from './read-stream.ts';
import { createStreamKeys } from './stream-keys.ts';

/** Slots between now and the new era: time for its keys to reach everybody. */
const usualSlotsAhead = 2;

export interface StartEraParameters {
  readonly market: Market;
  readonly stream: Address;
  /** Signs as the stream's owner, or as a holder of its Grant permission. */
  readonly signer: EventSigner;
  /** Number of the new era: larger than that of every era before. */
  readonly era: number;
  /** Publishers that go on with the new keys when the era begins; others must be given them before. */
  readonly publishers?: readonly Pick<CreatePublisherReturnType, 'changeKeys'>[];
  /** Whole slots from the present one to the first of the era, at least 1; 2 unless said otherwise. */
  readonly slotsAhead?: number;
  /** Unix seconds until which the market's broker may grant the era; as for {@link delegateKeys}. */
  readonly until?: number;
}
export interface StartEraReturnType {
  readonly era: number;
  /** 32 bytes. Keep it secret and safe: nothing else opens the era. */
  readonly root: Uint8Array;
  readonly keys: ReturnType<typeof createStreamKeys>;
  /** First slot that is published under the new era. */
  readonly fromSlot: number;
}

/**
 * Starts a new era of a stream: cuts off everybody whose licence was revoked or cancelled since. A fresh root is
 * delegated to the market's broker, which gives it to all whose licence still holds on the chain; publishers use it
 * from a slot boundary shortly ahead. What was published before stays readable to whoever could read it.
 *
 * @throws as {@link delegateKeys}.
 *
 * @example
 * const { root } = await startEra({ market, stream, signer, era: keys.era + 1, publishers: [publisher] });
 */
export async function startEra(parameters: StartEraParameters): Promise<StartEraReturnType> {
  const { market, stream, signer, era, publishers = [], slotsAhead = usualSlotsAhead, until } = parameters;
  const { slotDuration } = await readStream({ market, stream });
  const fromSlot = slotAt(market.clock(), slotDuration) + Math.max(1, slotsAhead);
  const keys = createStreamKeys(era);
  await delegateKeys({
    market,
    stream,
    signer,
    keys,
    from: fromSlot * slotDuration,
    ...(until === undefined ? {} : { until })
  });
  // Only now: were the delegation refused, nobody could read.
  for (const publisher of publishers) publisher.changeKeys(keys, fromSlot);
  return { era, root: keys.root, keys, fromSlot };
}
