import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { setTimeout as sleep } from 'node:timers/promises';
import { searchMatchEventSchema } from '#sdk/protocol/saved-searches';
import type { ServerEnvironment } from './environment.ts';
import type { LiveMessages } from './live-messages.ts';
import { refusals } from './openapi.ts';
import { clientAddress, networkOf } from './rate-limit.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';
import { accountOf, signedIn } from './signed-in.ts';

/** Milliseconds between two looks, between two signs of life, and after which a client that lost us comes again. */
const lookInterval = 2_000;
const aliveInterval = 15_000;
const comeAgain = 2_000;
/** Matches that are read at once. */
const readAtOnce = 50;

const momentSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const events = createRoute({
  method: 'get',
  path: '/v1/searches/events',
  operationId: 'hearSearchMatches',
  summary: 'Hear what comes to match the account’s searches',
  description:
    'Server-sent events named "match", one for each product that newly matches a saved search, within seconds. Whoever ' +
    'comes again with Last-Event-ID (or after: Unix milliseconds) misses nothing that is remembered.',
  tags: ['notices'],
  security: signedIn,
  request: {
    query: z.object({ after: momentSchema.optional() }),
    headers: z.object({ 'last-event-id': momentSchema.optional() })
  },
  responses: {
    200: { description: 'Matches.', content: { 'text/event-stream': { schema: searchMatchEventSchema } } },
    ...refusals(401, 422, 429)
  }
});

/** GET /v1/searches/events: what comes to match the searches of the account that asks, as it comes. */
export function searchEventRoutes(services: Services, live: LiveMessages): OpenAPIHono<ServerEnvironment> {
  const { searches, logger, clock } = services;
  const routes = createRoutes();
  routes.openapi(events, (context) => {
    const account = accountOf(context, services);
    let after = context.req.valid('header')['last-event-id'] ?? context.req.valid('query').after ?? clock();
    const leave = live.enter(networkOf(clientAddress(context)));
    context.header('X-Accel-Buffering', 'no');
    return streamSSE(
      context,
      async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => {
          gone.abort();
        });
        const alive = setInterval(() => void stream.write(': still here\n\n'), aliveInterval);
        try {
          await stream.write(`retry: ${String(comeAgain)}\n\n`);
          while (!gone.signal.aborted) {
            const matches = await searches.matchesAfter(account, after, readAtOnce);
            for (const [place, match] of matches.entries()) {
              // of several that came at once the last one's id stands for all
              const isLast = matches[place + 1]?.matchedAt !== match.matchedAt;
              const id = isLast ? { id: String(match.matchedAt) } : {};
              await stream.writeSSE({ ...id, event: 'match', data: JSON.stringify(match) });
              after = match.matchedAt;
            }
            if (matches.length > 0) continue;
            await sleep(lookInterval, undefined, { signal: gone.signal }).catch(() => undefined);
          }
        } finally {
          clearInterval(alive);
          leave();
        }
      },
      (error) => {
        // the client comes again and is told what is the matter
        logger.warn({ error }, 'matches could not be sent on');
        return Promise.resolve();
      }
    );
  });
  return routes;
}
