import { headers } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import { decodeEvent } from '#sdk/protocol/event-encoding';
import type { TributaryError } from '#sdk/protocol/problem';
import { BrokerBusyError, EventConflictError } from '../../refusals.ts';
import type { AppendOutcome, Entry, LogRecord, PartitionPlace } from '../event-store.ts';
import { JetStreamDamagedError, JetStreamUnavailableError } from './errors.ts';
import { EventTable } from './event-table.ts';
import type { KnownEvents } from './known-events.ts';
import { makeStream } from './message-reader.ts';
import { type Names, slotMilliseconds, slotOf } from './names.ts';
import { answeredCode, awayError, type NatsLink, requestTimeout } from './nats-link.ts';
import {
  beginning,
  encodePacked,
  hashKey,
  type KeyHash,
  packedBytes,
  PackedEvents,
  type Progress
} from './packed-events.ts';
import type { PartitionReader } from './partition-reader.ts';

/** Header that names the broker which wrote a message. */
export const brokerHeader = 'Tributary-Broker';
/** Most events and bytes of one round. */
const roundEvents = 8_192;
const roundBytes = 4 * 1024 * 1024;
/** Times in a row that another broker may be faster. */
const mostConflicts = 100;
/** Milliseconds for which a server that is away is waited for, before those who publish are told. */
const patience = 2_000;
/** Conflicts in a row with messages that cannot be read, after which there are none such. */
const unreadableConflicts = 20;
/** Messages of others that are read one by one; where there are more, what is known of the partition is forgotten. */
const mostMissed = 256;
/** Messages kept for comparing copies with their original. */
const keptMessages = 8;
/** Code with which JetStream says that another message came first. */
const wrongLastSequence = [10_071, 10_164];

interface Waiting extends Entry {
  readonly key: KeyHash;
  settled: boolean;
  readonly settle: (outcome: AppendOutcome) => void;
}

/** Last message of a partition that this broker knows. */
interface Position {
  readonly seq: number;
  readonly progress: Progress;
}

export interface AppenderParts {
  readonly nats: NatsLink;
  readonly names: Names;
  readonly known: KnownEvents;
  readonly clock: () => number;
  readonly logger: Logger;
  /** Name of this broker, of no meaning to others. */
  readonly broker: string;
  /** Told, with its bytes, when an event is stored or refused. */
  readonly onSettled: (bytes: number) => void;
  /** Told of everything stored, in order. */
  readonly onStored: (place: PartitionPlace, records: readonly LogRecord[]) => void;
  /** Told where something may have been stored or not. */
  readonly onUncertain: (place: PartitionPlace) => void;
}

/**
 * Writes one partition. A message is stored only if it directly follows the last one that this broker knows: JetStream
 * compares the sequence. So whoever writes has seen everything before, knows the next offset, and knows what would be a
 * double; who comes second reads what the other wrote and tries again. The same holds for a message whose answer was
 * lost: it either is found, or can no longer be stored.
 */
export class PartitionAppender {
  private readonly place: PartitionPlace;
  private readonly name: string;
  private readonly parts: AppenderParts;
  private readonly reader: PartitionReader;
  private readonly kept = new Map<number, PackedEvents>();
  private waiting: Waiting[] = [];
  private storing: Promise<void> | null = null;
  private position: Position | null = null;
  private conflicts = 0;
  /** When the server was found away; null while it is there. */
  private awaySince: number | null = null;

  constructor(place: PartitionPlace, reader: PartitionReader, parts: AppenderParts) {
    this.place = { stream: place.stream, partition: place.partition };
    this.name = parts.names.partition(place);
    this.parts = parts;
    this.reader = reader;
  }

  /** Whether nothing waits to be stored. */
  get idle(): boolean {
    return this.storing === null;
  }

  /** As EventStore.append, for one event. */
  append(entry: Entry): Promise<AppendOutcome> {
    return new Promise((resolve) => {
      const { event, bytes } = entry;
      const waiting: Waiting = {
        event,
        bytes,
        key: hashKey(event),
        settled: false,
        settle: (outcome) => {
          waiting.settled = true;
          this.parts.onSettled(bytes.length);
          resolve(outcome);
        }
      };
      this.waiting.push(waiting);
      this.storing ??= this.storeAll();
    });
  }

  /** Resolves once everything that was handed over is stored or refused. */
  async drain(): Promise<void> {
    while (this.storing !== null) await this.storing;
  }

