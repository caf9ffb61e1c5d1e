import { encryptContent } from '../protocol/content-cipher.ts';
import { eventVersion } from '../protocol/event.ts';
import type { StreamEvent } from '../protocol/event.ts';
import type { Address } from '../protocol/primitives.ts';
import { signEvent } from '../protocol/signature.ts';
import type { EventSigner } from '../protocol/signature.ts';
import { slotAt, slotKey } from '../protocol/slot-keys.ts';
import type { Market } from './connect-market.ts';
import { PublisherKeysMissingError, SequenceExhaustedError } from './publish-errors.ts';
import { readStream } from './read-stream.ts';
import type { StreamKeys } from './stream-keys.ts';

/** What an event says: a value as JSON, or bytes of any media type. */
export type EventContent = { readonly json: unknown } | { readonly bytes: Uint8Array; readonly contentType: string };

export interface EventWriter {
  /** Makes the next event; events come out in the order of the calls. */
  write(content: EventContent): Promise<StreamEvent>;
}

export interface CreateEventWriterParameters {
  readonly market: Market;
  readonly stream: Address;
  readonly partition?: number;
  readonly signer: EventSigner;
  readonly keys?: StreamKeys;
}

/**
 * Makes signed events of one origin on one partition, encrypted under the key of their slot unless the stream is
 * public. Timestamps never run backwards and no two events share timestamp and sequence, whatever the clock does.
 */
export async function createEventWriter(parameters: CreateEventWriterParameters): Promise<EventWriter> {
  const { market, stream, partition = 0, signer, keys } = parameters;
  const { slotDuration, publicRead } = await readStream({ market, stream });
  if (!publicRead && keys === undefined) throw new PublisherKeysMissingError();
  let timestamp = 0;
  let sequence = 0;
  let last = Promise.resolve<unknown>(undefined);
  let slot: { readonly number: number; readonly key: Uint8Array } | undefined;

  const place = () => {
    const now = Math.floor(market.clock());
    sequence = now > timestamp ? 0 : sequence + 1;
    timestamp = Math.max(now, timestamp);
    if (sequence >= 2 ** 32) throw new SequenceExhaustedError();
    return { timestamp, sequence };
  };

  const keyOf = (number: number, { seeds }: StreamKeys) => {
    if (slot?.number !== number) slot = { number, key: slotKey(seeds, number) };
    return slot.key;
  };

  const make = async (at: ReturnType<typeof place>, content: EventContent): Promise<StreamEvent> => {
    const [bytes, contentType] =
      'json' in content
        ? [new TextEncoder().encode(JSON.stringify(content.json)), 'application/json']
        : [content.bytes, content.contentType];
    const { originType, origin, signatureType } = signer;
    const common = {
      version: eventVersion,
      stream,
      partition,
      ...at,
      contentType,
      originType,
      origin,
      signatureType
    } as const;
    if (publicRead || keys === undefined) {
      return signEvent({ ...common, encryptionType: 'none', era: 0, slot: 0, content: bytes }, signer);
    }
    const number = slotAt(at.timestamp, slotDuration);
    const header = { ...common, encryptionType: 'aes-256-gcm', era: keys.era, slot: number } as const;
    return signEvent({ ...header, content: await encryptContent(header, bytes, keyOf(number, keys)) }, signer);
  };

  return {
    write: (content) => {
      const at = place();
      const made = last.then(() => make(at, content));
      last = made.catch(() => undefined);
      return made;
    }
  };
}
