import { randomBytes } from 'node:crypto';
import { encodeEvent, type UnsignedEvent } from '#sdk/protocol/event-encoding';
import type { Address } from '#sdk/protocol/primitives';
import { signEvent, type EventSigner } from '#sdk/protocol/signature';
import { batchSuffix, signEvents } from '#sdk/protocol/signature-batch';

/** Events under one signature, where they come in batches. */
export const batchSize = 64;
/** Bytes of an encoded event with a signature of its own. */
export const eventBytes = 300;

/** Makes events of one partition, one after the other, each with the next sequence number. */
export class EventMaker {
  private readonly stream: Address;
  private readonly partition: number;
  private readonly signer: EventSigner;
  private readonly timestamp = Date.now();
  private sequence = 0;

  constructor(stream: Address, partition: number, signer: EventSigner) {
    this.stream = stream;
    this.partition = partition;
    this.signer = signer;
  }

  /** Encoded events of {@link eventBytes}, each signed by itself. */
  async single(count: number): Promise<Uint8Array[]> {
    const events: Uint8Array[] = [];
    while (events.length < count) {
      events.push(encodeEvent(await signEvent(this.unsigned(this.signer.signatureType), this.signer)));
    }
    return events;
  }

  /** Encoded events in batches of {@link batchSize} under one signature each. */
  async batches(count: number): Promise<Uint8Array[]> {
    const events: Uint8Array[] = [];
    const signatureType = `${this.signer.signatureType}${batchSuffix}`;
    while (events.length < count) {
      const unsigned = Array.from({ length: batchSize }, () => this.unsigned(signatureType));
      for (const event of await signEvents(unsigned, this.signer)) events.push(encodeEvent(event));
    }
    return events;
  }

  private unsigned(signatureType: string): UnsignedEvent {
    const { stream, partition, timestamp, signer } = this;
    const { originType, origin } = signer;
    return {
      version: 1,
      stream,
      partition,
      timestamp,
      sequence: this.sequence++,
      contentType: 'application/octet-stream',
      encryptionType: 'none',
      era: 0,
      slot: 0,
      content: randomBytes(contentBytes),
      originType,
      origin,
      signatureType
    };
  }
}

/** What is left for the content: 110 bytes of fixed and named fields around it, 67 of signature. */
const contentBytes = eventBytes - 110 - 67;
/** Where the sequence number stands in an encoded event: behind version, stream, partition and timestamp. */
const sequenceAt = 1 + 20 + 4 + 8;

/** Sequence number of an encoded event. */
export function sequenceOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(sequenceAt);
}
