import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { eraChangeToJson } from '#sdk/protocol/era-change-encoding';
import { decodeEvent, encodeEvent } from '#sdk/protocol/event-encoding';
import { eventFromJson, eventToJson } from '#sdk/protocol/event-json';
import { decodePublishFrame } from '#sdk/protocol/frame';
import { startSchema } from '#sdk/protocol/messages';
import { addressSchema } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { sessionRequestSchema } from '#sdk/protocol/session';
import { addressOfContext } from '../http/client-address.ts';
import { parseRequest, RequestTooLargeError, respondProblem } from '../http/problem-response.ts';
import { readJson } from './json-body.ts';
import { type Positions, readPositions } from './live-events.ts';
import type { LiveEventsServer } from './live-events-server.ts';
import { RateLimiter } from './rate-limit.ts';
import { ReadPermissionEndedError, TooManyEventsError } from './refusals.ts';
import type { PublishResults } from './publish.ts';
import { createRetentionRoutes } from './retention-routes.ts';
import { createStreamRoutes, type StreamRoutesParts } from './stream-routes.ts';
import { checkPartition, offsetOfEnd, resolveStart } from './subscription.ts';
import type { SessionParts } from './socket-session.ts';

const streamParameter = z.object({ stream: addressSchema });
const number = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const historyQuery = z
  .object({
    partition: number.max(1023).default(0),
    fromOffset: number.optional(),
    fromTimestamp: number.optional(),
    last: number.min(1).max(10_000).optional(),
    limit: number.min(1).max(100_000).default(1_000)
  })
  .refine(
    ({ fromOffset, fromTimestamp, last }) =>
      [fromOffset, fromTimestamp, last].filter((v) => v !== undefined).length <= 1,
    'give only one of fromOffset, fromTimestamp and last'
  );
/** Partitions in one answer with live events: their positions travel in the id of every event. */
const mostLivePartitions = 32;
const liveQuery = z
  .object({
    partition: z
      .string()
      .regex(/^\d{1,4}(?:,\d{1,4})*$/, 'must be numbers with commas between them')
      .default('0')
      .transform((list) => [...new Set(list.split(',').map(Number))])
      .pipe(z.array(z.int().max(1023)).max(mostLivePartitions)),
    fromOffset: number.optional(),
    fromTimestamp: number.optional(),
    last: number.min(1).max(10_000).optional()
  })
  .refine(
    ({ fromOffset, fromTimestamp, last }) =>
      [fromOffset, fromTimestamp, last].filter((v) => v !== undefined).length <= 1,
    'give only one of fromOffset, fromTimestamp and last'
  );
const lastEventId = z
  .string()
  .max(1_024)
  .transform(readPositions)
  .refine((positions) => positions !== null, 'Last-Event-ID is none that this address gave');
const grantsQuery = z.object({ licensee: addressSchema });
const activityQuery = z.object({
  streams: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(addressSchema).min(1).max(500))
});
const eventsBody = z.object({ events: z.array(z.unknown()).min(1) });

