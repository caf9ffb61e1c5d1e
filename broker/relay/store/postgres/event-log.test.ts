import { pino } from 'pino';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import type { StreamEvent } from '#sdk/protocol/event';
import type { Address } from '#sdk/protocol/primitives';
import { openPool } from '../../../database/pool.ts';
import { appendEvent } from '../conformance.ts';
import type { PartitionPlace } from '../event-store.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

const genesis = `0x${'ab'.repeat(32)}` as const;
const logger = pino({ level: 'silent' });
const database = `broker_log_${String(process.pid)}`;
let admin: pg.Client;
let pool: pg.Pool;
let place: PartitionPlace;
let streamNumber = 0;
let stream: Address;
const opened: PostgresEventStore[] = [];
const now = 1_700_000_000_000;

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

async function openLog() {
  const log = new PostgresEventStore({ pool, genesisHash: genesis, clock: () => now, logger, mostWaiting: 2 ** 28 });
  opened.push(log);
  const told = { grown: 0 };
  await log.follow(place, { stored: () => undefined, grown: () => (told.grown += 1) });
  return { log, told };
}

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
  for (const store of opened) await store.stop();
  await pool.end();
  await admin.query(`drop database ${database} with (force)`);
  await admin.end();
});

beforeEach(() => {
  stream = `0x${(++streamNumber).toString(16).padStart(40, '0')}`;
  place = { stream, partition: 0 };
});

it('reports a commit whose outcome is unknown, and finds out when the event is sent again', async () => {
  const { log, told } = await openLog();
  await appendEvent(log, eventOf(0));
  // The row is locked, so that the statement is under way when its connection is ended.
  const rival = await pool.connect();
  await rival.query('begin');
  await rival.query('select 1 from broker.partition where stream = $1 for update', [
    Buffer.from(stream.slice(2), 'hex')
  ]);
  const outcome = appendEvent(log, eventOf(1)).catch((error: unknown) => error);
  await expect
    .poll(async () => {
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = $1 and wait_event_type = 'Lock' and query like '%broker.append_batch%'`,
        [database]
      );
      return rowCount;
    })
    .toBe(1);
  expect(await outcome).toMatchObject({ code: 'database-unavailable' });
  await expect.poll(() => told.grown).toBeGreaterThan(0);
  await rival.query('rollback');
  rival.release();
  expect(await appendEvent(log, eventOf(1))).toBe(1);
});
