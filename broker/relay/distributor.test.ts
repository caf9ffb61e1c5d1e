import { pino } from 'pino';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { decodeEventFrame } from '#sdk/protocol/frame';
import type { StreamEvent } from '#sdk/protocol/event';
import { openPool } from '../database/pool.ts';
import { Distributor } from './distributor.ts';
import type { LiveReader } from './fan-out.ts';
import { appendEvent } from './store/conformance.ts';
import type { LogRecord, PartitionListener } from './store/event-store.ts';
import { PostgresEventStore } from './store/postgres/postgres-event-store.ts';

const logger = pino({ level: 'silent' });
const stream = `0x${'0b'.repeat(20)}` as const;
const database = `broker_distributor_${String(process.pid)}`;
let admin: pg.Client;
let pool: pg.Pool;

beforeAll(async () => {
  const url = new URL(inject('databaseUrl'));
  admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query(`create database ${database}`);
  url.pathname = `/${database}`;
  pool = openPool(url.href, logger);
});

afterAll(async () => {
  await pool.end();
  await admin.query(`drop database ${database} with (force)`);
  await admin.end();
});

it('delivers what was stored without word of it before what came after, in order and once', async () => {
  const place = { stream, partition: 0 };
  const genesisHash = `0x${'cd'.repeat(32)}` as const;
  const log = new PostgresEventStore({ pool, genesisHash, clock: Date.now, logger, mostWaiting: 2 ** 20 });
  await log.prepare();
  const batches: (readonly LogRecord[])[] = [];
  await log.follow(place, { stored: (records) => batches.push(records), grown: () => undefined });
  // The log tells the test, and the test tells the distributor: not everything.
  let listener: PartitionListener | undefined;
  const store = {
    span: () => log.span(place),
    page: (_: typeof place, from: number) => log.page(place, from),
    follow: (_: typeof place, given: PartitionListener) => {
      listener = given;
      return Promise.resolve(() => undefined);
    }
  };
  const distributor = new Distributor({ store, logger, delay: 1, most: 10 });
  const add = async (sequence: number): Promise<void> => {
    const event: StreamEvent = {
      version: 1,
      stream,
      partition: 0,
      timestamp: 1,
      sequence,
      contentType: 'text/plain',
      encryptionType: 'none',
      era: 0,
      slot: 0,
      content: new Uint8Array(),
      originType: 'address',
      origin: stream,
      signatureType: 'secp256k1',
      signature: new Uint8Array(65)
    };
    await appendEvent(log, event);
  };
  await add(0);
  const fanOut = await distributor.fanOut(place);
  expect(fanOut.head).toBe(1);
  const got: number[] = [];
  const reader: LiveReader = {
    next: fanOut.head,
    deliver: (frame) => got.push(...decodeEventFrame(frame).map((record) => record.offset))
  };
  fanOut.add(reader);
  for (const sequence of [1, 2, 3, 4, 5]) await add(sequence);

  // Offsets 1 and 2 were committed on a connection that broke: nobody says so, but 3 is told.
  listener?.stored(batches[3] ?? []);
  listener?.stored(batches[4] ?? []);
  listener?.stored(batches[4] ?? []);
  await expect.poll(() => got).toEqual([1, 2, 3, 4, 5]);

  // Nothing follows, and the uncertain commit did happen.
  await add(6);
  listener?.grown();
  await expect.poll(() => got, { timeout: 5_000 }).toEqual([1, 2, 3, 4, 5, 6]);
  distributor.stop();
  await log.stop();
});