  private async storeAll(): Promise<void> {
    // Let everything that arrived in this turn of the event loop join the first round.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.storeRound(this.takeRound());
    this.storing = null;
  }

  private takeRound(): Waiting[] {
    let bytes = 0;
    let taken = 0;
    for (const { bytes: event } of this.waiting) {
      if (taken >= roundEvents || (taken > 0 && bytes + event.length > roundBytes)) break;
      taken += 1;
      bytes += event.length;
    }
    const round = this.waiting.slice(0, taken);
    this.waiting = this.waiting.slice(taken);
    return round;
  }

  /** Stores a round, or puts back what has to be tried again. */
  private async storeRound(round: readonly Waiting[]): Promise<void> {
    try {
      this.position ??= await this.readPosition();
      if (await this.publish(await this.sift(round, this.position), this.position)) {
        this.conflicts = 0;
        this.awaySince = null;
      } else {
        this.conflicts += 1;
        if (this.conflicts > mostConflicts) throw new BrokerBusyError();
        if (this.conflicts > 2) await pause(Math.random() * Math.min(50, this.conflicts * 2));
        await this.catchUp();
      }
    } catch (error) {
      const away = awayError(error);
      this.position = null;
      this.awaySince ??= performance.now();
      const mayReturn = away instanceof JetStreamUnavailableError && answeredCode(error) === null;
      if (!mayReturn || performance.now() - this.awaySince > patience) this.refuse([...round, ...this.waiting], away);
    }
    // Doubles within the round are compared once the first of them is stored.
    this.waiting = [...round, ...this.waiting].filter((entry) => !entry.settled);
  }

  /** What waits behind a refused event is refused with it: stored before it was sent again, it would be out of order. */
  private refuse(entries: readonly Waiting[], error: TributaryError): void {
    this.conflicts = 0;
    this.parts.logger.error({ reason: error.message, partition: this.name }, 'storing events failed');
    this.parts.onUncertain(this.place);
    for (const entry of entries) if (!entry.settled) entry.settle({ error });
  }

  /** Answers for what is stored already. @returns The others, without doubles. */
  private async sift(round: readonly Waiting[], position: Position): Promise<Waiting[]> {
    const fresh: Waiting[] = [];
    const hashes = new Set<number>();
    const tables = new Map<number, EventTable>();
    for (const entry of round) {
      // Two keys that agree in these 52 bits by chance only wait for each other.
      const hash = entry.key.high * 2 ** 20 + (entry.key.low >>> 12);
      if (hashes.has(hash)) continue;
      hashes.add(hash);
      const slot = slotOf(entry.event.timestamp);
      let table = tables.get(slot);
      if (table === undefined) tables.set(slot, (table = await this.eventsOf(slot, position)));
      const before = await this.find(entry, table);
      if (before === null) fresh.push(entry);
      else entry.settle(before);
    }
    return fresh;
  }

  /** What to answer where an event with the same key is stored; null if there is none. */
  private async find(entry: Waiting, table: EventTable): Promise<AppendOutcome | null> {
    for (const { seq, index } of table.find(entry.key)) {
      const message = await this.message(seq);
      const stored = message.event(index);
      if (Buffer.compare(stored, entry.bytes) === 0) return { offset: message.first + index };
      const { timestamp, sequence, origin } = decodeEvent(stored);
      const { event } = entry;
      if (timestamp === event.timestamp && sequence === event.sequence && origin === event.origin) {
        return { error: new EventConflictError() };
      }
    }
    return null;
  }

