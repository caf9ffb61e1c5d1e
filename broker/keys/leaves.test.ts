import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { leafCount } from '#sdk/protocol/complete-subtree';
import { createDatabase } from '../../test/database.ts';
import { migrate } from '../database/migrate.ts';
import { openPool } from '../database/pool.ts';
import { type LeafHolder, LeafTable } from './leaves.ts';
import { keysMigrations } from './migrations.ts';

const genesis = `0x${'03'.repeat(32)}` as const;
const issuer = `0x${'01'.repeat(20)}` as const;
const stream = `0x${'02'.repeat(20)}` as const;
const holder = (number: number): LeafHolder => ({
  offerId: `0x${'04'.repeat(32)}`,
  licensee: `0x${number.toString(16).padStart(40, '0')}`,
  recipient: `0x${'05'.repeat(32)}`
});

let database: Awaited<ReturnType<typeof createDatabase>>;
let pool: pg.Pool;
let table: LeafTable;

const assign = async (bucketEnd: number, one: LeafHolder, by = table): Promise<number | undefined> =>
  (await by.assign(stream, [{ ...one, bucketEnd }]))[0];

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'));
  pool = openPool(database.url, pino({ level: 'silent' }));
  await migrate(pool, 'keys', keysMigrations);
  table = new LeafTable(pool, genesis, issuer);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('gives each licence one leaf per bucket and key, also to many who ask at once', async () => {
  const asked = Array.from({ length: 60 }, (_, place) => holder(place % 20));
  const leaves = await Promise.all(asked.map((one) => assign(60, one)));
  const byHolder = new Map(asked.map((one, place) => [one.licensee, leaves[place]]));
  expect(leaves).toEqual(asked.map((one) => byHolder.get(one.licensee)));
  expect(new Set(byHolder.values()).size).toBe(20);
  expect(await table.find(stream, 59)).toHaveLength(20);
  expect(await table.find(stream, 60)).toEqual([]);
});

it('gives another leaf for another key, bucket, stream or issuer, and finds those of one licence', async () => {
  const one = holder(1000);
  const other: LeafHolder = { ...one, recipient: `0x${'06'.repeat(32)}` };
  const first = await assign(120, one);
  expect(await assign(120, other)).not.toBe(first);
  expect(await assign(120, one)).toBe(first);
  expect(await assign(180, one)).toBe(0);
  expect(await assign(120, holder(1), new LeafTable(pool, genesis, stream))).toBe(0);
  expect((await table.find(stream, 0, one)).map(({ bucketEnd, recipient }) => [bucketEnd, recipient])).toEqual([
    [120, one.recipient],
    [120, other.recipient],
    [180, one.recipient]
  ]);
});

it('has none left when all are taken, and gives none away twice', async () => {
  await pool.query('insert into broker.bucket values ($1, $2, $3, 240, $4)', [
    ...[genesis, issuer, stream].map((hex) => Buffer.from(hex.slice(2), 'hex')),
    leafCount - 1
  ]);
  expect(await assign(240, holder(1))).toBe(leafCount - 1);
  expect(await assign(240, holder(2))).toBeUndefined();
  expect(await assign(240, holder(1))).toBe(leafCount - 1);
});

it('gives many leaves at once, to each one and no more than there are', async () => {
  const many = Array.from({ length: 30 }, (_, place) => ({
    ...holder(place % 25),
    bucketEnd: place % 2 === 0 ? 300 : 360
  }));
  const [leaves, again] = await Promise.all([table.assign(stream, many), table.assign(stream, many)]);
  expect(again).toEqual(leaves);
  for (const bucketEnd of [300, 360]) {
    const held = await table.find(stream, bucketEnd - 1);
    const ofBucket = held.filter((leaf) => leaf.bucketEnd === bucketEnd);
    const asked = many.filter((one) => one.bucketEnd === bucketEnd);
    expect(new Set(ofBucket.map(({ leaf }) => leaf)).size).toBe(new Set(asked.map(({ licensee }) => licensee)).size);
    for (const [place, one] of many.entries()) {
      if (one.bucketEnd !== bucketEnd) continue;
      expect(ofBucket.find(({ licensee }) => licensee === one.licensee)?.leaf).toBe(leaves[place]);
    }
  }
  await pool.query('insert into broker.bucket values ($1, $2, $3, 420, $4)', [
    ...[genesis, issuer, stream].map((hex) => Buffer.from(hex.slice(2), 'hex')),
    leafCount - 3
  ]);
  const last = await table.assign(
    stream,
    Array.from({ length: 5 }, (_, place) => ({ ...holder(place), bucketEnd: 420 }))
  );
  expect(last).toEqual([leafCount - 3, leafCount - 2, leafCount - 1, undefined, undefined]);
});

it('names its numbering once, and not where leaves were given before there was a name', async () => {
  // Leaves were given above.
  expect(await table.isNumbered()).toBe(true);
  expect(await table.book()).toBe('');
  const other = new LeafTable(pool, genesis, `0x${'0a'.repeat(20)}`);
  expect(await other.isNumbered()).toBe(false);
  const name = await other.book();
  expect(name).toMatch(/^[0-9a-f]{16}$/);
  expect(await other.isNumbered()).toBe(true);
  await assign(60, holder(1), other);
  expect(await other.book()).toBe(name);
});
