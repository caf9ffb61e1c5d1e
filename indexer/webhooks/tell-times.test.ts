import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { noticeSchema } from '#sdk/protocol/notices';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { createDatabase } from '../../test/database.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import { license, type EarlyEnd } from '../schema/licenses.ts';
import { webhook, webhookDelivery } from '../schema/notices.ts';
import { fillMarket, productId } from '../search/judged/market.ts';
import { offer } from '../schema/offers.ts';
import { dropDeliveries } from './drop-deliveries.ts';
import { tellTimes } from './tell-times.ts';

/** Unix seconds at which the licence was bought, and at which it ends. */
const bought = 1_900_000_000;
const until = bought + 10_000;
const buyer: Address = `0x${'b'.repeat(40)}`;
const zeros: Hex = `0x${'0'.repeat(64)}`;
let database: { url: string; drop(): Promise<void> };
let open: OpenDatabase;
let seller: Address;
let offerId: Hex;

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'));
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
  const [sold] = await open.database
    .select()
    .from(offer)
    .where(eq(offer.product, productId(0)));
  seller = sold?.seller ?? buyer;
  offerId = sold?.id ?? zeros;
});

beforeEach(async () => {
  for (const table of [license, webhook, webhookDelivery]) await open.database.delete(table);
});

afterAll(async () => {
  await open.close();
  await database.drop();
});

async function hold(id: string, ended: EarlyEnd | null = null): Promise<void> {
  await open.database.insert(license).values({
    ...{ id, offer: offerId, product: productId(0), licensee: buyer, from: bought, until, publicKey: zeros },
    ...{ paid: '1', refunded: '0', spent: '0', endedEarly: ended, purchases: 1, purchasedAtBlock: 1 },
    ...{ purchasedAt: bought, transactionHash: zeros }
  });
}

async function listen(id: string, account: Address, lead: number): Promise<void> {
  await open.database.insert(webhook).values({
    ...{ id, account, url: 'https://example.com/', kinds: ['license.expiring', 'license.ended'], watched: [], lead },
    ...{ createdAt: bought * 1_000, keyId: 'one' }
  });
}

const look = (marketNow: number) => tellTimes(open.database, { now: marketNow * 1_000, marketNow });

/** What was told to whom. */
async function told(): Promise<string[]> {
  const rows = await open.database.select().from(webhookDelivery).orderBy(webhookDelivery.sequence);
  return rows.map(({ webhook: to, body }) => {
    const notice = noticeSchema.parse(JSON.parse(body));
    return `${to} ${notice.type} ${'license' in notice.data ? notice.data.license : ''}`;
  });
}

const one = `${zeros}-${buyer}`;

it('tells each side once that a licence will end, as long before as it asked, and then that it ended', async () => {
  await hold(one);
  await listen('buyer', buyer, 3_600);
  await listen('seller', seller, 600);
  expect(await look(until - 3_601)).toBe(0);
  expect(await look(until - 3_600)).toBe(1);
  expect(await look(until - 3_599)).toBe(0);
  expect(await look(until - 600)).toBe(1);
  expect(await look(until - 1)).toBe(0);
  expect(await told()).toEqual([`buyer license.expiring ${one}`, `seller license.expiring ${one}`]);
  expect(await look(until)).toBe(2);
  expect(await look(until + 1)).toBe(0);
  expect((await told()).slice(2).sort()).toEqual([`buyer license.ended ${one}`, `seller license.ended ${one}`]);
});

it('tells it anew of the end that a renewal brought, and of neither end that was left behind', async () => {
  await hold(one);
  await listen('buyer', buyer, 3_600);
  await look(until - 3_600);
  await open.database.update(license).set({ until: until + 50_000 });
  expect(await look(until)).toBe(0);
  expect(await look(until + 50_000 - 3_600)).toBe(1);
  expect(await told()).toEqual([`buyer license.expiring ${one}`, `buyer license.expiring ${one}`]);
});

it.each(['CANCELLED', 'REVOKED'] as const)('tells nothing ahead of a licence that was %s', async (ended) => {
  await hold(one, ended);
  await listen('buyer', buyer, 3_600);
  expect(await look(until - 60)).toBe(0);
  expect(await look(until)).toBe(0);
});

it('tells nobody who came when it was over, nor long after it', async () => {
  await hold(one);
  await listen('late', buyer, 3_600);
  await open.database.update(webhook).set({ createdAt: (until + 1) * 1_000 });
  expect(await look(until + 2)).toBe(0);
  await open.database.update(webhook).set({ createdAt: bought * 1_000 });
  expect(await look(until + 86_400)).toBe(0);
  expect(await look(until + 86_399)).toBe(1);
});

const statesAndEnds = async () => {
  const rows = await open.database.select().from(webhookDelivery).orderBy(webhookDelivery.sequence);
  return rows.map(({ state, body }) => {
    const { data } = noticeSchema.parse(JSON.parse(body));
    return [state, 'until' in data ? data.until : null];
  });
};
const arrive = () => open.database.update(webhookDelivery).set({ state: 'delivered', nextTry: null, tried: 1 });

it('tells it once while one process takes over from another, and after a restart', async () => {
  await hold(one);
  await listen('buyer', buyer, 3_600);
  await Promise.all([look(until - 3_600), look(until - 3_600)]);
  await arrive();
  const restarted = openDatabase(database.url, () => undefined);
  expect(await tellTimes(restarted.database, { now: (until - 60) * 1_000, marketNow: until - 60 })).toBe(0);
  await restarted.close();
  expect(await told()).toEqual([`buyer license.expiring ${one}`]);
});

it('tells it once also when that was longer ago than deliveries are kept', async () => {
  const day = 86_400;
  const end = bought + 40 * day;
  await hold(one);
  await open.database.update(license).set({ until: end });
  await listen('buyer', buyer, 30 * day);
  expect(await look(bought + 10 * day)).toBe(1);
  await arrive();
  for (const later of [18, 30, 39]) {
    await dropDeliveries(open.database, (bought + later * day) * 1_000);
    expect(await look(bought + later * day)).toBe(0);
  }
  expect(await look(end)).toBe(1);
  await arrive();
  await dropDeliveries(open.database, (end + 10 * day) * 1_000);
  expect(await told()).toEqual([]);
});

it.each(['CANCELLED', 'REVOKED'] as const)(
  'withdraws what waits ahead of a licence that was %s',
  async (endedEarly) => {
    await hold(one);
    await listen('buyer', buyer, 3_600);
    await look(until - 3_600);
    await open.database.update(license).set({ endedEarly, until: until - 3_599 });
    expect(await look(until - 3_598)).toBe(0);
    expect(await statesAndEnds()).toEqual([['withdrawn', until]]);
  }
);

it('withdraws what waits when the licence is renewed, and tells it when the chain takes the renewal back', async () => {
  await hold(one);
  await listen('buyer', buyer, 3_600);
  await look(until - 3_600);
  await open.database.update(license).set({ until: until + 50_000 });
  await look(until - 3_599);
  expect(await statesAndEnds()).toEqual([['withdrawn', until]]);
  await open.database.update(license).set({ until });
  await look(until - 3_598);
  await look(until - 3_597);
  expect(await statesAndEnds()).toEqual([
    ['withdrawn', until],
    ['pending', until]
  ]);
});
