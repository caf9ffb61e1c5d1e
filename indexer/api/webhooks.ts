import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { noticeSessionRequestSchema } from '#sdk/protocol/notices';
import { sessionSchema } from '#sdk/protocol/session';
import {
  deliveryIdSchema,
  deliveryListSchema,
  deliveryQuerySchema,
  deliverySchema,
  registeredWebhookSchema,
  webhookIdSchema,
  webhookListSchema,
  webhookRequestSchema,
  webhookSchema
} from '#sdk/protocol/webhooks';
import { ContentTooLargeError } from './content.ts';
import type { ServerEnvironment } from './environment.ts';
import { answer, refusals } from './openapi.ts';
import { rateLimiter } from './rate-limit.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';
import { accountOf, signedIn } from './signed-in.ts';

/** Bytes of a request: a signature of 8 KiB in hexadecimal, and the rest. */
const largestRequest = 24 * 1024;
const tags = ['notices'];
const webhookParams = z.object({ webhook: webhookIdSchema });
const deliveryParams = webhookParams.extend({ delivery: deliveryIdSchema });
const json = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { 'application/json': { schema } } }
});

const openSession = createRoute({
  method: 'post',
  path: '/v1/notices/session',
  operationId: 'openNoticeSession',
  summary: 'Sign in to manage webhooks and saved searches',
  description:
    'Takes an EIP-712 signature of the account over ManageNotices(address account,string market,uint256 expires), domain ' +
    '{name: "Tributary", version: "1", chainId}: market is the origin of this market, expires at most an hour ahead. ' +
    'Accounts that are contracts sign as ERC-1271 says. The token counts until then: keep it like a password.',
  tags,
  request: json(noticeSessionRequestSchema),
  responses: { ...answer('The session.', sessionSchema), ...refusals(400, 413, 415, 422, 429, 503) }
});
const register = createRoute({
  method: 'post',
  path: '/v1/webhooks',
  operationId: 'registerWebhook',
  summary: 'Register a webhook',
  description:
    'From now on notices of these kinds that concern the account, or what it watches, are posted to the address, signed as ' +
    'Standard Webhooks 1.0.0 has it: webhook-id, webhook-timestamp, webhook-signature (v1, HMAC-SHA256). The secret is in ' +
    'this answer and nowhere else. What fails is tried again for a day under the same webhook-id; what a reorganisation ' +
    'takes back is followed by a notice of type "retracted".',
  tags,
  security: signedIn,
  request: json(webhookRequestSchema),
  responses: {
    201: {
      description: 'The webhook, with its secret.',
      content: { 'application/json': { schema: registeredWebhookSchema } }
    },
    ...refusals(400, 401, 409, 413, 415, 422, 429)
  }
});
const list = createRoute({
  method: 'get',
  path: '/v1/webhooks',
  operationId: 'listWebhooks',
  summary: 'Webhooks of the account',
  tags,
  security: signedIn,
  responses: { ...answer('Its webhooks, the oldest first.', webhookListSchema), ...refusals(401, 429) }
});
const get = createRoute({
  method: 'get',
  path: '/v1/webhooks/{webhook}',
  operationId: 'getWebhook',
  summary: 'A webhook of the account',
  tags,
  security: signedIn,
  request: { params: webhookParams },
  responses: { ...answer('The webhook.', webhookSchema), ...refusals(401, 404, 422, 429) }
});
const remove = createRoute({
  method: 'delete',
  path: '/v1/webhooks/{webhook}',
  operationId: 'removeWebhook',
  summary: 'Remove a webhook, with what waits for it and its log',
  tags,
  security: signedIn,
  request: { params: webhookParams },
  responses: { 204: { description: 'It is gone.' }, ...refusals(401, 404, 422, 429) }
});
const test = createRoute({
  method: 'post',
  path: '/v1/webhooks/{webhook}/test',
  operationId: 'testWebhook',
  summary: 'Send a ping',
  description:
    'It is sent within seconds, once; its delivery says what came of it. An answered one enables a disabled webhook.',
  tags,
  security: signedIn,
  request: { params: webhookParams },
  responses: { ...answer('The delivery.', deliverySchema), ...refusals(401, 404, 422, 429) }
});
const deliveries = createRoute({
  method: 'get',
  path: '/v1/webhooks/{webhook}/deliveries',
  operationId: 'listDeliveries',
  summary: 'What was sent to a webhook in the last seven days',
  tags,
  security: signedIn,
  request: { params: webhookParams, query: deliveryQuerySchema },
  responses: { ...answer('The newest first.', deliveryListSchema), ...refusals(401, 404, 422, 429) }
});
const delivery = createRoute({
  method: 'get',
  path: '/v1/webhooks/{webhook}/deliveries/{delivery}',
  operationId: 'getDelivery',
  summary: 'One delivery, with its tries',
  tags,
  security: signedIn,
  request: { params: deliveryParams },
  responses: { ...answer('The delivery.', deliverySchema), ...refusals(401, 404, 422, 429) }
});
const replay = createRoute({
  method: 'post',
  path: '/v1/webhooks/{webhook}/deliveries/{delivery}/replay',
  operationId: 'replayDelivery',
  summary: 'Send a delivery again, under the same webhook-id',
  tags,
  security: signedIn,
  request: { params: deliveryParams },
  responses: { ...answer('The delivery.', deliverySchema), ...refusals(401, 404, 422, 429) }
});

