import { hash } from 'node:crypto';
import type { Msg } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { EraChange } from '#sdk/protocol/era-change';
import { decodeEraChange, encodeEraChange } from '#sdk/protocol/era-change-encoding';
import { type Grant, grantSchema } from '#sdk/protocol/grant';
import { type Address, addressSchema, type Hex } from '#sdk/protocol/primitives';
import { type EraStart, type SealedListener, type SealedLog, sealedLogLimits } from '../sealed-log.ts';
import { JetStreamDamagedError } from './errors.ts';
import { makeStream, MessageReader } from './message-reader.ts';
import { Names } from './names.ts';
import { answeredCode, awayError, type NatsLink } from './nats-link.ts';

/** Milliseconds between looks at what nobody told of. */
const lookEvery = 10_000;
/** Messages and bytes that are asked for at a time. */
const batchMessages = 256;
const batchBytes = 2 * 1024 * 1024;
/** Code with which JetStream says that a subject has a message already. */
const wrongLastSequence = 10_071;
/** Bytes of an era change in one message: the largest have megabytes. */
const partBytes = 256 * 1024;
/** First byte of a message with an era change: it follows, or the number of its parts and its SHA-256 do. */
const whole = 0;
const inParts = 1;
const otherMessage = 'holds a message of others';

/**
 * Grants and era changes in one stream of JetStream. Each has a subject of its own, which takes one message: so the
 * first one stays, whichever broker stores it.
 */
export class JetStreamSealedLog implements SealedLog {
  private readonly nats: NatsLink;
  private readonly names: Names;
  private readonly messages: MessageReader;
  private readonly logger: Logger;
  private readonly listeners = new Map<SealedListener, () => void>();

  constructor(options: { nats: NatsLink; genesisHash: Hex; replicas: number; logger: Logger }) {
    this.nats = options.nats;
    this.names = new Names(options.genesisHash, options.replicas);
    this.messages = new MessageReader(options.nats, options.replicas);
    this.logger = options.logger;
  }

  async prepare(): Promise<void> {
    await makeStream(this.nats, this.names.sealedStream());
  }

  async appendGrant(grant: Grant): Promise<boolean> {
    const { stream, licensee, era, offerId, fromSlot, untilSlot, recipient } = grant;
    const subject = this.names.grant(stream, licensee, digestOf([era, offerId, fromSlot, untilSlot, recipient]));
    if (!(await this.append(subject, Buffer.from(JSON.stringify(grant))))) return false;
    for (const listener of this.listeners.keys()) listener.grant(grant);
    return true;
  }

  async grants(stream: Address, licensee: Address): Promise<Grant[]> {
    const found = await this.newest(this.names.grant(stream, licensee, '*'), sealedLogLimits.grants);
    return found.map(readGrant);
  }

  async appendEraChange(change: EraChange): Promise<boolean> {
    const subject = this.names.eraChange(change.stream, digestOf([change.issuer, change.era, change.fromSlot]));
    if (!(await this.append(subject, await this.storeParts(change.stream, encodeEraChange(change))))) return false;
    for (const listener of this.listeners.keys()) listener.eraChange(change);
    return true;
  }

  async eraChanges(stream: Address): Promise<EraChange[]> {
    const found = await this.newest(this.names.eraChange(stream, '*'), sealedLogLimits.eraChanges);
    const changes: EraChange[] = [];
    for (const head of found) changes.push(await this.readEraChange(stream, head));
    return changes;
  }

  async eraStarts(stream: Address): Promise<EraStart[]> {
    return (await this.eraChanges(stream)).map(({ era, fromSlot, issuer }) => ({ era, fromSlot, issuer }));
  }

  async follow(listener: SealedListener): Promise<() => void> {
    const { connection } = await this.nats.open();
    const subscription = connection.subscribe(this.names.sealedStored, {
      callback: (error, message) => {
        if (error === null) void this.tell(listener, message);
        else listener.missed();
      }
    });
    const missed = (): void => listener.missed();
    const forget = this.nats.reconnected(missed);
    // The server does not keep what it tells.
    const look = setInterval(missed, lookEvery);
    look.unref();
    const end = (): void => {
      this.listeners.delete(listener);
      forget();
      clearInterval(look);
      subscription.unsubscribe();
    };
    this.listeners.set(listener, end);
    try {
      // The server knows of the subscription once it has answered.
      await this.nats.answer(connection.flush());
    } catch (error) {
      end();
      throw awayError(error);
    }
    return end;
  }

