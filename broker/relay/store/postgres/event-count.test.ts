import { pino } from 'pino';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StreamEvent } from '#sdk/protocol/event';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import type { Address } from '#sdk/protocol/primitives';
import { createDatabase } from '../../../../test/database.ts';
import { openPool } from '../../../database/pool.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

const genesis = `0x${'ab'.repeat(32)}` as const;
const logger = pino({ level: 'silent' });
const start = 1_700_000_000_000;
const second = 1_000;

let pool: pg.Pool;
let drop: () => Promise<void>;
let streams = 0;
let sequence = 0;
let now = start;

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  pool = openPool(database.url, logger);
  await openStore().prepare();
});

afterAll(async () => {
  await pool.end();
  await drop();
});

const openStore = () =>
  new PostgresEventStore({ pool, genesisHash: genesis, clock: () => now, logger, mostWaiting: 2 ** 28 });

/** A new stream, and how events get into its log. */
function newStream() {
  const stream: Address = `0x${(++streams).toString(16).padStart(40, '0')}`;
  const log = openStore();
  /** Stores events with these timestamps in one batch. */
  const store = async (storedAt: number, timestamps: readonly number[], partition = 0) => {
    now = storedAt;
    await Promise.all(
      timestamps.map((timestamp) => {
        const event: StreamEvent = {
          version: 1,
          stream,
          partition,
          timestamp,
          sequence: sequence++,
          contentType: 'text/plain',
          encryptionType: 'none',
          era: 0,
          slot: 0,
          content: new Uint8Array(1),
          originType: 'address',
          origin: `0x${'0a'.repeat(20)}`,
          signatureType: 'secp256k1',
          signature: new Uint8Array(65).fill(1)
        };
        return log.append({ event, bytes: encodeEvent(event) });
      })
    );
  };
  return { stream, store };
}

describe('the count of a stream before a time', () => {
  it('does not change by what comes later, nor by the removal of what was stored long before', async () => {
    const { stream, store } = newStream();
    const counter = openStore();
    for (let minute = 0; minute < 20; minute += 1) {
      const at = start + minute * 60 * second;
      await store(at, [at, at + 1, at + 2]);
    }
    const time = start + 15 * 60 * second;
    const count = await counter.countBefore(stream, time, time + 30 * second);
    expect(count).toBe(45);
    // An event with an old timestamp, after the wait.
    await store(time + 3_600 * second, [time - 1]);
    expect(await counter.countBefore(stream, time, time + 30 * second)).toBe(count);
    // It counts when it came.
    expect(await counter.countBefore(stream, time + 3_600 * second, time + 3_630 * second)).toBe(61);
    const { rowCount } = await pool.query(
      `delete from broker.event using broker.partition
       where partition_id = id and stream = $1 and event.stored_at < $2`,
      [Buffer.from(stream.slice(2), 'hex'), time - 5 * 60 * second]
    );
    expect(rowCount).toBe(30);
    expect(await counter.countBefore(stream, time, time + 30 * second)).toBe(count);
  });
});
