import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDatabase } from '../../test/database.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import { journal, permission, type FactRow } from '../schema.ts';
import { statementAtBlock } from './facts-at-block.ts';

let open: OpenDatabase;
let drop: () => Promise<void>;
const stream = `0x${'5'.repeat(40)}` as const;
const row = (account: string, until: number): FactRow<'permission'> => ({
  ...{ id: `${stream}-${account}`, stream, account: `0x${account.repeat(40)}`, permission: 'READ', until },
  grantor: stream
});

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  // given in block 10, changed in 20 and 30; made in 25; never touched since
  await open.database.insert(permission).values([row('a', 3), row('b', 7), row('c', 9)]);
  await open.database.insert(journal).values([
    { block: 10, fact: 'permission', id: row('a', 0).id, image: null },
    { block: 20, fact: 'permission', id: row('a', 0).id, image: row('a', 1) },
    { block: 30, fact: 'permission', id: row('a', 0).id, image: row('a', 2) },
    { block: 25, fact: 'permission', id: row('b', 0).id, image: null }
  ]);
});

afterAll(async () => {
  await open.close();
  await drop();
});

const untilAt = async (block: number, text: string) =>
  (await open.pool.query<{ until: string }>(statementAtBlock(text, block))).rows.map(({ until }) => Number(until));

it.each([
  [9, [9]],
  [10, [1, 9]],
  [19, [1, 9]],
  [20, [2, 9]],
  [25, [2, 7, 9]],
  [30, [3, 7, 9]],
  [99, [3, 7, 9]]
])('are as they were in block %i', async (block, expected) => {
  expect(
    await untilAt(block, 'select "until" from "indexer"."permission" order by "indexer"."permission"."id"')
  ).toEqual(expected);
});

it('are read by statements with queries of their own, and joined', async () => {
  const text = `
    with mine as (select "indexer"."permission"."id" from "indexer"."permission" where "until" < 9)
    select other."until" from mine join "indexer"."permission" other on other.id = mine.id order by other."until"`;
  expect(await untilAt(20, text)).toEqual([2]);
  expect(await untilAt(25, text)).toEqual([2, 7]);
});