  stop(): Promise<void> {
    for (const end of this.listeners.values()) end();
    return Promise.resolve();
  }

  private async tell(listener: SealedListener, message: Msg): Promise<void> {
    // tributary.<market>.passed.grant.<stream>.<licensee>.<digest>, or era.<stream>.<digest>, or part...
    const [, , , kind, stream] = message.subject.split('.');
    try {
      if (kind === 'grant') listener.grant(readGrant(message.data));
      else if (kind === 'era') listener.eraChange(await this.readEraChange(addressSchema.parse(stream), message.data));
    } catch (error) {
      this.logger.warn({ subject: message.subject, reason: awayError(error).message }, 'what NATS told cannot be read');
      listener.missed();
    }
  }

  /**
   * Stores the parts of an era change that is too large for one message. Their subjects follow from their content, so
   * storing them again changes nothing.
   *
   * @returns The message that makes the era change: what it is, or of which parts it is.
   */
  private async storeParts(stream: Address, bytes: Uint8Array): Promise<Uint8Array> {
    if (bytes.length <= partBytes) return Buffer.concat([Buffer.of(whole), bytes]);
    const digest = hash('sha256', bytes, 'hex');
    const parts = Math.ceil(bytes.length / partBytes);
    for (let part = 0; part < parts; part += 1) {
      const start = part * partBytes;
      await this.append(this.names.eraChangePart(stream, digest, part), bytes.subarray(start, start + partBytes));
    }
    const head = Buffer.alloc(5);
    head.writeUInt8(inParts, 0);
    head.writeUInt32BE(parts, 1);
    return Buffer.concat([head, Buffer.from(digest, 'hex')]);
  }

  private async readEraChange(stream: Address, message: Uint8Array): Promise<EraChange> {
    const head = Buffer.from(message.buffer, message.byteOffset, message.length);
    if (head[0] === whole) return decodeEraChange(head.subarray(1));
    if (head[0] !== inParts || head.length !== 37) throw new JetStreamDamagedError(this.names.sealed, otherMessage);
    const digest = head.toString('hex', 5);
    const parts: Uint8Array[] = [];
    for (let part = 0; part < head.readUInt32BE(1); part += 1) {
      const stored = await this.messages.last(this.names.sealed, this.names.eraChangePart(stream, digest, part));
      if (stored === null) throw new JetStreamDamagedError(this.names.sealed, 'has lost a part of an era change');
      parts.push(stored.data);
    }
    return decodeEraChange(Buffer.concat(parts));
  }

  /** @returns False if the subject has a message. */
  private async append(subject: string, bytes: Uint8Array): Promise<boolean> {
    const { client } = await this.nats.open();
    try {
      await this.nats.answer(client.publish(subject, bytes, { expect: { lastSubjectSequence: 0 } }));
      return true;
    } catch (error) {
      if (answeredCode(error) === wrongLastSequence) return false;
      throw awayError(error);
    }
  }

  /** The newest messages under a subject, oldest first. */
  private async newest(subject: string, most: number): Promise<Uint8Array[]> {
    const found: Uint8Array[] = [];
    for (let next = 1; ;) {
      const batch = await this.messages.batch(this.names.sealed, subject, next, batchMessages, batchBytes);
      if (batch.length === 0) return found;
      for (const message of batch) {
        next = message.seq + 1;
        found.push(message.data);
      }
      found.splice(0, found.length - most);
    }
  }
}

/** What tells one grant or era change from others under the same subject. */
const digestOf = (parts: readonly (string | number)[]): string => hash('sha256', parts.join(' '), 'hex').slice(0, 32);

const readGrant = (bytes: Uint8Array): Grant => grantSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
