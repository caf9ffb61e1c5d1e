import { EventMalformedError, decodeEvent } from '#sdk/protocol/event-encoding';
import { eventLimits, type StreamEvent } from '#sdk/protocol/event';
import { type SignatureVerifier, verifyEventSignature } from '#sdk/protocol/signature';
import { slotAt } from '#sdk/protocol/slot-keys';
import type { StreamDirectory } from '../chain/streams.ts';
import {
  EventNotEncryptedError,
  EventSignatureError,
  EventSlotError,
  EventTimestampError,
  EventTooLargeError,
  PartitionUnknownError,
  WritePermissionMissingError
} from './refusals.ts';

/** Bytes of the largest possible event: content, signature, and the rest, which is under 1 kB. */
const largestEvent = eventLimits.content + eventLimits.signature + 1024;

/** Decides whether an event may enter the log: cheap questions first, the signature before the chain's. */
export class Gate {
  private readonly streams: StreamDirectory;
  private readonly clock: () => number;
  private readonly table: readonly SignatureVerifier[];

  constructor(streams: StreamDirectory, clock: () => number, table: readonly SignatureVerifier[]) {
    this.streams = streams;
    this.clock = clock;
    this.table = table;
  }

  /**
   * Decodes and examines an event.
   *
   * @param bytes Canonical encoding.
   * @throws {@link EventTooLargeError}, {@link EventMalformedError}, {@link EventTimestampError},
   * StreamUnknownError, StreamDeletedError, {@link PartitionUnknownError}, {@link EventNotEncryptedError},
   * {@link EventSlotError}, {@link WritePermissionMissingError}, {@link EventSignatureError}, ChainUnavailableError.
   */
  async examine(bytes: Uint8Array): Promise<StreamEvent> {
    if (bytes.length > largestEvent) throw new EventTooLargeError(bytes.length);
    const event = decodeEvent(bytes);
    const now = this.clock();
    if (event.timestamp > now + eventLimits.ahead || event.timestamp < now - eventLimits.behind) {
      throw new EventTimestampError(event.timestamp, now);
    }
    const { slotDuration, partitions } = await this.streams.findRunning(event.stream);
    if (event.partition >= partitions) throw new PartitionUnknownError(event.partition, partitions);
    if (event.encryptionType === 'none') {
      if (!(await this.streams.isPublic(event.stream))) throw new EventNotEncryptedError();
      if (event.slot !== 0) throw new EventSlotError(event.slot, 0);
    } else {
      const slot = slotAt(event.timestamp, slotDuration);
      if (event.slot !== slot) throw new EventSlotError(event.slot, slot);
    }
    // Write permissions are held by accounts; other kinds of origin come with their own way to be allowed.
    if (event.originType !== 'address') {
      throw new EventMalformedError('Let the origin be an account of the chain, origin type "address".');
    }
    // Before the chain is asked: whoever names origins at will must not make the broker ask about each.
    if (!(await verifyEventSignature(event, this.table))) {
      throw new EventSignatureError(event.signatureType, event.origin);
    }
    if (!(await this.streams.holds(event.stream, event.origin, 'write'))) {
      throw new WritePermissionMissingError(event.origin, event.stream);
    }
    return event;
  }
}
