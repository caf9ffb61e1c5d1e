import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { createDatabase } from '../../test/database.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import { license, type EarlyEnd } from '../schema/licenses.ts';
import { offer } from '../schema/offers.ts';
import { expiryClock, outbox } from '../schema/outbox.ts';
import { fillMarket, productId } from '../search/judged/market.ts';
import { readMessages } from './read.ts';
import { tellExpiry } from './tell-expiry.ts';

const begin = 1_900_000_000;
const day = 86_400;
const buyer: Address = `0x${'b'.repeat(40)}`;
const zeros: Hex = `0x${'0'.repeat(64)}`;
let database: { url: string; drop(): Promise<void> };
let open: OpenDatabase;
let offerId: Hex;
let seller: Address;

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'));
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
  const [sold] = await open.database
    .select()
    .from(offer)
    .where(eq(offer.product, productId(0)));
  offerId = sold?.id ?? zeros;
  seller = sold?.seller ?? buyer;
});
beforeEach(async () => {
  await open.database.execute(sql`truncate ${license}, ${outbox}, ${expiryClock}`);
});
afterAll(async () => {
  await open.close();
  await database.drop();
});

async function hold(id: string, until: number, ended: EarlyEnd | null = null): Promise<void> {
  await open.database.insert(license).values({
    ...{ id, offer: offerId, product: productId(0), licensee: buyer, from: begin, until, publicKey: zeros },
    ...{ paid: '1', refunded: '0', spent: '0', endedEarly: ended, purchases: 1, purchasedAtBlock: 1 },
    ...{ purchasedAt: begin, transactionHash: zeros }
  });
}

const tell = (now: number) => tellExpiry(open.database, now);
/** What was told: of which licence, how long ahead. */
async function told(): Promise<string[]> {
  const messages = await readMessages(open.database, 0, 100);
  return messages.flatMap(({ kind, payload }) =>
    kind === 'licenseExpiring' ? `${payload.license} ${String(payload.ahead)}` : []
  );
}

it('tells a day, an hour and five minutes ahead, once each', async () => {
  const until = begin + 3 * day;
  await hold('one', until);
  for (const [now, count] of [
    [begin, 0],
    [until - day - 1, 0],
    [until - day, 1],
    [until - day + 1, 0],
    [until - 3_600, 1],
    [until - 300, 1],
    [until, 0]
  ] as const) {
    expect([now, await tell(now)]).toEqual([now, count]);
  }
  expect(await told()).toEqual(['one 86400', 'one 3600', 'one 300']);
  const [message] = await readMessages(open.database, 0, 1);
  expect(message).toMatchObject({ block: null, undoes: null, payload: { until, seller, licensee: buyer } });
  expect(message?.subjects).toEqual(expect.arrayContaining([buyer, seller, offerId, productId(0), 'one']));
});

it('tells what passed while nobody looked, the nearest alone, and nothing that is over', async () => {
  await tell(begin);
  await hold('soon', begin + 2 * day);
  await hold('over', begin + day + 10);
  expect(await tell(begin + 2 * day - 60)).toBe(1);
  expect(await told()).toEqual(['soon 300']);
});

it('is silent of what was bought for less, has ended early, or was there before anybody looked', async () => {
  await hold('before', begin + 1_800);
  await tell(begin);
  await hold('short', begin + 1_800);
  await hold('left', begin + 7_200, 'CANCELLED');
  expect(await tell(begin + 1)).toBe(0);
  expect(await tell(begin + 3_600)).toBe(0);
});

it('tells of an end anew when a renewal has moved it', async () => {
  await tell(begin);
  await hold('one', begin + 2 * 3_600);
  expect(await tell(begin + 3_600)).toBe(1);
  await open.database.update(license).set({ until: begin + 3 * 3_600 });
  expect(await tell(begin + 3_700)).toBe(0);
  expect(await tell(begin + 2 * 3_600)).toBe(1);
});

it('goes back with a chain that went back, but not for clocks that differ a little', async () => {
  await tell(begin);
  await hold('one', begin + 3 * 3_600);
  expect(await tell(begin + 2 * 3_600)).toBe(1);
  expect(await tell(begin + 2 * 3_600 - 60)).toBe(0);
  expect(await tell(begin + 2 * 3_600 + 1)).toBe(0);
  expect(await tell(begin)).toBe(0);
  // Bought after it went back, for a time that had been passed before.
  await hold('two', begin + 5_000);
  expect(await tell(begin + 1_400)).toBe(1);
  expect(await tell(begin + 2 * 3_600)).toBe(1);
  expect(await told()).toEqual(['one 3600', 'two 3600', 'one 3600']);
});

it('tells once when several look at the same time', async () => {
  await tell(begin);
  await hold('one', begin + 2 * 3_600);
  const counts = await Promise.all(Array.from({ length: 5 }, () => tell(begin + 3_600)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
});
