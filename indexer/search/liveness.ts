import { and, arrayContains, asc, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { HourlyEvents, Liveness, StreamLiveness } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { ProductDocument } from '#sdk/protocol/product-document';
import { hourlyEvents, type CountedMinutes } from '../activity/hours.ts';
import { document, product, streamActivity, streamDay } from '../schema.ts';
import { patienceOf, servedWithin } from './patience.ts';
import type { View } from './view.ts';

type ActivityRow = Omit<typeof streamActivity.$inferSelect, 'recent'>;

/** Liveness but for its hours, which take much more reading. */
export type LivenessNow = Omit<Liveness, 'hourly24h'>;

/** What of a product its liveness follows from. */
export interface LivingProduct {
  readonly id: Hex;
  readonly streams: readonly Address[];
  readonly document: ProductDocument | null;
}

const { recent: _, ...columns } = {
  ...{ stream: streamActivity.stream, checkedAt: streamActivity.checkedAt, nextCheck: streamActivity.nextCheck },
  ...{ events: streamActivity.events, lastEventAt: streamActivity.lastEventAt, recent: streamActivity.recent },
  ...{ minute: streamActivity.minute, perMinute: streamActivity.perMinute, events24h: streamActivity.events24h },
  ...{ observed24h: streamActivity.observed24h, served24h: streamActivity.served24h },
  ...{ longestGap24h: streamActivity.longestGap24h, events30d: streamActivity.events30d },
  ...{ observed30d: streamActivity.observed30d, served30d: streamActivity.served30d }
};

/** Whether the data of products flow, by product; those of which no stream was ever looked at are absent. */
export async function productLiveness(view: View, products: readonly LivingProduct[]): Promise<Map<Hex, LivenessNow>> {
  const streams = [...new Set(products.flatMap((product) => product.streams))];
  if (streams.length === 0) return new Map();
  const rows = await view.database.select(columns).from(streamActivity).where(inArray(streamActivity.stream, streams));
  const byStream = new Map(rows.map((row) => [row.stream, row]));
  return new Map(
    products.flatMap(({ id, streams, document }) => {
      const each = streams.flatMap((stream) => {
        const row = byStream.get(stream);
        return row === undefined ? [] : (livenessOf(row, promiseOf(document, stream), view.now()) ?? []);
      });
      const together = joined(each);
      return together === null ? [] : [[id, together] as const];
    })
  );
}

/** The same, by ids of products. */
export async function livenessById(view: View, ids: readonly Hex[]): Promise<Map<Hex, LivenessNow>> {
  const rows = await view.database
    .select({ id: product.id, streams: product.streams, document: document.content })
    .from(product)
    .leftJoin(document, and(eq(document.hash, product.documentHash), eq(document.state, 'ready')))
    .where(inArray(product.id, [...new Set(ids)]));
  return productLiveness(view, rows);
}

/** The last 24 hours of products, hour by hour; silent ones are there, too. */
async function productHours(
  view: View,
  products: readonly Pick<LivingProduct, 'id' | 'streams'>[]
): Promise<Map<Hex, HourlyEvents>> {
  const minutes = await countedMinutes(
    view,
    products.flatMap(({ streams }) => streams)
  );
  const now = view.now() * 1_000;
  return new Map(
    products.map(({ id, streams }) => [
      id,
      hourlyEvents(
        [...new Set(streams)].flatMap((stream) => minutes.get(stream) ?? []),
        now
      )
    ])
  );
}

/** The same, by ids of products. */
export async function hoursById(view: View, ids: readonly Hex[]): Promise<Map<Hex, HourlyEvents>> {
  const rows = await view.database
    .select({ id: product.id, streams: product.streams })
    .from(product)
    .where(inArray(product.id, [...new Set(ids)]));
  return productHours(view, rows);
}

/**
 * Whether the data of a stream flow, with its days.
 *
 * @param cadence Seconds between events as somebody promised; null where nobody did.
 * @returns null for a stream that was never looked at.
 */
export async function streamLiveness(
  view: View,
  stream: Address,
  cadence: number | null
): Promise<StreamLiveness | null> {
  const [row] = await view.database
    .select(columns)
    .from(streamActivity)
    .where(inArray(streamActivity.stream, [stream]));
  const liveness = row === undefined ? null : livenessOf(row, cadence, view.now());
  if (liveness === null) return null;
  const [days, minutes] = await Promise.all([
    view.database
      .select()
      .from(streamDay)
      .where(inArray(streamDay.stream, [stream]))
      .orderBy(desc(streamDay.day), asc(streamDay.id))
      .limit(31),
    countedMinutes(view, [stream])
  ]);
  return {
    ...liveness,
    hourly24h: hourlyEvents([...minutes.values()], view.now() * 1_000),
    stream,
    days: days.map((day) => ({
      day: new Date(day.day * 86_400_000).toISOString().slice(0, 10),
      events: day.events,
      observed: day.observed,
      longestGap: day.longestGap,
      uptime: cadence === null ? null : share(servedWithin(day.served, cadence), day.observed)
    }))
  };
}

/** Seconds between events of a stream that the products on sale with it promise at best; null where none promises any. */
export async function promisedCadence(view: View, stream: Address): Promise<number | null> {
  const rows = await view.database
    .select({ content: document.content })
    .from(product)
    .innerJoin(document, eq(document.hash, product.documentHash))
    .where(and(eq(product.listed, true), arrayContains(product.streams, [stream]), eq(document.state, 'ready')))
    .limit(20);
  const promises = rows.flatMap(({ content }) => promiseOf(content, stream) ?? []);
  return promises.length === 0 ? null : Math.min(...promises);
}

/** Seconds between events of a stream that a document promises; null where it promises none. */
export function promiseOf(document: ProductDocument | null, stream: Address): number | null {
  return document?.streams.find(({ address }) => address === stream)?.cadence ?? document?.cadence ?? null;
}

/** Minutes that were counted, by stream; those that nobody looked at are absent. */
async function countedMinutes(view: View, streams: readonly Address[]): Promise<Map<Address, CountedMinutes>> {
  if (streams.length === 0) return new Map();
  const rows = await view.database
    .select({
      stream: streamActivity.stream,
      minute: streamActivity.minute,
      // JSON is read many times faster than the driver reads arrays
      recent: sql<(number | null)[]>`to_json(${streamActivity.recent})`
    })
    .from(streamActivity)
    .where(and(inArray(streamActivity.stream, [...new Set(streams)]), isNotNull(streamActivity.checkedAt)));
  return new Map(rows.map(({ stream, ...minutes }) => [stream, minutes]));
}

function livenessOf(row: ActivityRow, cadence: number | null, now: number): LivenessNow | null {
  if (row.checkedAt === null) return null;
  const { lastEventAt, events24h, events30d, observed24h, observed30d } = row;
  return {
    live: lastEventAt !== null && lastEventAt >= (now - patienceOf(cadence)) * 1_000,
    lastEventAt,
    perMinute: row.perMinute,
    perMinute24h: observed24h === 0 ? 0 : events24h / observed24h,
    perMinute30d: observed30d === 0 ? 0 : events30d / observed30d,
    events24h,
    events30d,
    uptime24h: cadence === null ? null : share(servedWithin(row.served24h, cadence), observed24h),
    uptime30d: cadence === null ? null : share(servedWithin(row.served30d, cadence), observed30d),
    longestGap24h: observed24h === 0 ? null : row.longestGap24h * 60,
    checkedAt: row.checkedAt
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.min(1, part / whole);
}

/** Several streams -> one product: sums of events, the worst of what is promised. */
function joined(each: readonly LivenessNow[]): LivenessNow | null {
  if (each.length === 0) return null;
  const sum = (value: (one: LivenessNow) => number) => each.reduce((total, one) => total + value(one), 0);
  const known = (value: (one: LivenessNow) => number | null) => each.flatMap((one) => value(one) ?? []);
  const least = (values: readonly number[]) => (values.length === 0 ? null : Math.min(...values));
  const most = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values));
  return {
    live: each.some(({ live }) => live),
    lastEventAt: most(known(({ lastEventAt }) => lastEventAt)),
    perMinute: sum((one) => one.perMinute),
    perMinute24h: sum((one) => one.perMinute24h),
    perMinute30d: sum((one) => one.perMinute30d),
    events24h: sum((one) => one.events24h),
    events30d: sum((one) => one.events30d),
    uptime24h: least(known(({ uptime24h }) => uptime24h)),
    uptime30d: least(known(({ uptime30d }) => uptime30d)),
    longestGap24h: most(known(({ longestGap24h }) => longestGap24h)),
    checkedAt: Math.min(...each.map(({ checkedAt }) => checkedAt))
  };
}
