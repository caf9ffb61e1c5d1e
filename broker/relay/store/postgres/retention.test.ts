import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import type pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { StreamEvent } from '#sdk/protocol/event';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import type { Address } from '#sdk/protocol/primitives';
import { createDatabase } from '../../../../test/database.ts';
import { migrate } from '../../../database/migrate.ts';
import { openPool } from '../../../database/pool.ts';
import { HistoryRemovedError } from '../../refusals.ts';
import { appendEvent } from '../conformance.ts';
import type { RetentionPolicy } from '../event-store.ts';
import { relayMigrations } from './migrations.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

const genesisHash = `0x${'ab'.repeat(32)}` as const;
const logger = pino({ level: 'silent' });
const hour = 3_600_000;
const day = 24 * hour;
const start = 1_700_000_000_000;

let pool: pg.Pool;
let drop: () => Promise<void>;
let now = start;
const opened: PostgresEventStore[] = [];

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  pool = openPool(database.url, logger);
});

afterAll(async () => {
  for (const store of opened) await store.stop();
  await pool.end();
  await drop();
});

async function open(policy: RetentionPolicy = { usual: {}, most: {} }): Promise<PostgresEventStore> {
  const store = new PostgresEventStore({ pool, genesisHash, clock: () => now, logger, mostWaiting: 2 ** 28, policy });
  await store.prepare();
  opened.push(store);
  return store;
}

const newStream = (): Address => `0x${randomBytes(20).toString('hex')}`;

function eventOf(stream: Address, sequence: number, timestamp = now): StreamEvent {
  return {
    version: 1,
    stream,
    partition: 0,
    timestamp,
    sequence,
    contentType: 'text/plain',
    encryptionType: 'none',
    era: 0,
    slot: 0,
    content: new Uint8Array(500),
    originType: 'address',
    origin: `0x${'0a'.repeat(20)}`,
    signatureType: 'secp256k1',
    signature: new Uint8Array(65).fill(1)
  };
}

const append = appendEvent;

async function segments(): Promise<{ id: number; class: number; closed_at: number | null }[]> {
  const { rows } = await pool.query<{ id: number; class: number; closed_at: number | null }>(
    'select id, class, closed_at from broker.segment order by id'
  );
  const tables = await pool.query<{ id: number }>(
    `select substring(inhrelid::regclass::text from '\\d+$')::int as id
     from pg_inherits where inhparent = 'broker.event'::regclass order by 1`
  );
  expect(tables.rows.map((row) => row.id)).toEqual(rows.map((row) => row.id));
  return rows;
}