  private async message(seq: number): Promise<PackedEvents> {
    const kept = this.kept.get(seq);
    if (kept !== undefined) return kept;
    const message = await this.reader.at(seq);
    this.kept.set(seq, message);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= keptMessages) break;
      this.kept.delete(oldest);
    }
    return message;
  }

  /** All stored events whose timestamps lie in a slot. */
  private async eventsOf(slot: number, position: Position): Promise<EventTable> {
    const { known } = this.parts;
    const before = known.find(this.name, slot);
    if (before !== null) return before;
    const table = new EventTable();
    if (slot <= slotOf(position.progress.highest)) {
      const start = await this.reader.search((progress) => progress.highest < slot * slotMilliseconds);
      if (start === null) throw new JetStreamDamagedError(this.name, 'lost messages while it was read');
      for await (const message of this.reader.from(start.seq, slot)) {
        if (message.seq > position.seq) break;
        for (let index = 0; index < message.count; index += 1) {
          if (slotOf(message.timestamp(index)) === slot) table.add(message.key(index), { seq: message.seq, index });
        }
      }
    }
    known.keep(this.name, slot, table);
    return table;
  }

  /**
   * Stores message after message. Each waits for the one before: JetStream compares sequences alone, so a second one on
   * its way could follow the message of another broker that came in place of the first.
   *
   * @returns False if another broker was faster: what is not settled has to be examined again.
   */
  private async publish(fresh: readonly Waiting[], position: Position): Promise<boolean> {
    const { client } = await this.parts.nats.open();
    let { seq, progress } = position;
    for (const events of cutIntoMessages(fresh)) {
      const storedAt = Math.max(progress.storedAt, this.parts.clock());
      const packed = events.map(({ event, key, bytes }) => ({ timestamp: event.timestamp, key, bytes }));
      const { message, after } = encodePacked(packed, progress, storedAt);
      const head = headers();
      head.set(brokerHeader, this.parts.broker);
      const acknowledged = client.publish(
        this.parts.names.events(this.place, slotOf(packed[0]?.timestamp ?? 0)),
        message,
        {
          headers: head,
          timeout: requestTimeout,
          expect: { lastSequence: seq }
        }
      );
      try {
        await this.parts.nats.answer(acknowledged);
      } catch (error) {
        if (wrongLastSequence.includes(answeredCode(error) ?? 0)) return false;
        throw error;
      }
      seq += 1;
      progress = after;
      this.settle(events, new PackedEvents(this.name, seq, message));
    }
    return true;
  }

  private settle(events: readonly Waiting[], message: PackedEvents): void {
    this.passed(message);
    const records = events.map((entry, index) => ({ offset: message.first + index, bytes: entry.bytes }));
    for (const [index, entry] of events.entries()) entry.settle({ offset: message.first + index });
    this.parts.onStored(this.place, records);
  }

  /** Takes in a message that follows the position. */
  private passed(message: PackedEvents): void {
    this.position = { seq: message.seq, progress: message.after };
    this.parts.known.add(this.name, message);
    this.reader.passed(message);
  }

  /** Where the log ends, in a stream of JetStream that is made now if there is none. */
  private async readPosition(): Promise<Position> {
    const tail = await this.reader.tail();
    // Others may have written since what is known of the partition was read.
    this.parts.known.forget(this.name);
    if (tail !== null) return { seq: tail.seq, progress: tail.after };
    await makeStream(this.parts.nats, this.parts.names.partitionStream(this.place));
    return { seq: 0, progress: beginning };
  }

  /** Reads what other brokers wrote. */
  private async catchUp(): Promise<void> {
    const before = this.position ?? { seq: 0, progress: beginning };
    let missed = 0;
    for await (const message of this.reader.from(before.seq + 1)) {
      if (message.first !== (this.position ?? before).progress.next) break;
      missed += 1;
      if (missed > mostMissed) break;
      this.passed(message);
    }
    if (missed > 0 && missed <= mostMissed) return;
    // In a cluster, what came first may be on its way still.
    if (missed === 0 && this.conflicts < unreadableConflicts) return;
    const tail = await this.reader.tail();
    if (tail === null) throw new JetStreamDamagedError(this.name, 'was emptied, so that offsets would be given twice');
    if (missed === 0) {
      if (tail.seq === before.seq && tail.after.next === before.progress.next) return;
      this.parts.logger.fatal({ partition: this.name }, 'JetStream has lost events that it had acknowledged');
      this.reader.forget();
      this.kept.clear();
    }
    this.parts.known.forget(this.name);
    this.position = { seq: tail.seq, progress: tail.after };
  }
}

/** Cuts events, in order, into what one message holds each. */
function* cutIntoMessages(events: readonly Waiting[]): Generator<readonly Waiting[]> {
  let part: Waiting[] = [];
  let bytes = 0;
  for (const entry of events) {
    const [first] = part;
    const fits =
      first === undefined ||
      (bytes + entry.bytes.length <= packedBytes && slotOf(first.event.timestamp) === slotOf(entry.event.timestamp));
    if (!fits) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(entry);
    bytes += entry.bytes.length;
  }
  if (part.length > 0) yield part;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
