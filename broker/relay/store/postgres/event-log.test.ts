import { pino } from 'pino';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { StreamEvent } from '#sdk/protocol/event';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import type { Address } from '#sdk/protocol/primitives';
import { openPool } from '../../../database/pool.ts';
import { BrokerBusyError, EventConflictError } from '../../refusals.ts';
import type { LogRecord, PartitionPlace } from '../event-store.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

const genesis = `0x${'ab'.repeat(32)}` as const;
const logger = pino({ level: 'silent' });
const database = `broker_log_${String(process.pid)}`;
let admin: pg.Client;
let pool: pg.Pool;
let place: PartitionPlace;
let streamNumber = 0;
let stream: Address;
let now = 1_700_000_000_000;

function eventOf(sequence: number, changes: Partial<StreamEvent> = {}): StreamEvent {
  return {
    version: 1,
    stream,
    partition: 0,
    timestamp: 1_700_000_000_000,
    sequence,
    contentType: 'text/plain',
    encryptionType: 'none',
    era: 0,
    slot: 0,
    content: new TextEncoder().encode(`event ${String(sequence)}`),
    originType: 'address',
    origin: `0x${'0a'.repeat(20)}`,
    signatureType: 'secp256k1',
    signature: new Uint8Array(65).fill(1),
    ...changes
  };
}

const entryOf = (event: StreamEvent) => ({ event, bytes: encodeEvent(event) });

async function openLog(mostWaiting = 2 ** 28) {
  const log = new PostgresEventStore({ pool, genesisHash: genesis, clock: () => now, logger, mostWaiting });
  const told = { committed: [] as LogRecord[], grown: 0 };
  await log.follow(place, {
    stored: (records) => told.committed.push(...records),
    grown: () => (told.grown += 1)
  });
  return { log, told, committed: told.committed };
}

const offsets = (records: readonly LogRecord[]) => records.map((record) => record.offset);
const upTo = (count: number) => Array.from({ length: count }, (_, place) => place);

beforeAll(async () => {
  place = { stream: `0x${'00'.repeat(20)}`, partition: 0 };
  const url = new URL(inject('databaseUrl'));
  admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query(`create database ${database}`);
  url.pathname = `/${database}`;
  pool = openPool(url.href, logger);
  await (await openLog()).log.prepare();
});

afterAll(async () => {
  await pool.end();
  await admin.query(`drop database ${database} with (force)`);
  await admin.end();
});

beforeEach(() => {
  stream = `0x${(++streamNumber).toString(16).padStart(40, '0')}`;
  place = { stream, partition: 0 };
});