/** Webhooks of accounts, and the session with which they are managed. */
export function webhookRoutes(services: Services): OpenAPIHono<ServerEnvironment> {
  const { webhooks, sessions } = services;
  const routes = createRoutes();
  const bounded = bodyLimit({
    maxSize: largestRequest,
    onError: () => {
      throw new ContentTooLargeError(`A request may have ${String(largestRequest)} bytes.`);
    }
  });
  // a signature of a contract costs calls of the chain, a test and a replay requests to somebody else
  const dear = rateLimiter(services.limits.relay, services.clock);
  for (const path of [
    '/v1/notices/session',
    '/v1/webhooks/:webhook/test',
    '/v1/webhooks/:webhook/deliveries/:delivery/replay'
  ]) {
    routes.use(path, dear);
  }
  for (const path of ['/v1/notices/session', '/v1/webhooks']) routes.use(path, bounded);

  routes.openapi(openSession, async (context) => {
    context.header('Cache-Control', 'no-store');
    return context.json(await sessions.open(context.req.valid('json')), 200);
  });
  routes.openapi(register, async (context) => {
    const account = accountOf(context, services);
    return context.json(await webhooks.register(account, context.req.valid('json')), 201);
  });
  routes.openapi(list, async (context) =>
    context.json({ items: await webhooks.list(accountOf(context, services)) }, 200)
  );
  routes.openapi(get, async (context) => {
    const account = accountOf(context, services);
    return context.json(await webhooks.get(account, context.req.valid('param').webhook), 200);
  });
  routes.openapi(remove, async (context) => {
    await webhooks.remove(accountOf(context, services), context.req.valid('param').webhook);
    return context.body(null, 204);
  });
  routes.openapi(test, async (context) => {
    const account = accountOf(context, services);
    return context.json(await webhooks.test(account, context.req.valid('param').webhook), 200);
  });
  routes.openapi(deliveries, async (context) => {
    const account = accountOf(context, services);
    const query = context.req.valid('query');
    return context.json({ items: await webhooks.deliveries(account, context.req.valid('param').webhook, query) }, 200);
  });
  routes.openapi(delivery, async (context) => {
    const { webhook, delivery: id } = context.req.valid('param');
    return context.json(await webhooks.delivery(accountOf(context, services), webhook, id), 200);
  });
  routes.openapi(replay, async (context) => {
    const { webhook, delivery: id } = context.req.valid('param');
    return context.json(await webhooks.replay(accountOf(context, services), webhook, id), 200);
  });
  return routes;
}
