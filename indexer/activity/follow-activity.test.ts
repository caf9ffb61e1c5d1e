import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Activity } from '#sdk/protocol/activity';
import { productQuerySchema } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { createDatabase } from '../../test/database.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import { product, streamActivity } from '../schema.ts';
import { fillMarket, marketSchemas, productId } from '../search/judged/market.ts';
import { judgedProducts } from '../search/judged/products.ts';
import { hoursById, streamLiveness } from '../search/liveness.ts';
import { createPostgresEngine } from '../search/postgres/engine.ts';
import { findProducts, productsById, productsWithHours } from '../search/products.ts';
import type { View } from '../search/view.ts';
import { followActivity, type ActivityFollower } from './follow-activity.ts';

const minute = 60_000;
const start = 20_000 * 86_400_000 + 12 * 3_600_000;
let now = start;

let open: OpenDatabase;
let drop: () => Promise<void>;
let view: View;
let broker: Server;
let asked: string[] = [];
/** What the broker does: counters by stream, or something else than it should. */
let answer: ((streams: readonly string[]) => { status: number; body: string }) | null = null;
let counters = new Map<string, Partial<Activity>>();
let follower: ActivityFollower;

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
  await open.database.delete(streamActivity);
  const engine = createPostgresEngine();
  view = { database: open.database, engine, now: () => Math.floor(now / 1_000), schemas: () => marketSchemas };
  broker = createServer((request, response) => {
    const streams = new URL(request.url ?? '', 'http://broker').searchParams.get('streams')?.split(',') ?? [];
    asked.push(...streams);
    const { status, body } = answer?.(streams) ?? {
      status: 200,
      body: JSON.stringify({
        items: streams.map((stream) => ({
          ...{ stream, events: 0, lastEventAt: null, perMinute: new Array<number>(60).fill(0) },
          ...counters.get(stream)
        }))
      })
    };
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  broker.close();
  await open.close();
  await drop();
});

beforeEach(async () => {
  asked = [];
  answer = null;
  counters = new Map();
  await open.database.delete(streamActivity);
  await open.database.execute(sql`truncate indexer.stream_day`);
  // nothing is due until a test says so: looks happen when it asks for them
  follower = followActivity({
    leads: () => true,
    database: open.database,
    brokerUrl: `http://127.0.0.1:${String((broker.address() as AddressInfo).port)}`,
    logger: pino({ level: 'silent' }),
    clock: () => now,
    rowOptions: () => ({ schemas: marketSchemas, now: view.now() })
  });
});

afterEach(() => follower.stop());

const [wind] = [judgedProducts.findIndex(({ key }) => key === 'tokyo-weather')];
const tokyo = productId(wind);
const stream: Address = `0x${(10_000 + wind).toString(16).padStart(40, '0')}`;

/** Makes streams due; the rows come with the rows of search in earnest. */
async function makeDue(streams: readonly Address[], due = now): Promise<void> {
  await open.database.insert(streamActivity).values(
    streams.map((one) => ({
      ...{ stream: one, checkedAt: null, nextCheck: due, events: 0, lastEventAt: null, recent: [], minute: 0 },
      ...{ perMinute: 0, events24h: 0, observed24h: 0, served24h: [0, 0, 0, 0], longestGap24h: 0 },
      ...{ events30d: 0, observed30d: 0, served30d: [0, 0, 0, 0] }
    }))
  );
}

