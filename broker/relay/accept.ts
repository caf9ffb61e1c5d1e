import { decodeEvent } from '#sdk/protocol/event-encoding';
import { eventLimits, type StreamEvent } from '#sdk/protocol/event';
import { verifierOf, verifyEvent } from '#sdk/protocol/event-verification';
import type { Address } from '#sdk/protocol/primitives';
import type { SignatureVerifier } from '#sdk/protocol/signature';
import { slotAt } from '#sdk/protocol/slot-keys';
import type { VerificationMemory } from '#sdk/protocol/verification-memory';
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
   * @param memory What was verified for the same frame, so that a batch costs one check of a signature.
   * @throws {@link EventTooLargeError}, EventMalformedError, {@link EventTimestampError},
   * StreamUnknownError, StreamDeletedError, {@link PartitionUnknownError}, {@link EventNotEncryptedError},
   * {@link EventSlotError}, {@link WritePermissionMissingError}, {@link EventSignatureError}, ChainUnavailableError.
   */
  async examine(bytes: Uint8Array, memory?: VerificationMemory): Promise<StreamEvent> {
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
    await this.authorize(event, bytes, memory);
    return event;
  }

  /** Whether an account with Write signed the event, or vouches for the key or device that did. */
  private async authorize(
    event: StreamEvent,
    encoded: Uint8Array,
    memory: VerificationMemory | undefined
  ): Promise<void> {
    // Where verifying itself asks the chain, only those who may write can make the broker ask.
    if (verifierOf(event, this.table)?.asksChain === true) await this.mayWrite(event.stream, event.origin);
    // Else before the chain is asked: whoever names origins at will must not make the broker ask about each.
    const account = await verifyEvent(event, {
      table: this.table,
      encoded,
      checkVoucher: (voucher) => this.mayWrite(event.stream, voucher),
      ...(memory === undefined ? {} : { memory })
    });
    if (account === undefined) throw new EventSignatureError(event.signatureType, event.origin);
    await this.mayWrite(event.stream, account);
  }

  private async mayWrite(stream: Address, account: Address): Promise<void> {
    if (!(await this.streams.holds(stream, account, 'write'))) throw new WritePermissionMissingError(account, stream);
  }
}