it('carries over what a broker stored before there were segments', async () => {
  await migrate(
    pool,
    'relay',
    relayMigrations.filter(({ version }) => version < 3)
  );
  const stream = newStream();
  const events = Array.from({ length: 30 }, (_, sequence) => eventOf(stream, sequence, start + sequence));
  await pool.query('insert into broker.partition (genesis, stream, partition) values ($1, $2, 0)', [
    Buffer.from(genesisHash.slice(2), 'hex'),
    Buffer.from(stream.slice(2), 'hex')
  ]);
  for (const [offset, event] of events.entries()) {
    await pool.query(
      `insert into broker.event
         (partition_id, log_offset, timestamp, sequence, high_timestamp, stored_at, origin, bytes)
       values (1, $1, $2, $3, $2, $2, $4, $5)`,
      [offset, event.timestamp, event.sequence, Buffer.from(event.origin.slice(2), 'hex'), encodeEvent(event)]
    );
  }
  await pool.query('update broker.partition set next_offset = 30, high_timestamp = $1, stored_at = $1', [start + 29]);

  const store = await open();
  const place = { stream, partition: 0 };
  expect(await store.span(place)).toEqual({ first: 0, next: 30 });
  const records = await store.page(place, 0);
  expect(records.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(
    events.map((event) => Buffer.from(encodeEvent(event)).toString('hex'))
  );
  expect(await store.offsetAt(place, start + 17)).toBe(17);
  expect(await store.countBefore(stream, start + 10, start + 60_000)).toBe(10);
  for (const event of events.slice(0, 3)) expect(await append(store, event)).toBe(event.sequence);
  expect(await append(store, eventOf(stream, 100))).toBe(30);
  await store.setRetention(stream, { bytes: encodeEvent(eventOf(stream, 0)).length * 5 });
  expect(await store.span(place)).toEqual({ first: 26, next: 31 });
});

it('removes by time, drops whole segments, and keeps what others need', async () => {
  now = start + 100 * day;
  const store = await open();
  const [short, long, changing] = [newStream(), newStream(), newStream()];
  await store.setRetention(short, { seconds: 7_200 });
  await store.setRetention(long, { seconds: 20 * 86_400 });
  await store.setRetention(changing, { seconds: 86_400 });
  const from = now;
  for (let passed = 0; passed < 60; passed += 1) {
    now = from + passed * hour;
    for (const stream of [short, long, changing]) await append(store, eventOf(stream, passed));
    await store.maintain(true);
  }
  // Two hours of the one, a day of the other, all of the third; the event of the running hour counts.
  expect(await store.span({ stream: short, partition: 0 })).toEqual({ first: 57, next: 60 });
  expect(await store.span({ stream: changing, partition: 0 })).toEqual({ first: 35, next: 60 });
  expect(await store.span({ stream: long, partition: 0 })).toEqual({ first: 0, next: 60 });
  // Events stay 25 hours for the sake of copies, and at most six more until their segment is through.
  const present = await segments();
  const daily = present.filter((segment) => segment.class === 1);
  expect(daily.length).toBeLessThanOrEqual(7);
  expect(daily.filter((segment) => segment.closed_at === null)).toHaveLength(1);
  const { rows } = await pool.query<{ oldest: number }>(
    `select min(log_offset) as oldest from broker.event join broker.partition on id = partition_id where stream = $1`,
    [Buffer.from(short.slice(2), 'hex')]
  );
  expect(rows[0]?.oldest).toBeGreaterThan(20);
  expect(rows[0]?.oldest).toBeLessThan(35);

  // Kept for longer from now on: what is still in sight is carried over when its segment goes.
  await store.setRetention(changing, { seconds: 20 * 86_400 });
  await store.setRetention(short, null);
  for (let passed = 60; passed < 100; passed += 1) {
    now = from + passed * hour;
    for (const stream of [long, changing]) await append(store, eventOf(stream, passed));
    await store.maintain(true);
  }
  for (const [stream, first, until] of [
    [changing, 35, 100],
    [long, 0, 100],
    [short, 57, 60]
  ] as const) {
    const place = { stream, partition: 0 };
    expect(await store.span(place)).toEqual({ first, next: until });
    const offsets: number[] = [];
    for (let next = 0; ;) {
      const page = await store.page(place, next);
      const last = page.at(-1);
      if (last === undefined) break;
      offsets.push(...page.map((record) => record.offset));
      next = last.offset + 1;
    }
    expect(offsets).toEqual(Array.from({ length: until - first }, (_, index) => first + index));
    expect(await store.offsetAt(place, 0)).toBe(first);
    if (stream !== short) {
      expect(await store.offsetAt(place, from + 80 * hour)).toBe(80);
      expect(await store.countBefore(stream, from + 80 * hour, from + 80 * hour + 60_000)).toBe(80);
    }
  }
  const left = new Set((await segments()).map((segment) => segment.id));
  expect(daily.some((segment) => !left.has(segment.id))).toBe(true);
  const carried = await pool.query<{ first_offset: number }>(
    `select extent.first_offset from broker.extent join broker.segment on segment.id = extent.segment
     join broker.partition on partition.id = partition_id where stream = $1 and segment.class = 30 order by 1`,
    [Buffer.from(changing.slice(2), 'hex')]
  );
  expect(carried.rows[0]?.first_offset).toBe(35);
  // What would have to be looked at is gone: no count rather than a wrong one.
  await expect(store.countBefore(changing, from + 2 * hour, from + 2 * hour + 60_000)).rejects.toThrow(
    HistoryRemovedError
  );
  expect(await append(store, eventOf(changing, 99))).toBe(99);
});

it('keeps streams of which nothing was set as the broker says, and none for longer than its most', async () => {
  now = start + 200 * day;
  const store = await open({ usual: { seconds: 3_600 }, most: { seconds: 10_800, bytes: 10_000_000 } });
  const [usual, own] = [newStream(), newStream()];
  await store.setRetention(own, {});
  const from = now;
  for (let passed = 0; passed < 10; passed += 1) {
    now = from + passed * hour;
    for (const stream of [usual, own]) await append(store, eventOf(stream, passed));
    await store.maintain(false);
  }
  expect(await store.span({ stream: usual, partition: 0 })).toEqual({ first: 8, next: 10 });
  expect(await store.span({ stream: own, partition: 0 })).toEqual({ first: 6, next: 10 });
});

it('reads on while segments are closed, carried over and dropped', async () => {
  now = start + 300 * day;
  const store = await open();
  const stream = newStream();
  const place = { stream, partition: 0 };
  await store.setRetention(stream, { seconds: 86_400 });
  let sequence = 0;
  let reading = true;
  const goesOn = (): boolean => reading;
  const reader = (async () => {
    let next = 0;
    let lost = 0;
    while (goesOn()) {
      const page = await store.page(place, next, next + 7);
      for (const record of page) {
        if (record.offset > next) lost += record.offset - next;
        expect(record.offset).toBeGreaterThanOrEqual(next);
        next = record.offset + 1;
      }
      await store.offsetAt(place, now - 3 * hour);
    }
    return { next, lost };
  })();
  for (let passed = 0; passed < 70; passed += 1) {
    now += hour;
    await Promise.all(Array.from({ length: 20 }, () => append(store, eventOf(stream, sequence++))));
    await store.maintain(true);
  }
  await expect.poll(async () => (await store.page(place, sequence - 1)).length).toBe(1);
  reading = false;
  const { next, lost } = await reader;
  expect(next).toBeLessThanOrEqual(sequence);
  expect(lost).toBeLessThanOrEqual((await store.span(place))?.first ?? 0);
  expect(await store.span(place)).toEqual({ first: sequence - 25 * 20, next: sequence });
});
