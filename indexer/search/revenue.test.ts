import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { RevenueBucket } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { createDatabase } from '../../test/database.ts';
import { graphqlServer } from '../api/graphql/server.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import {
  deposit,
  karmaChange,
  license,
  offer,
  product,
  purchase,
  type EarlyEnd,
  type SettlementKind
} from '../schema.ts';
import { revenueOf } from './revenue.ts';
import { boundariesOf, startOfUnit } from './revenue-buckets.ts';
import type { View } from './view.ts';

const day = 86_400;
/** Monday, 1 January 2029. */
const start = Date.UTC(2029, 0, 1) / 1_000;
const seller: Address = `0x${'5'.repeat(40)}`;
const word = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`;
const account = (number: number): Address => `0x${number.toString(16).padStart(40, '0')}`;

let open: OpenDatabase;
let drop: () => Promise<void>;
let now = start + 4 * day;
let log = 0;
const view = () => ({ database: open.database, now: () => now }) as View;

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
});
afterAll(async () => {
  await open.close();
  await drop();
});

async function list(id: number, settlement: SettlementKind, price: string): Promise<void> {
  const shared = { seller, pricePerSecond: price, streams: [], documentHash: word(0), listed: true, revenue: '0' };
  await open.database.insert(offer).values({
    ...{ ...shared, id: word(id), product: word(id), productNumber: String(id), beneficiary: seller },
    ...{ minimumPeriod: 1, maximumPeriod: 31_536_000, boundary: day, feeBasisPoints: 100, settlement },
    ...{ oracle: null, events: '0', deliveryPeriod: 0, attestationSchema: null, attesters: [], termsHash: word(0) },
    ...{ position: id, listedAtBlock: 1, listedAt: start, retiredAt: null },
    ...{ refunded: '0', withdrawn: '0', fees: '0' }
  });
  await open.database.insert(product).values({
    ...{ ...shared, id: word(id), number: String(id), currentOffer: word(id) },
    ...{ createdAtBlock: 1, createdAt: start, purchases: 0 }
  });
}

interface Bought {
  readonly at: number;
  readonly from: number;
  readonly until: number;
  readonly paid: bigint;
}

/** A licence as the index has it at the end, with the purchases that made it. */
async function buy(
  offerId: number,
  licensee: Address,
  purchases: readonly Bought[],
  ended?: { until: number; at: number; by: EarlyEnd }
): Promise<void> {
  const id = `${word(offerId)}-${licensee}`;
  const last = purchases.at(-1);
  await open.database.insert(license).values({
    ...{ id, offer: word(offerId), product: word(offerId), licensee, from: purchases[0]?.from ?? 0 },
    until: ended?.until ?? last?.until ?? 0,
    ...{ publicKey: word(1), paid: String(purchases.reduce((sum, { paid }) => sum + paid, 0n)), refunded: '0' },
    ...{ spent: '0', settledUntil: null, endedEarly: ended?.by ?? null, endReasonHash: null },
    ...{ endedEarlyAt: ended?.at ?? null, attestation: null, flagPoints: null, flagReasonHash: null },
    ...{ flaggedAt: null, flagAnswerHash: null, latestDeposit: null, purchases: purchases.length },
    ...{ purchasedAtBlock: last?.at ?? 0, purchasedAt: last?.at ?? 0, transactionHash: word(1) }
  });
  await open.database.insert(purchase).values(
    purchases.map(({ at, from, until, paid }) => ({
      ...{ id: `${word(at)}-${String(log++)}`, license: id, payer: licensee, from, until, paid: String(paid) },
      ...{ publicKey: word(1), block: at, timestamp: at, transactionHash: word(at), licensee, seller }
    }))
  );
}

const credit = (role: 'SELLER' | 'BUYER', who: Address, offerId: number, at: number, points: bigint) =>
  open.database.insert(karmaChange).values({
    ...{ id: `${word(at)}-${String(log++)}`, account: who, role, offer: word(offerId), units: '0', balance: '0' },
    ...{ points: String(points), block: at, timestamp: at, position: log }
  });

const told = async (of: Partial<Parameters<typeof revenueOf>[2]> = {}) =>
  (await revenueOf(view(), seller, { period: 'day', from: start, to: now + 1, ...of })).buckets;
const column = (buckets: readonly RevenueBucket[], name: keyof RevenueBucket) => buckets.map((bucket) => bucket[name]);

it('divides the calendar in UTC', () => {
  expect(startOfUnit('day', start + 5)).toBe(start);
  expect(startOfUnit('week', start + 6 * day + 86_399)).toBe(start);
  expect(startOfUnit('week', start - 1)).toBe(start - 7 * day);
  expect(startOfUnit('month', start + 30 * day)).toBe(start);
  expect(boundariesOf('month', start + 5, start + 31 * day + 1)).toEqual([start, start + 31 * day, start + 59 * day]);
  expect(boundariesOf('day', start, start + day)).toEqual([start, start + day]);
});

it('tells day by day what was paid, earned, flowed back, withdrawn and is held, to the wei', async () => {
  // By the second at 10^20 wei, more than floating numbers hold exactly.
  const price = 10n ** 20n + 1n;
  await list(1, 'BY_SECOND', String(price));
  const noon = start + day / 2;
  const days = (count: number) => price * BigInt(count * day);
  // from noon of day 1 to noon of day 3; renewed on day 2 to noon of day 4
  await buy(1, account(1), [
    { at: noon, from: noon, until: noon + 2 * day, paid: days(2) },
    { at: noon + day, from: noon + 2 * day, until: noon + 3 * day, paid: days(1) }
  ]);
  // two days from noon of day 1 and one more, left at midnight after day 2, bought again at noon of day 3 for one day
  const midnight = start + 2 * day;
  await buy(1, account(2), [
    { at: noon, from: noon, until: noon + 2 * day, paid: days(2) },
    { at: noon + 5, from: noon + 2 * day, until: noon + 3 * day, paid: days(1) },
    { at: noon + 2 * day - 7, from: noon + 2 * day - 7, until: noon + 3 * day - 7, paid: days(1) }
  ]);
  await credit('BUYER', account(2), 1, midnight, price);
  // three days, revoked after one
  await buy(1, account(3), [{ at: start, from: start, until: start + 3 * day, paid: days(3) }], {
    ...{ until: start + day, at: start + day, by: 'REVOKED' }
  });
  await credit('SELLER', seller, 1, start + 2 * day + 5, days(1));

  now = start + 3 * day + day / 4;
  const buckets = await told();
  expect(column(buckets, 'from')).toEqual([0, 1, 2, 3].map((count) => start + count * day));
  expect(column(buckets, 'paid')).toEqual([days(8), days(1), days(1), 0n].map(String));
  const half = days(1) / 2n;
  const seven = 7n * price;
  expect(column(buckets, 'earned')).toEqual(
    // first: half of 1 and 2, all of 3; then 1 and 2; then 1, and 2 since noon less seven seconds; then until six
    [days(2), days(2), days(1) + half + seven, half].map(String)
  );
  // what was left on the boundary of a day belongs to the day that begins
  expect(column(buckets, 'refunded')).toEqual([0n, days(2), days(1) + half, 0n].map(String));
  expect(column(buckets, 'withdrawn')).toEqual([0n, 0n, days(1), 0n].map(String));
  expect(column(buckets, 'unearned')).toEqual([days(6), days(3), days(1) - seven, half - seven].map(String));
  expect(column(buckets, 'due')).toEqual([days(2), days(4), days(4) + half + seven, days(5) + seven].map(String));
  expect(column(buckets, 'licenses')).toEqual([3, 0, 0, 0]);
  expect(column(buckets, 'renewals')).toEqual([1, 1, 1, 0]);
  // only the first purchase of account 1 ran out, and the next followed
  expect(column(buckets, 'ended')).toEqual([0, 0, 1, 0]);
  expect(column(buckets, 'renewed')).toEqual([0, 0, 1, 0]);
});

it('counts what is settled at once with the purchase, and what is settled by events when it is judged', async () => {
  await list(2, 'AT_ONCE', '1');
  await list(3, 'BY_EVENT', '1');
  now = start + 40 * day;
  const first = start + 35 * day;
  await buy(2, account(1), [{ at: first + 5, from: first + 5, until: first + 105, paid: 100n }], {
    ...{ until: first + 50, at: first + 50, by: 'REVOKED' }
  });
  const ended = first + 2 * day;
  await buy(3, account(1), [{ at: first, from: first, until: first + 4 * day, paid: BigInt(4 * day) }], {
    ...{ until: ended, at: ended - 60, by: 'CANCELLED' }
  });
  // Cut to two days, of which one and a half were delivered.
  await open.database.insert(deposit).values({
    ...{ id: 'a', offer: word(3), license: `${word(3)}-${account(1)}`, cohort: 'a', licensee: account(1) },
    ...{ since: first, until: ended, alone: true, previous: null, amount: String(4 * day), madeAtBlock: 1 },
    ...{ madeAt: first, spent: String(1.5 * day), refund: String(2.5 * day), closedAt: ended + 60 }
  });
  await credit('SELLER', seller, 3, ended + 60, BigInt(1.5 * day));
  await credit('SELLER', seller, 2, first + 5, 100n);
  const buckets = await told({ from: first });
  expect(column(buckets, 'paid').slice(0, 3)).toEqual([String(100 + 4 * day), '0', '0']);
  expect(column(buckets, 'earned').slice(0, 3)).toEqual(['100', '0', String(1.5 * day)]);
  expect(column(buckets, 'withdrawn').slice(0, 3)).toEqual(['100', '0', String(1.5 * day)]);
  expect(column(buckets, 'refunded').slice(0, 3)).toEqual(['0', String(2 * day), String(0.5 * day)]);
  const held = column(buckets, 'unearned').map((wei) => BigInt(wei));
  expect(held.slice(0, 3)).toEqual([BigInt(4 * day), BigInt(2 * day), 0n]);
  expect(column(buckets, 'ended').every((count) => count === 0)).toBe(true);
});

it('adds up to the same whatever the unit, and tells who reads by field', async () => {
  now = start + 40 * day;
  const sum = (buckets: readonly RevenueBucket[], name: 'paid' | 'earned' | 'refunded' | 'withdrawn') =>
    buckets.reduce((total, bucket) => total + BigInt(bucket[name]), 0n);
  const [byDay, byWeek, byMonth] = [await told(), await told({ period: 'week' }), await told({ period: 'month' })];
  expect([byDay.length, byWeek.length, byMonth.length]).toEqual([41, 6, 2]);
  for (const name of ['paid', 'earned', 'refunded', 'withdrawn'] as const) {
    expect(sum(byWeek, name)).toBe(sum(byDay, name));
    expect(sum(byMonth, name)).toBe(sum(byDay, name));
  }
  // all ran out by now: what was paid was earned or flowed back
  expect(sum(byDay, 'paid')).toBe(sum(byDay, 'earned') + sum(byDay, 'refunded'));
  expect(byDay.at(-1)?.unearned).toBe('0');
  now = start + day / 2 + 60;
  const { fields } = await revenueOf(view(), seller, { period: 'day' });
  expect(fields).toMatchObject([{ category: null, licenses: 5 }]);
});

it('is told over GraphQL as over REST', async () => {
  const said = await revenueOf(view(), seller, { period: 'week', from: start, to: now + 1 });
  expect(said.buckets.some(({ paid }) => paid !== '0')).toBe(true);
  const server = graphqlServer(
    {
      ...{ view: view(), logger: pino({ level: 'silent' }) },
      readiness: () => Promise.reject(new TypeError('nobody asks whether it is ready'))
    },
    open.pool,
    { enter: () => () => undefined, open: () => Promise.reject(new TypeError('nothing subscribes here')) },
    { read: () => Promise.reject(new TypeError('nothing is past here')) }
  );
  const ask = async (given: string) => {
    const amounts = 'from until paid earned refunded withdrawn unearned due licenses renewals ended renewed';
    const source = `{ sellerRevenue(${given}) {
      seller at buckets { ${amounts} } fields { category subscribers licenses paid } } }`;
    const headers = { 'content-type': 'application/json' };
    const request = new Request('http://index/graphql', {
      ...{ method: 'POST', headers },
      body: JSON.stringify({ query: source })
    });
    return (await (await server(request, 'test')).json()) as { data?: unknown; errors?: unknown[] };
  };
  const { data, errors } = await ask(
    `seller: "${seller}", period: WEEK, from: "${String(start)}", to: "${String(now + 1)}"`
  );
  expect(errors).toBeUndefined();
  const { period: _, at, buckets, ...rest } = said;
  expect(data).toEqual({
    sellerRevenue: {
      ...{ ...rest, at: String(at) },
      buckets: buckets.map((bucket) => ({ ...bucket, from: String(bucket.from), until: String(bucket.until) }))
    }
  });
  for (const given of [`seller: "${seller}", from: 2, to: 1`, 'seller: "0x12"']) {
    expect((await ask(given)).errors).toHaveLength(1);
  }
});
