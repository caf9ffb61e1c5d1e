import { encryptContent } from '../protocol/content-cipher.ts';
import { eventVersion } from '../protocol/event.ts';
import type { StreamEvent } from '../protocol/event.ts';
import type { UnsignedEvent } from '../protocol/event-encoding.ts';
import type { Address } from '../protocol/primitives.ts';
import { partitionOf } from '../protocol/partition-key.ts';
import { batchLimit, batchSuffix, signEvents } from '../protocol/signature-batch.ts';
import { signEvent } from '../protocol/signature.ts';
import type { EventSigner } from '../protocol/signature.ts';
import { slotAt, slotKey } from '../protocol/slot-keys.ts';
import type { ContentCodec } from '../protocol/content-codec.ts';
import { EventSchemaMismatchError } from '../protocol/schema-errors.ts';
import type { Market } from './connect-market.ts';
import { PublisherKeysMissingError, SequenceExhaustedError } from './publish-errors.ts';
import { readStream } from './read-stream.ts';
import type { StreamKeys } from './stream-keys.ts';

/**
 * What an event says: a value, as JSON or as the publisher's codec encodes it, or bytes of any media type. With a
 * partition key it goes to the partition of all events with that key, whose order is kept: see partitionOf.
 */
export type EventContent = { readonly partitionKey?: string } & (
  { readonly json: unknown } | { readonly bytes: Uint8Array; readonly contentType: string }
);

export interface EventWriter {
  /** Makes the next event; events come out in the order of the calls. */
  write(content: EventContent): Promise<StreamEvent>;
  /** Makes the next events, signed at once: each can still be verified alone. */
  writeAll(contents: readonly EventContent[]): Promise<readonly StreamEvent[]>;
  /** Encrypts with other keys from a slot on, such as those of a new era. */
  changeKeys(keys: StreamKeys, fromSlot: number): void;
}

export interface CreateEventWriterParameters {
  readonly market: Market;
  readonly stream: Address;
  /** Of events without a partition key: 0 unless said otherwise. */
  readonly partition?: number;
  readonly signer: EventSigner;
  readonly keys?: StreamKeys;
  /** Schema that the events of the stream follow; what does not fit is refused before it is signed. */
  readonly codec?: ContentCodec;
}

/**
 * Makes signed events of one origin on one stream, encrypted under the key of their slot unless the stream is
 * public. Timestamps never run backwards and no two events share timestamp and sequence, whatever the clock does.
 */
export async function createEventWriter(parameters: CreateEventWriterParameters): Promise<EventWriter> {
  const { market, stream, partition = 0, signer, codec } = parameters;
  const { slotDuration, partitions, publicRead } = await readStream({ market, stream });
  if (!publicRead && parameters.keys === undefined) throw new PublisherKeysMissingError();
  let timestamp = 0;
  let sequence = 0;
  let last = Promise.resolve<unknown>(undefined);
  let slot: { readonly era: number; readonly number: number; readonly key: Uint8Array } | undefined;
  /** Keys with the slots from which on they are used, ascending. */
  let eras = parameters.keys === undefined ? [] : [{ keys: parameters.keys, fromSlot: 0 }];

  const place = () => {
    const now = Math.floor(market.clock());
    sequence = now > timestamp ? 0 : sequence + 1;
    timestamp = Math.max(now, timestamp);
    if (sequence >= 2 ** 32) throw new SequenceExhaustedError();
    return { timestamp, sequence };
  };

  const keysAt = (number: number) => {
    const current = eras.filter(({ fromSlot }) => fromSlot <= number).at(-1);
    if (current === undefined) throw new PublisherKeysMissingError();
    // What is over is not needed again: time does not run backwards here.
    eras = eras.slice(eras.indexOf(current));
    return current.keys;
  };

  const keyOf = (number: number, { era, seeds }: StreamKeys) => {
    if (slot?.number !== number || slot.era !== era) slot = { era, number, key: slotKey(seeds, number) };
    return slot.key;
  };

  const prepare = async (
    at: ReturnType<typeof place>,
    content: EventContent,
    signatureType: string
  ): Promise<UnsignedEvent> => {
    const { bytes, contentType } = contentBytes(content, codec);
    const { originType, origin } = signer;
    const { partitionKey } = content;
    const common = {
      version: eventVersion,
      stream,
      partition: partitionKey === undefined ? partition : partitionOf(partitionKey, partitions),
      ...at,
      contentType,
      originType,
      origin,
      signatureType
    } as const;
    if (publicRead) {
      return { ...common, encryptionType: 'none', era: 0, slot: 0, content: bytes };
    }
    const number = slotAt(at.timestamp, slotDuration);
    const keys = keysAt(number);
    const header = { ...common, encryptionType: 'aes-256-gcm', era: keys.era, slot: number } as const;
    return { ...header, content: await encryptContent(header, bytes, keyOf(number, keys)) };
  };

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const made = last.then(task);
    last = made.catch(() => undefined);
    return made;
  };

  const write = (content: EventContent) => {
    const at = place();
    return inTurn(async () => signEvent(await prepare(at, content, signer.signatureType), signer));
  };

  return {
    write,
    changeKeys: (keys, fromSlot) => {
      eras = [...eras.filter((era) => era.fromSlot < fromSlot), { keys, fromSlot }];
    },
    writeAll: (contents) => {
      const [only] = contents;
      if (contents.length <= 1) return Promise.all(only === undefined ? [] : [write(only)]);
      const placed = contents.map((content) => ({ at: place(), content }));
      return inTurn(async () => {
        const events: StreamEvent[] = [];
        for (let from = 0; from < placed.length; from += batchLimit) {
          const unsigned: UnsignedEvent[] = [];
          for (const { at, content } of placed.slice(from, from + batchLimit)) {
            unsigned.push(await prepare(at, content, `${signer.signatureType}${batchSuffix}`));
          }
          events.push(...(await signEvents(unsigned, signer)));
        }
        return events;
      });
    }
  };
}

function contentBytes(
  content: EventContent,
  codec: ContentCodec | undefined
): { readonly bytes: Uint8Array; readonly contentType: string } {
  if ('json' in content) {
    if (codec !== undefined) return { bytes: codec.encode(content.json), contentType: codec.contentType };
    return { bytes: new TextEncoder().encode(JSON.stringify(content.json)), contentType: 'application/json' };
  }
  if (codec !== undefined) {
    if (content.contentType !== codec.contentType) {
      throw new EventSchemaMismatchError('', `its content type must be ${codec.contentType}.`);
    }
    codec.decode(content.bytes);
  }
  return content;
}
