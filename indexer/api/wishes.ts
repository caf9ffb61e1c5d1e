import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import {
  wishPageSchema,
  wishQuerySchema,
  wishSchema,
  wishStakePageSchema,
  wishStakeQuerySchema
} from '#sdk/protocol/discovery';
import { findWishes, findWishStakes, wishesById } from '../search/wishes.ts';
import type { ServerEnvironment } from './environment.ts';
import { answer, refusals } from './openapi.ts';
import { NotFoundError } from './problems.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';

const wishes = createRoute({
  method: 'get',
  path: '/v1/wishes',
  operationId: 'findWishes',
  summary: 'Find wishes',
  tags: ['wishes'],
  request: { query: wishQuerySchema },
  responses: { ...answer('A page of wishes, newest first.', wishPageSchema), ...refusals(422, 429) }
});

const wish = createRoute({
  method: 'get',
  path: '/v1/wishes/{wish}',
  operationId: 'getWish',
  summary: 'One wish',
  tags: ['wishes'],
  request: { params: z.object({ wish: wishSchema.shape.wish }) },
  responses: { ...answer('The wish.', wishSchema), ...refusals(404, 422, 429) }
});

const stakes = createRoute({
  method: 'get',
  path: '/v1/wish-stakes',
  operationId: 'findWishStakes',
  summary: 'Find stakes in wishes',
  tags: ['wishes'],
  request: { query: wishStakeQuerySchema },
  responses: { ...answer('A page of stakes, the latest change first.', wishStakePageSchema), ...refusals(422, 429) }
});

/** What is asked for, and what stands behind it. */
export function wishRoutes({ view }: Services): OpenAPIHono<ServerEnvironment> {
  const routes = createRoutes();
  routes.openapi(wishes, async (context) => context.json(await findWishes(view, context.req.valid('query')), 200));
  routes.openapi(wish, async (context) => {
    const [found] = await wishesById(view, [context.req.valid('param').wish]);
    if (found === undefined) throw new NotFoundError('No wish has this number on the chain, or not yet.');
    return context.json(found, 200);
  });
  routes.openapi(stakes, async (context) => context.json(await findWishStakes(view, context.req.valid('query')), 200));
  return routes;
}