describe('EventLog', () => {
  it('hands out offsets without gaps in the order of arrival', async () => {
    const { log, committed } = await openLog();
    const given = await Promise.all(upTo(5000).map((sequence) => log.append(entryOf(eventOf(sequence)))));
    expect(given).toEqual(upTo(5000));
    expect(offsets(committed)).toEqual(upTo(5000));
    const stored = await log.page(place, 4998);
    expect(stored.map((record) => Buffer.from(record.bytes))).toEqual(
      [4998, 4999].map((sequence) => Buffer.from(encodeEvent(eventOf(sequence))))
    );
  });

  it('gives an identical event its old offset and refuses a different one, in one batch and later', async () => {
    const { log, committed } = await openLog();
    const different = eventOf(0, { contentType: 'text/html' });
    const first = await Promise.allSettled([
      log.append(entryOf(eventOf(0))),
      log.append(entryOf(eventOf(0))),
      log.append(entryOf(different)),
      log.append(entryOf(eventOf(1)))
    ]);
    expect(
      first.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as unknown)))
    ).toEqual([0, 0, expect.any(EventConflictError), 1]);
    expect(await log.append(entryOf(eventOf(0)))).toBe(0);
    await expect(log.append(entryOf(different))).rejects.toThrow(EventConflictError);
    expect(await log.append(entryOf(eventOf(2)))).toBe(2);
    expect(offsets(committed)).toEqual([0, 1, 2]);
  });

  it('leaves no gap and stores nothing twice when two brokers write the same partition', async () => {
    const logs = [(await openLog()).log, (await openLog()).log];
    const given = await Promise.all(
      upTo(600).flatMap((sequence) => logs.map((log) => log.append(entryOf(eventOf(sequence)))))
    );
    const [ours, theirs] = [0, 1].map((side) => given.filter((_, place) => place % 2 === side));
    expect(ours).toEqual(theirs);
    expect([...new Set(given)].sort((a, b) => a - b)).toEqual(upTo(600));
  });

  it('refuses what it cannot hold and takes more once something was stored', async () => {
    const { log } = await openLog(1000);
    const [first, second] = await Promise.allSettled([
      log.append(entryOf(eventOf(0))),
      log.append(entryOf(eventOf(1, { content: new Uint8Array(900) })))
    ]);
    expect(first).toEqual({ status: 'fulfilled', value: 0 });
    expect(second).toMatchObject({ reason: expect.any(BrokerBusyError) as BrokerBusyError });
    expect(await log.append(entryOf(eventOf(1)))).toBe(1);
  });

  it('reports a commit whose outcome is unknown, and finds out when the event is sent again', async () => {
    const { log, told } = await openLog();
    await log.append(entryOf(eventOf(0)));
    // The row is locked, so that the statement is under way when its connection is ended.
    const rival = await pool.connect();
    await rival.query('begin');
    await rival.query('select 1 from broker.partition where stream = $1 for update', [
      Buffer.from(stream.slice(2), 'hex')
    ]);
    const outcome = log.append(entryOf(eventOf(1))).catch((error: unknown) => error);
    await expect
      .poll(async () => {
        const { rowCount } = await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = $1 and wait_event_type = 'Lock' and query like '%advanced%'`,
          [database]
        );
        return rowCount;
      })
      .toBe(1);
    expect(await outcome).toMatchObject({ code: 'database-unavailable' });
    await expect.poll(() => told.grown).toBe(1);
    await rival.query('rollback');
    rival.release();
    expect(await log.append(entryOf(eventOf(1)))).toBe(1);
  });
});

describe('Replay', () => {
  it('finds the first event at or after a time, though timestamps go back along the log', async () => {
    const { log } = await openLog();
    const times = [100, 50, 200, 150, 300, 300, 250];
    for (const [sequence, timestamp] of times.entries()) await log.append(entryOf(eventOf(sequence, { timestamp })));
    for (const asked of [0, 50, 51, 100, 101, 180, 200, 201, 300, 301]) {
      const expected = times.findIndex((timestamp) => timestamp >= asked);
      expect([asked, await log.offsetAt(place, asked)]).toEqual([asked, expected === -1 ? times.length : expected]);
    }
  });

  it('bounds a page by bytes, and always makes progress', async () => {
    const { log } = await openLog();
    const content = new Uint8Array(256 * 1024);
    await Promise.all(upTo(20).map((sequence) => log.append(entryOf(eventOf(sequence, { content })))));
    const seen: number[] = [];
    for (let pages = 0; ; pages += 1) {
      const page = await log.page(place, seen.length);
      if (page.length === 0) {
        expect(pages).toBeGreaterThan(1);
        break;
      }
      expect(page.reduce((sum, record) => sum + record.bytes.length, 0)).toBeLessThan(3 * 1024 * 1024);
      seen.push(...offsets(page));
    }
    expect(seen).toEqual(upTo(20));
  });
});

describe('ActivityReader', () => {
  it('counts events per minute of the broker, all partitions together', async () => {
    const { log } = await openLog();
    now = 1_700_000_040_000;
    await log.append(entryOf(eventOf(0)));
    now += 2 * 60_000;
    await log.append(entryOf(eventOf(1)));
    await log.append(entryOf(eventOf(2, { partition: 1 })));
    const unknown: Address = `0x${'ee'.repeat(20)}`;
    const [activity, silent] = await log.activity([stream, unknown]);
    expect(activity).toMatchObject({ stream, events: 3, lastEventAt: now });
    expect(activity?.perMinute.slice(-4)).toEqual([0, 1, 0, 2]);
    expect(silent).toEqual({ stream: unknown, events: 0, lastEventAt: null, perMinute: upTo(60).map(() => 0) });
    now += 59 * 60_000;
    expect((await log.activity([stream]))[0]?.perMinute).toEqual([2, ...upTo(59).map(() => 0)]);
  });
});
