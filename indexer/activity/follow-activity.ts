import { and, asc, inArray, lte, notExists, sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { activityListSchema, type Activity } from '#sdk/protocol/activity';
import { TributaryError } from '#sdk/protocol/problem';
import type { Address } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import { product, streamActivity, streamDay } from '../schema.ts';
import { refreshSearchRows, type SearchRowOptions } from '../search/postgres/rows.ts';
import { mergeActivity, type MergedActivity } from './minutes.ts';

/** Streams of one request, and bytes that an answer may have. */
const streamsAtOnce = 100;
const longestAnswer = 256 * 1024;
/** Milliseconds that a request may take, between two looks for due streams, and of the longest back-off. */
const patience = 10_000;
const interval = 2_000;
const longestBackoff = 60_000;
/** Milliseconds until a stream is asked about again: with events in the last hour, and without, growing. */
const livelyCheck = 60_000;
const firstCheck = 15_000;
const idleCheck = 1_800_000;
/** Days that are kept, and those that "30 days" are. */
const daysKept = 31;
const longWindow = 30;
const millisecondsPerDay = 86_400_000;

/** The broker does not tell its counters. */
export class ActivityUnavailableError extends TributaryError {
  readonly code = 'activity-unavailable';
  readonly title = "The broker's counters cannot be read";
  override readonly status = 503;
}

export interface FollowActivityOptions {
  readonly database: Database;
  /** Where the broker answers. */
  readonly brokerUrl: string;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  clock(): number;
  /** What the rows of search depend on. */
  rowOptions(): SearchRowOptions;
  /** Whether this process is the one that writes: what is counted twice would be added twice. */
  leads(): boolean;
}

export interface ActivityFollower {
  /** Looks for due streams at once. */
  wake(): void;
  /** One look: asks about the streams that are due, up to a hundred. Returns how many were. */
  look(): Promise<number>;
  stop(): Promise<void>;
}

/** Asks a broker for its public counters of the streams that are sold, until stopped, and keeps what they say. */
export function followActivity(options: FollowActivityOptions): ActivityFollower {
  const { database, brokerUrl, logger, clock } = options;
  const stopping = new AbortController();
  let waiting = new AbortController();
  let looking: Promise<number> = Promise.resolve(0);

  // two at once would both begin with what was known before, and count the same minutes twice
  function look(): Promise<number> {
    looking = looking.catch(() => 0).then(lookOnce);
    return looking;
  }

  async function lookOnce(): Promise<number> {
    const due = await database
      .select()
      .from(streamActivity)
      .where(lte(streamActivity.nextCheck, clock()))
      .orderBy(asc(streamActivity.nextCheck))
      .limit(streamsAtOnce);
    if (due.length === 0) return 0;
    const forgotten = new Set(
      await forgetUnsold(
        database,
        due.map(({ stream }) => stream)
      )
    );
    const asked = due.filter(({ stream }) => !forgotten.has(stream));
    if (asked.length === 0) return due.length;
    const asking = Math.floor(clock() / 60_000);
    const told = new Map(
      (
        await readActivity(
          brokerUrl,
          asked.map(({ stream }) => stream)
        )
      ).map((one) => [one.stream, one])
    );
    const now = clock();
    // the counters end with the minute that runs: which one that is must be certain
    if (Math.floor(now / 60_000) !== asking) return due.length;
    const merged = asked.flatMap((row) => {
      const one = told.get(row.stream);
      if (one === undefined) return [];
      const known = row.checkedAt === null ? null : row;
      return [{ stream: row.stream, next: now + nextDelay(row, one, now), merged: mergeActivity(known, one, now) }];
    });
    await store(merged, now);
    return due.length;
  }

  async function store(
    rows: readonly { readonly stream: Address; readonly next: number; readonly merged: MergedActivity }[],
    now: number
  ): Promise<void> {
    const today = Math.floor(now / millisecondsPerDay);
    const streams = rows.map(({ stream }) => stream);
    await database.transaction(async (transaction) => {
      await writeDays(transaction, rows);
      await transaction.execute(sql`
        update ${streamActivity} known set checked_at = ${now}, next_check = told.next, events = told.events,
          last_event_at = told.last_event_at, recent = told.recent, minute = told.minute, per_minute = told.per_minute,
          events_24h = told.events_24h, observed_24h = told.observed_24h, served_24h = told.served_24h,
          longest_gap_24h = told.longest_gap_24h, events_30d = coalesce(days.events, 0),
          observed_30d = coalesce(days.observed, 0), served_30d = coalesce(days.served, '{0,0,0,0}')
        from json_to_recordset(${JSON.stringify(rows.map(rowOf))}::json) as told (stream text, next bigint, events bigint,
          last_event_at bigint, recent int[], minute bigint, per_minute real, events_24h bigint, observed_24h int,
          served_24h int[], longest_gap_24h int)
        left join lateral (
          select sum(events)::bigint as events, sum(observed)::int as observed,
            array[sum(served[1]), sum(served[2]), sum(served[3]), sum(served[4])]::int[] as served
          from ${streamDay} where stream = told.stream and day > ${today - longWindow}) days on true
        where known.stream = told.stream`);
      await transaction
        .delete(streamDay)
        .where(and(inArray(streamDay.stream, streams), lte(streamDay.day, today - daysKept)));
      // a stream that fell silent changes what it is found by, too
      const lately = rows.filter(({ merged }) => (merged.lastEventAt ?? 0) > now - 2 * millisecondsPerDay);
      await refreshSearchRows(transaction, { streams: lately.map(({ stream }) => stream) }, options.rowOptions());
    });
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted;) {
      waiting = new AbortController();
      let wait = interval;
      try {
        if (options.leads() && (await look()) === streamsAtOnce) wait = 0;
        if (failures > 0) logger.info("the broker's counters can be read again");
        failures = 0;
      } catch (error) {
        failures += 1;
        wait = Math.min(longestBackoff, interval * 2 ** Math.min(failures, 10));
        if (failures === 1)
          logger.warn({ error }, "the broker's counters cannot be read; trying again ever more seldom");
      }
      // a new block wakes, but does not hurry a broker that is away
      const signal = failures > 0 ? stopping.signal : AbortSignal.any([stopping.signal, waiting.signal]);
      if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    look,
    wake: () => {
      waiting.abort();
    },
    async stop() {
      stopping.abort();
      await running;
    }
  };
}

/** Milliseconds until a stream is asked about again. */
function nextDelay(
  row: { readonly checkedAt: number | null; readonly nextCheck: number },
  { lastEventAt }: Activity,
  now: number
): number {
  if (lastEventAt !== null && lastEventAt > now - 3_600_000) return livelyCheck;
  if (row.checkedAt === null) return firstCheck;
  return Math.min(idleCheck, 2 * Math.max(firstCheck, row.nextCheck - row.checkedAt));
}

/** Streams that no product holds any more, nor ever did by now: their rows go. */
async function forgetUnsold(database: Database, streams: readonly Address[]): Promise<Address[]> {
  const gone = await database
    .delete(streamActivity)
    .where(
      and(
        inArray(streamActivity.stream, [...streams]),
        notExists(
          database
            .select({ id: product.id })
            .from(product)
            .where(sql`${product.streams} @> array[${streamActivity.stream}]`)
        )
      )
    )
    .returning({ stream: streamActivity.stream });
  return gone.map(({ stream }) => stream);
}

function rowOf({ stream, next, merged }: { stream: Address; next: number; merged: MergedActivity }) {
  const { events, lastEventAt, recent, minute, perMinute, day } = merged;
  return {
    ...{ stream, next, events, last_event_at: lastEventAt, recent, minute, per_minute: perMinute },
    ...{ events_24h: day.events, observed_24h: day.observed, served_24h: day.served, longest_gap_24h: day.longestGap }
  };
}

async function writeDays(
  database: Database,
  rows: readonly { readonly stream: Address; readonly merged: MergedActivity }[]
): Promise<void> {
  const days = rows.flatMap(({ stream, merged }) =>
    [...merged.added].map(([day, sums]) => ({
      ...{ id: `${stream}-${String(day)}`, stream, day, events: sums.events, observed: sums.observed },
      ...{ served: sums.served, longest_gap: sums.longestGap }
    }))
  );
  await database.execute(sql`
    insert into ${streamDay} as known (id, stream, day, events, observed, served, longest_gap)
    select id, stream, day, events, observed, served, longest_gap
    from json_to_recordset(${JSON.stringify(days)}::json) as fresh (id text, stream text, day int, events bigint,
      observed int, served int[], longest_gap int)
    on conflict (id) do update set events = known.events + excluded.events, observed = known.observed + excluded.observed,
      served = array[known.served[1] + excluded.served[1], known.served[2] + excluded.served[2],
        known.served[3] + excluded.served[3], known.served[4] + excluded.served[4]],
      longest_gap = greatest(known.longest_gap, excluded.longest_gap)`);
}

/**
 * Public counters of streams.
 *
 * @throws {@link ActivityUnavailableError} when the broker does not answer in time, or not as it should.
 */
async function readActivity(brokerUrl: string, streams: readonly Address[]): Promise<Activity[]> {
  const url = `${brokerUrl.replace(/\/$/, '')}/v1/activity?streams=${streams.join(',')}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience), redirect: 'error' });
    if (!response.ok) {
      await response.body?.cancel();
      throw new ActivityUnavailableError(`The broker answers ${String(response.status)}. Check BROKER_URL.`);
    }
    return activityListSchema.parse(JSON.parse(await textOf(response))).items;
  } catch (cause) {
    if (cause instanceof ActivityUnavailableError) throw cause;
    throw new ActivityUnavailableError('The broker does not tell its counters. Check that it runs at BROKER_URL.', {
      cause
    });
  }
}

/** The body of an answer, as long as it is not too long. */
async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.byteLength;
    if (length > longestAnswer) throw new ActivityUnavailableError('The answer of the broker is too long.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
