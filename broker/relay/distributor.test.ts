import { pino } from 'pino';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { decodeEventFrame } from '#sdk/protocol/frame';
import type { StreamEvent } from '#sdk/protocol/event';
import { migrate } from '../database/migrate.ts';
import { openPool } from '../database/pool.ts';
import { Distributor } from './distributor.ts';
import type { LiveReader } from './fan-out.ts';
import { EventLog, type LogRecord } from './store/event-log.ts';
import { relayMigrations } from './store/migrations.ts';
import { PartitionTable } from './store/partitions.ts';
import { Replay } from './store/replay.ts';

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
  await migrate(pool, 'relay', relayMigrations);
});

afterAll(async () => {
  await pool.end();
  await admin.query(`drop database ${database} with (force)`);
  await admin.end();
});

it('delivers what was stored without word of it before what came after, in order and once', async () => {
  const partitions = new PartitionTable(pool, `0x${'cd'.repeat(32)}`);
  const distributor = new Distributor({ partitions, replay: new Replay(pool), logger, delay: 1, most: 10 });
  const partitionId = await partitions.idOf({ stream, partition: 0 });
  const batches: (readonly LogRecord[])[] = [];
  const log = new EventLog({
    pool,
    clock: Date.now,
    logger,
    mostWaiting: 2 ** 20,
    onCommit: (_, records) => batches.push(records),
    onUncertain: () => undefined
  });
  const store = async (sequence: number): Promise<void> => {
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
    await log.append({ partitionId, event, bytes: encodeEvent(event) });
  };
  await store(0);
  const fanOut = await distributor.fanOut(partitionId);
  expect(fanOut.head).toBe(1);
  const got: number[] = [];
  const reader: LiveReader = {
    next: fanOut.head,
    deliver: (frame) => got.push(...decodeEventFrame(frame).map((record) => record.offset))
  };
  fanOut.add(reader);
  for (const sequence of [1, 2, 3, 4, 5]) await store(sequence);

  // Offsets 1 and 2 were committed on a connection that broke: nobody says so, but 3 is told.
  distributor.committed(partitionId, batches[3] ?? []);
  distributor.committed(partitionId, batches[4] ?? []);
  distributor.committed(partitionId, batches[4] ?? []);
  await expect.poll(() => got).toEqual([1, 2, 3, 4, 5]);

  // Nothing follows, and the uncertain commit did happen.
  await store(6);
  distributor.uncertain(new Set([partitionId]));
  await expect.poll(() => got, { timeout: 5_000 }).toEqual([1, 2, 3, 4, 5, 6]);
  distributor.stop();
});
