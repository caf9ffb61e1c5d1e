import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import {
  accountFactPageSchema,
  accountFactQuerySchema,
  accountKarmaQuerySchema,
  accountKarmaSchema,
  accountQuerySchema,
  accountSchema
} from '#sdk/protocol/discovery';
import { addressSchema } from '#sdk/protocol/primitives';
import type { Past } from '../history/past.ts';
import { findAccountFacts } from '../search/account-facts.ts';
import { accountKarma, describeAccount } from '../search/accounts.ts';
import type { ServerEnvironment } from './environment.ts';
import { answer, refusals } from './openapi.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';

const params = z.object({ account: addressSchema });

const account = createRoute({
  method: 'get',
  path: '/v1/accounts/{account}',
  operationId: 'getAccount',
  summary: 'One account',
  description:
    'What the chain says of an account in every role, now or as of a block; zeros for one that never did anything.',
  tags: ['reputation'],
  request: { params, query: accountQuerySchema },
  responses: { ...answer('The account.', accountSchema), ...refusals(404, 410, 422, 429, 503) }
});

const history = createRoute({
  method: 'get',
  path: '/v1/accounts/{account}/history',
  operationId: 'findAccountHistory',
  summary: 'What an account did',
  description:
    'And what was done to it: the facts that name it, the latest first. Of a licence and of a stake the latest state ' +
    'counts, so that a second flag replaces the first.',
  tags: ['reputation'],
  request: { params, query: accountFactQuerySchema },
  responses: { ...answer('A page of facts.', accountFactPageSchema), ...refusals(422, 429) }
});

const karma = createRoute({
  method: 'get',
  path: '/v1/accounts/{account}/karma',
  operationId: 'getAccountKarma',
  summary: 'Karma of an account over time',
  description: 'In the past as it was, in the future as it will be if nothing is earned or taken.',
  tags: ['reputation'],
  request: { params, query: accountKarmaQuerySchema },
  responses: { ...answer('Points over time, by role.', accountKarmaSchema), ...refusals(422, 429) }
});

/** Every account: what it is, what it did. */
export function accountRoutes({ view }: Pick<Services, 'view'>, past: Past): OpenAPIHono<ServerEnvironment> {
  const routes = createRoutes();
  routes.openapi(account, async (context) => {
    const { account: address } = context.req.valid('param');
    const { block } = context.req.valid('query');
    const found =
      block === undefined
        ? await describeAccount(view, address)
        : await past.read(block, (then) => describeAccount(then, address));
    return context.json(found, 200);
  });
  routes.openapi(history, async (context) => {
    const { hits, hasMore } = await findAccountFacts(
      view,
      context.req.valid('param').account,
      context.req.valid('query')
    );
    const nextCursor = hasMore ? (hits.at(-1)?.cursor ?? null) : null;
    return context.json({ items: hits.map(({ fact }) => fact), nextCursor }, 200);
  });
  routes.openapi(karma, async (context) =>
    context.json(await accountKarma(view, context.req.valid('param').account, context.req.valid('query')), 200)
  );
  return routes;
}
