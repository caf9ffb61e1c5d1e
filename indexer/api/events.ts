import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { outboxMessageSchema } from '../outbox/messages.ts';
import type { ServerEnvironment } from './environment.ts';
import { liveLimits, messageKinds, type LiveMessages } from './live-messages.ts';
import { refusals } from './openapi.ts';
import { clientAddress, networkOf } from './rate-limit.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';

/** Milliseconds between two signs of life, and after which a client that lost its connection comes again. */
const aliveInterval = 15_000;
const comeAgain = 2_000;

const commaSeparated = (text: string) => text.split(',').filter((part) => part !== '');
const positionSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const events = createRoute({
  method: 'get',
  path: '/v1/events',
  operationId: 'hearEvents',
  summary: 'Hear what happens',
  description:
    'Server-sent events, one per message: its id is the position, its name the kind, or "retraction" where it takes ' +
    'back the message at the position "undoes", since a reorganisation undid its block. Whoever comes again with ' +
    'Last-Event-ID (or after) misses nothing; 410 when that is too long ago.',
  tags: ['status'],
  request: {
    query: z.object({
      kinds: z
        .string()
        .max(400)
        .transform(commaSeparated)
        .pipe(z.array(z.enum(messageKinds)))
        .optional()
        .openapi({ type: 'string', description: `Separated by commas: ${messageKinds.join(', ')}.` }),
      subjects: z
        .string()
        .max(liveLimits.subjects * 121)
        .transform((text) => commaSeparated(text.toLowerCase()))
        .pipe(z.array(z.string().max(120)).max(liveLimits.subjects))
        .optional()
        .openapi({
          type: 'string',
          description: `Accounts and ids of products, offers, licences and streams, separated by commas; at most ${String(liveLimits.subjects)}.`
        }),
      after: positionSchema.optional()
    }),
    headers: z.object({ 'last-event-id': positionSchema.optional() })
  },
  responses: {
    200: { description: 'Messages.', content: { 'text/event-stream': { schema: outboxMessageSchema } } },
    ...refusals(410, 422, 429)
  }
});

/** GET /v1/events: what the outbox tells, as it comes. */
export function eventRoutes({ logger }: Services, live: LiveMessages): OpenAPIHono<ServerEnvironment> {
  const routes = createRoutes();
  routes.openapi(events, async (context) => {
    const { kinds = [], subjects = [], after } = context.req.valid('query');
    const known = context.req.valid('header')['last-event-id'] ?? after;
    const messages = await live.open(networkOf(clientAddress(context)), { kinds, subjects, after: known });
    context.header('Cache-Control', 'no-store');
    context.header('X-Accel-Buffering', 'no');
    return streamSSE(
      context,
      async (stream) => {
        stream.onAbort(() => {
          void messages.return();
        });
        await stream.write(`retry: ${String(comeAgain)}\n\n`);
        const alive = setInterval(() => void stream.write(': still here\n\n'), aliveInterval);
        try {
          for await (const message of messages) {
            const event = message.undoes === null ? message.kind : 'retraction';
            await stream.writeSSE({ id: String(message.position), event, data: JSON.stringify(message) });
          }
        } finally {
          clearInterval(alive);
          await messages.return();
        }
      },
      (error) => {
        // the client comes again and is told what is the matter
        logger.warn({ error }, 'messages could not be sent on');
        return Promise.resolve();
      }
    );
  });
  return routes;
}
