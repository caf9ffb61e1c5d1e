import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventLimits, type StreamEvent } from '#sdk/protocol/event';
import { decodeEvent, encodeEvent } from '#sdk/protocol/event-encoding';
import { TributaryError } from '#sdk/protocol/problem';
import { type NatsServer, natsServerMissing, startNatsServer } from '../../../../test/nats-server.ts';
import { EventConflictError } from '../../refusals.ts';
import { appendEvent } from '../conformance.ts';
import type { EventStore, PartitionPlace } from '../event-store.ts';
import { JetStreamDamagedError, JetStreamUnavailableError } from './errors.ts';
import { JetStreamEventStore } from './jetstream-event-store.ts';
import { NatsLink } from './nats-link.ts';
import { Names } from './names.ts';

const genesisHash = `0x${'cd'.repeat(32)}` as const;
const logger = pino({ level: 'silent' });
const start = 1_700_000_000_000;
const hour = 3_600_000;
const missing = natsServerMissing();
if (missing !== null) console.warn(missing);

describe.skipIf(missing !== null)('events in JetStream when something goes wrong', () => {
  let directory: string;
  let server: NatsServer;
  let now = start;
  let streams = 0;
  const links: NatsLink[] = [];
  const stores: JetStreamEventStore[] = [];

  const newPlace = (): PartitionPlace => ({
    stream: `0x${(++streams).toString(16).padStart(40, '0')}`,
    partition: 0
  });
  const open = async (knownBytes?: number, monitoringUrl?: string): Promise<JetStreamEventStore> => {
    const nats = new NatsLink(server.url, undefined, logger);
    links.push(nats);
    const store = new JetStreamEventStore({
      nats,
      genesisHash,
      replicas: 1,
      monitoringUrl,
      clock: () => now,
      logger,
      mostWaiting: 2 ** 28,
      ...(knownBytes !== undefined && { knownBytes })
    });
    stores.push(store);
    await store.prepare();
    return store;
  };
  const eventOf = (place: PartitionPlace, sequence: number, changes: Partial<StreamEvent> = {}): StreamEvent => ({
    version: 1,
    ...place,
    timestamp: now,
    sequence,
    contentType: 'text/plain',
    encryptionType: 'none',
    era: 0,
    slot: 0,
    content: new Uint8Array(200).fill(sequence),
    originType: 'address',
    origin: `0x${'0a'.repeat(20)}`,
    signatureType: 'secp256k1',
    signature: new Uint8Array(65).fill(1),
    ...changes
  });
  const append = appendEvent;
  const readAll = async (
    store: EventStore,
    place: PartitionPlace
  ): Promise<{ offset: number; event: StreamEvent }[]> => {
    const records: { offset: number; event: StreamEvent }[] = [];
    for (let next = 0; ;) {
      const page = await store.page(place, next);
      const last = page.at(-1);
      if (last === undefined) return records;
      records.push(...page.map(({ offset, bytes }) => ({ offset, event: decodeEvent(bytes) })));
      next = last.offset + 1;
    }
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tributary-nats-'));
    server = await startNatsServer({ directory });
  });
  afterAll(async () => {
    for (const store of stores) await store.stop();
    for (const nats of links) await nats.stop();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('loses nothing that was acknowledged and stores nothing twice, whenever the server is killed', async () => {
    const brokers = [await open(), await open()];
    const places = [newPlace(), newPlace()];
    const acknowledged = new Map<string, number>();
    let over = false;
    let refusals = 0;
    const nameOf = (event: StreamEvent): string => `${event.stream} ${event.origin} ${String(event.sequence)}`;
    /** Sends again what may or may not be stored, as the sdk does. */
    const publish = async (store: EventStore, event: StreamEvent): Promise<void> => {
      for (;;) {
        try {
          const offset = await append(store, event);
          const before = acknowledged.get(nameOf(event));
          if (before !== undefined) expect(offset).toBe(before);
          acknowledged.set(nameOf(event), offset);
          return;
        } catch (error) {
          if (!(error instanceof TributaryError) || error.status !== 503) throw error;
          refusals += 1;
          await sleep(20);
        }
      }
    };
    const publishers = brokers.flatMap((store, broker) =>
      places.map(async (place, publisher) => {
        const origin = `0x${`${String(broker)}${String(publisher)}`.repeat(20)}` as const;
        for (let sequence = 0; !over; sequence += 20) {
          const events = Array.from({ length: 20 }, (_, nth) => eventOf(place, sequence + nth, { origin }));
          await Promise.all(events.map((event) => publish(store, event)));
        }
      })
    );
    const port = Number(new URL(server.url).port);
    const monitoringPort = Number(new URL(server.monitoringUrl).port);
    for (let kills = 0; kills < 4; kills += 1) {
      await sleep(100 + Math.random() * 200);
      await server.kill();
      server = await startNatsServer({ directory, port, monitoringPort });
      now += 7_000;
      const before = acknowledged.size;
      await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(before + 100);
    }
    over = true;
    await Promise.all(publishers);

    const reader = await open();
    for (const place of places) {
      const records = await readAll(reader, place);
      expect(records.map(({ offset }) => offset)).toEqual(records.map((_, offset) => offset));
      const mine = [...acknowledged].filter(([name]) => name.startsWith(place.stream));
      expect(mine.length).toBeGreaterThan(200);
      // Each publisher gave up on nothing, so the log holds exactly what was acknowledged.
      expect(new Map(records.map(({ offset, event }) => [nameOf(event), offset]))).toEqual(new Map(mine));
      expect(records.length).toBe(mine.length);
    }
    expect(refusals).toBeGreaterThanOrEqual(0);
  });

  it('leaves no gap where two brokers write many messages at once', async () => {
    const place = newPlace();
    const [ours, theirs] = [await open(), await open()];
    // Events of several slots, none of which may share a message.
    const written = await Promise.all(
      Array.from({ length: 120 }, (_, sequence) =>
        append(
          sequence % 2 === 0 ? ours : theirs,
          eventOf(place, sequence, { timestamp: now - (sequence % 5) * 10_000 })
        )
      )
    );
    const records = await readAll(await open(), place);
    expect(records.map(({ offset }) => offset)).toEqual(written.map((_, offset) => offset));
    expect(records.map(({ offset, event }) => [event.sequence, offset]).sort(([a = 0], [b = 0]) => a - b)).toEqual(
      written.map((offset, sequence) => [sequence, offset])
    );
  });

  it('says that it is away while it is away, and goes on by itself', async () => {
    const place = newPlace();
    const store = await open();
    await append(store, eventOf(place, 0));
    const grown: number[] = [];
    await store.follow(place, { stored: () => undefined, grown: () => grown.push(1) });
    const port = Number(new URL(server.url).port);
    await server.kill();
    await expect(append(store, eventOf(place, 1))).rejects.toThrow(JetStreamUnavailableError);
    await expect(store.page(place, 0)).rejects.toMatchObject({ status: 503 });
    expect(await store.trouble()).toMatch(/^NATS does not answer/);
    const elsewhere = new NatsLink('nats://127.0.0.1:9', undefined, logger);
    await expect(elsewhere.open()).rejects.toThrow(JetStreamUnavailableError);
    server = await startNatsServer({ directory, port });
    await expect.poll(() => store.trouble(), { timeout: 10_000 }).toBeNull();
    expect(await append(store, eventOf(place, 1))).toBe(1);
    await expect.poll(() => grown.length, { timeout: 10_000 }).toBeGreaterThan(0);
  });

  it('tells brokers what others stored, and nothing of what they stored themselves twice as news', async () => {
    const place = newPlace();
    const [ours, theirs] = [await open(), await open()];
    const told = { stored: 0, grown: 0 };
    const end = await ours.follow(place, {
      stored: (records) => (told.stored += records.length),
      grown: () => (told.grown += 1)
    });
    await append(theirs, eventOf(place, 0));
    await expect.poll(() => told).toEqual({ stored: 0, grown: 1 });
    await append(ours, eventOf(place, 1));
    expect(told.stored).toBe(1);
    end();
    await append(theirs, eventOf(place, 2));
    await append(ours, eventOf(place, 3));
    expect(told).toEqual({ stored: 1, grown: 1 });
  });

  it('knows copies of any age with little memory', async () => {
    const place = newPlace();
    const begin = now;
    // Room for a few slots of 10 seconds at most.
    const [small, other] = [await open(5_000), await open(5_000)];
    const times: number[] = [];
    for (let sequence = 0; sequence < 240; sequence += 1) {
      // Across a day, now and then an hour late.
      times.push(begin + sequence * 360_000 - (sequence % 10 === 0 ? hour : 0));
    }
    const given: number[] = [];
    for (const [sequence, timestamp] of times.entries()) {
      now = begin + sequence * 360_000;
      given.push(await append(sequence % 3 === 0 ? other : small, eventOf(place, sequence, { timestamp })));
    }
    expect(given).toEqual(times.map((_, offset) => offset));
    for (const [sequence, timestamp] of times.entries()) {
      const copy = eventOf(place, sequence, { timestamp });
      expect(await append(sequence % 2 === 0 ? other : small, copy)).toBe(sequence);
      if (sequence % 40 === 0) {
        await expect(append(small, { ...copy, contentType: 'text/html' })).rejects.toThrow(EventConflictError);
      }
    }
    // The subjects come round after more than a day: the same slot of another day is another one.
    const nextDay = eventOf(place, 1, { timestamp: (times[1] ?? 0) + 100_000_000 });
    now = nextDay.timestamp;
    expect(await append(small, nextDay)).toBe(times.length);
    expect(await append(other, nextDay)).toBe(times.length);
    now = begin;
  });

  it('removes from sight what a retention ends, for good, and from the disk once no copy can come', async () => {
    const place = newPlace();
    const store = await open();
    const sizes: number[] = [];
    for (let sequence = 0; sequence < 20; sequence += 1) {
      now = start + sequence * hour;
      const event = eventOf(place, sequence);
      sizes.push(encodeEvent(event).length);
      await append(store, event);
    }
    const each = sizes[0] ?? 0;
    expect(await store.retention(place.stream)).toBeNull();
    await store.setRetention(place.stream, { bytes: each * 5 + 1 });
    expect(await store.retention(place.stream)).toEqual({ bytes: each * 5 + 1 });
    expect(await store.span(place)).toEqual({ first: 15, next: 20 });
    expect((await store.page(place, 0))[0]?.offset).toBe(15);
    expect(await store.offsetAt(place, 0)).toBe(15);
    // A longer one brings nothing back; another broker sees the same.
    await store.setRetention(place.stream, { seconds: 30 * 3_600 });
    const other = await open();
    expect(await other.span(place)).toEqual({ first: 15, next: 20 });
    // Out of sight, but recognised.
    expect(await append(other, eventOf(place, 3, { timestamp: start + 3 * hour }))).toBe(3);
    await store.sweep();
    expect(await append(store, eventOf(place, 4, { timestamp: start + 4 * hour }))).toBe(4);
    const names = new Names(genesisHash, 1);
    const messages = async (): Promise<number> => {
      const { manager } = await (links.at(-1) as NatsLink).open();
      return (await manager.streams.info(names.partition(place))).state.messages;
    };
    expect(await messages()).toBe(20);
    const before = await store.countBefore(place.stream, start + 18 * hour, start + 18 * hour + 60_000);
    expect(before).toBe(18);
    now = start + 10 * hour + eventLimits.behind + 2 * hour;
    await store.sweep();
    expect(await messages()).toBe(9);
    expect(await store.countBefore(place.stream, start + 18 * hour, start + 18 * hour + 60_000)).toBe(before);
    // Long after everything has gone the next offset is known.
    now = start + 1_000 * hour;
    await store.sweep();
    expect(await messages()).toBe(1);
    expect(await store.span(place)).toEqual({ first: 20, next: 20 });
    expect(await store.page(place, 0)).toEqual([]);
    expect(await append(await open(), eventOf(place, 50))).toBe(20);
    expect((await store.activity([place.stream]))[0]?.events).toBe(21);
    now = start;
  });

  it('gives no offset twice in a stream that somebody emptied', async () => {
    const place = newPlace();
    const store = await open();
    await append(store, eventOf(place, 0));
    const { manager } = await (links.at(-1) as NatsLink).open();
    await manager.streams.purge(new Names(genesisHash, 1).partition(place));
    await expect(append(await open(), eventOf(place, 1))).rejects.toThrow(JetStreamDamagedError);
  });

  it('says where an acknowledgement is not known to mean that an event is on the disk', async () => {
    expect((await open()).warning).toMatch(/NATS_MONITORING_URL/);
    expect((await open(undefined, server.monitoringUrl)).warning).toBeNull();
    expect((await open(undefined, 'http://127.0.0.1:9')).warning).toMatch(/cannot be asked/);
  });
});