/** HTTP of the relay: publish, history, live events, grants, activity, sessions, streams. */
export function createRelayRoutes(
  parts: SessionParts,
  live: LiveEventsServer,
  chain: Pick<StreamRoutesParts, 'catalogue' | 'transactions'>
): Hono {
  const app = new Hono();
  const { limits, logger } = parts;

  const requests = new RateLimiter('address', limits.requestRate);
  const publishers = new RateLimiter('publisher', limits.eventRate);

  /** Counts a request; the answer says what is left, be it a refusal or not. */
  const countRequest: MiddlewareHandler = async (context, next) => {
    const address = addressOfContext(context);
    try {
      requests.take(address);
    } finally {
      context.header('RateLimit-Policy', `${requests.policy}, ${publishers.policy}`);
      context.header('RateLimit', requests.header(address));
    }
    await next();
  };

  /** Results of a batch; where the rate alone stands against all of it, that is the answer. */
  const answer = (context: Context, results: PublishResults, id?: number): Response => {
    const limited = results.map((result) =>
      'problem' in result && result.problem.status === 429 ? result.problem : null
    );
    const problem = limited[0];
    if (problem !== null && problem !== undefined && limited.every((one) => one !== null)) {
      return respondProblem(context, problem);
    }
    return context.json({ ...(id !== undefined && { id }), results });
  };

  app.post(
    '/v1/events',
    countRequest,
    bodyLimit({
      maxSize: limits.message,
      onError: refuseLarge(limits.message)
    }),
    async (context) => {
      const type = (context.req.header('content-type') ?? '').split(';', 1)[0]?.trim();
      if (type === 'application/octet-stream') {
        const { id, events } = decodePublishFrame(new Uint8Array(await context.req.arrayBuffer()));
        if (events.length > limits.eventsPerFrame) throw new TooManyEventsError(limits.eventsPerFrame);
        const { results } = await parts.publisher.publish(events, publishers);
        return answer(context, await results, id);
      }
      if (type !== 'application/json') {
        throw new UnsupportedMediaTypeError('Send application/json, or a publish frame as application/octet-stream.');
      }
      const { events } = parseRequest(eventsBody, await readJson(() => context.req.json()));
      if (events.length > limits.eventsPerFrame) throw new TooManyEventsError(limits.eventsPerFrame);
      return answer(context, await publishJson(parts, events, publishers));
    }
  );

  app.get('/v1/streams/:stream/events', async (context) => {
    const { stream } = parseRequest(streamParameter, context.req.param());
    const query = parseRequest(historyQuery, context.req.query());
    const place = { stream, partition: query.partition };
    await checkPartition(parts, place);
    const account = await parts.sessions.accountOf(context);
    const right = await parts.readers.rightOf(stream, account);
    const span = await parts.store.span(place);
    const stored = span?.next ?? 0;
    const head = right.live ? stored : Math.min(stored, await offsetOfEnd(parts.store, place, right.until));
    const given = { offset: query.fromOffset, timestamp: query.fromTimestamp, last: query.last };
    // Without a start: the newest, as many as the limit allows.
    const wanted = startSchema.safeParse(given).data ?? { offset: Math.max(0, head - query.limit) };
    const first = span?.first ?? 0;
    const start = Math.max(first, await resolveStart(parts.store, place, wanted, head));
    const end = Math.min(head, start + query.limit);
    let next = start;
    const lines = new ReadableStream<Uint8Array>({
      // Called when the client has room: one page at a time is in memory.
      pull: async (controller) => {
        try {
          // Reading may take long: it ends where the right was taken away meanwhile.
          if (next > start && (await parts.readers.rightOf(stream, account)).until < right.until) {
            throw new ReadPermissionEndedError(stream);
          }
          const records = next < end ? await parts.store.page(place, next, end) : [];
          if (records.length === 0) {
            controller.close();
            return;
          }
          next = (records.at(-1)?.offset ?? next) + 1;
          const text = records.map((record) =>
            JSON.stringify({ offset: record.offset, event: eventToJson(decodeEvent(record.bytes)) })
          );
          controller.enqueue(new TextEncoder().encode(`${text.join('\n')}\n`));
          parts.metrics.delivered.inc(records.length);
        } catch (error) {
          // The answer has begun: a broken body is all that can be said.
          logger.warn({ err: error }, 'history broke off');
          controller.error(error);
        }
      }
    });
    return context.body(lines, 200, {
      'content-type': 'application/x-ndjson',
      // What came before was removed by the stream's retention.
      'x-first-offset': String(first),
      'x-next-offset': String(end)
    });
  });

  app.get('/v1/streams/:stream/events/live', async (context) => {
    // For refusals.
    context.header('access-control-allow-origin', '*');
    const { stream } = parseRequest(streamParameter, context.req.param());
    const query = parseRequest(liveQuery, context.req.query());
    const address = addressOfContext(context);
    live.check(address);
    const session = await parts.sessions.holderOf(context);
    const given = { offset: query.fromOffset, timestamp: query.fromTimestamp, last: query.last };
    const wanted = startSchema.safeParse(given).data;
    const id = context.req.header('last-event-id');
    const resumed = id === undefined || id === '' ? null : parseRequest(lastEventId, id);
    const positions: Positions = new Map();
    for (const partition of query.partition) await checkPartition(parts, { stream, partition });
    // What came before the end of a right is to be had as history.
    const right = await parts.readers.rightOf(stream, session?.account ?? null);
    if (!right.live) throw new ReadPermissionEndedError(stream);
    for (const partition of query.partition) {
      const place = { stream, partition };
      const { head } = await parts.distributor.fanOut(place);
      const next = resumed?.get(partition);
      const start = next === undefined ? wanted : { offset: next };
      positions.set(partition, await resolveStart(parts.store, place, start, head));
    }
    const { outgoing } = context.env as { outgoing: ServerResponse };
    live.serve(outgoing, address, stream, positions, session);
    return RESPONSE_ALREADY_SENT;
  });

  app.get('/v1/streams/:stream/grants', async (context) => {
    const { stream } = parseRequest(streamParameter, context.req.param());
    const { licensee } = parseRequest(grantsQuery, context.req.query());
    return context.json({ items: await parts.grants.find(stream, licensee) });
  });

  app.get('/v1/streams/:stream/era-changes', async (context) => {
    const { stream } = parseRequest(streamParameter, context.req.param());
    return context.json({ items: (await parts.eraChanges.find(stream)).map(eraChangeToJson) });
  });

  app.get('/v1/session', async (context) =>
    context.json(await parts.sessions.challenge(), 200, { 'cache-control': 'no-store' })
  );

  app.post(
    '/v1/session',
    countRequest,
    bodyLimit({ maxSize: limits.text, onError: refuseLarge(limits.text) }),
    async (context) => {
      const { message, signature } = parseRequest(sessionRequestSchema, await readJson(() => context.req.json()));
      return context.json(await parts.sessions.open(message, signature), 200, { 'cache-control': 'no-store' });
    }
  );

  app.get('/v1/activity', async (context) => {
    const { streams } = parseRequest(activityQuery, context.req.query());
    return context.json({ items: await parts.store.activity([...new Set(streams)]) });
  });

  app.route('/', createStreamRoutes({ ...parts, ...chain, countRequest }));
  app.route('/', createRetentionRoutes({ ...parts, countRequest }));
  return app;
}

const refuseLarge = (bytes: number) => (): never => {
  throw new RequestTooLargeError(`Send at most ${String(bytes)} bytes at once.`);
};

/** The body is of a type that this address does not take. */
export class UnsupportedMediaTypeError extends TributaryError {
  readonly code = 'unsupported-media-type';
  readonly title = 'The media type is not supported';
  override readonly status = 415;
}

/** Publishes the JSON form; an ill-formed event leaves the others alone. */
async function publishJson(
  parts: SessionParts,
  events: readonly unknown[],
  publishers: RateLimiter
): Promise<PublishResults> {
  const encoded: Uint8Array[] = [];
  const faults = new Map<number, PublishResults[number]>();
  for (const [place, json] of events.entries()) {
    try {
      encoded.push(encodeEvent(eventFromJson(json)));
    } catch (error) {
      faults.set(place, parts.publisher.refuse(error));
    }
  }
  const { results } = await parts.publisher.publish(encoded, publishers);
  const answers = (await results).values();
  return events.flatMap((_, place) => faults.get(place) ?? answers.next().value ?? []);
}