/** Until the follower, which looks by itself, too, has seen what is due. */
async function seen(one: Address, after: number): Promise<typeof streamActivity.$inferSelect> {
  for (;;) {
    await follower.look().catch(() => undefined);
    const [row] = await open.database.select().from(streamActivity).where(eq(streamActivity.stream, one));
    if (row?.checkedAt != null && row.checkedAt >= after) return row;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const nothing = new Array<null>(23).fill(null);
const counts = (last: readonly number[]) => [...new Array<number>(60 - last.length).fill(0), ...last];

describe('following the counters of a broker', () => {
  it('makes a product live, found as such, and dead again when nothing comes', async () => {
    counters.set(stream, { events: 500, lastEventAt: now - 5_000, perMinute: counts([2, 2, 2, 2, 2, 1]) });
    await makeDue([stream]);
    await seen(stream, now);
    const [living] = await productsById(view, [tokyo]);
    expect(living?.liveness).toMatchObject({ live: true, perMinute: 2, events24h: 10, lastEventAt: now - 5_000 });
    // a cadence of a minute: five of 59 minutes were served
    expect(living?.liveness?.uptime24h).toBeCloseTo(5 / 59);
    const live = async (value: 'true' | 'false') =>
      (await findProducts(view, productQuerySchema.parse({ live: value, limit: 100 }))).items.some(
        ({ productId: id }) => id === tokyo
      );
    expect(await live('true')).toBe(true);

    now += 10 * minute;
    counters.set(stream, {
      events: 500,
      lastEventAt: now - 605_000,
      perMinute: counts([2, 2, 2, 2, 2, 1, ...new Array<number>(10).fill(0)])
    });
    const row = await seen(stream, now);
    expect(row.nextCheck).toBe(now + minute);
    expect((await productsById(view, [tokyo]))[0]?.liveness).toMatchObject({
      live: false,
      perMinute: 0,
      events24h: 11
    });
    expect(await live('true')).toBe(false);
    expect(await live('false')).toBe(true);
  });

  it('keeps days and tells of them', async () => {
    counters.set(stream, { events: 90, lastEventAt: now, perMinute: counts(new Array<number>(30).fill(3)) });
    await makeDue([stream]);
    await seen(stream, now);
    const found = await streamLiveness(view, stream, 60);
    expect(found).toMatchObject({ stream, live: true, events30d: 87, uptime24h: 1 });
    expect(found?.days).toEqual([
      { day: new Date(now).toISOString().slice(0, 10), events: 87, observed: 29, longestGap: 0, uptime: 1 }
    ]);
  });

  it('tells of the last 24 hours, hour by hour', async () => {
    now += 20_000;
    counters.set(stream, { events: 500, lastEventAt: now, perMinute: counts([2, 2, 2, 2, 2, 1]) });
    await makeDue([stream]);
    await seen(stream, now);
    const until = Math.floor(now / minute) * minute;
    const hour = { until, events: [...nothing, 10], observed: [...new Array<number>(23).fill(0), 59] };
    expect((await productsWithHours(view, [tokyo])).get(tokyo)?.liveness?.hourly24h).toEqual(hour);
    expect((await streamLiveness(view, stream, null))?.hourly24h).toEqual(hour);
    expect((await hoursById(view, [tokyo])).get(tokyo)).toEqual(hour);

    now += 26 * 60 * minute;
    expect((await productsWithHours(view, [tokyo])).get(tokyo)?.liveness?.hourly24h?.events).toEqual([
      ...nothing,
      null
    ]);
    now -= 3 * 60 * minute;
    const older = (await productsWithHours(view, [tokyo])).get(tokyo)?.liveness?.hourly24h;
    expect(older?.events).toEqual([10, ...nothing]);
  });

  it('asks idle streams ever more seldom', async () => {
    await makeDue([stream]);
    const delays: number[] = [];
    for (let check = 0; check < 10; check += 1) {
      const row = await seen(stream, now);
      delays.push((row.nextCheck - now) / 1_000);
      now = row.nextCheck;
    }
    expect(delays).toEqual([15, 30, 60, 120, 240, 480, 960, 1_800, 1_800, 1_800]);
  });

  it('asks for a hundred streams at once, and forgets those that nobody sells', async () => {
    const unsold: Address = `0x${'f'.repeat(40)}`;
    const rows = await open.database.select({ streams: product.streams }).from(product);
    const sold = rows.flatMap(({ streams }) => streams);
    await makeDue([unsold, ...sold]);
    await seen(sold.at(-1) ?? stream, now);
    while ((await follower.look()) > 0);
    expect(new Set(asked)).toEqual(new Set(sold));
    expect(await open.database.select().from(streamActivity).where(eq(streamActivity.stream, unsold))).toEqual([]);
  });

  it.each([
    ['a failure', { status: 500, body: '{}' }],
    ['something else', { status: 200, body: '{"items":[{"stream":"0x12"}]}' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['a flood', { status: 200, body: `{"items":[${' '.repeat(300_000)}]}` }]
  ])('leaves what is known alone when the broker answers with %s', async (_, wrong) => {
    counters.set(stream, { events: 5, lastEventAt: now, perMinute: counts([5, 0]) });
    await makeDue([stream]);
    const before = await seen(stream, now);
    now += 2 * minute;
    answer = () => wrong;
    await expect(follower.look()).rejects.toMatchObject({ code: 'activity-unavailable' });
    const [after] = await open.database.select().from(streamActivity).where(eq(streamActivity.stream, stream));
    expect(after).toEqual(before);
  });
});
