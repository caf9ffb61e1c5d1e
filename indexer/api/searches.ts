import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import {
  savedSearchIdSchema,
  savedSearchListSchema,
  savedSearchNameSchema,
  savedSearchRequestSchema,
  savedSearchSchema,
  searchMatchListSchema,
  searchMatchQuerySchema
} from '#sdk/protocol/saved-searches';
import { ContentTooLargeError } from './content.ts';
import type { ServerEnvironment } from './environment.ts';
import { answer, refusals } from './openapi.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';
import { accountOf, signedIn } from './signed-in.ts';

/** Bytes of a request. */
const largestRequest = 8 * 1024;
const tags = ['notices'];
const params = z.object({ search: savedSearchIdSchema });
const json = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { 'application/json': { schema } } }
});

const save = createRoute({
  method: 'post',
  path: '/v1/searches',
  operationId: 'saveSearch',
  summary: 'Save a search',
  description:
    'Products that come to match it from now on are remembered, and told to webhooks of the account that want search.match. ' +
    'All words must match, synonyms count, mistyped words are taken as the search at this moment takes them.',
  tags,
  security: signedIn,
  request: json(savedSearchRequestSchema),
  responses: {
    201: { description: 'The search.', content: { 'application/json': { schema: savedSearchSchema } } },
    ...refusals(400, 401, 409, 413, 415, 422, 429)
  }
});
const list = createRoute({
  method: 'get',
  path: '/v1/searches',
  operationId: 'listSavedSearches',
  summary: 'Saved searches of the account',
  tags,
  security: signedIn,
  responses: { ...answer('Its searches, the oldest first.', savedSearchListSchema), ...refusals(401, 429) }
});
const rename = createRoute({
  method: 'put',
  path: '/v1/searches/{search}',
  operationId: 'renameSavedSearch',
  summary: 'Give a saved search another name',
  tags,
  security: signedIn,
  request: { params, ...json(savedSearchNameSchema) },
  responses: { ...answer('The search.', savedSearchSchema), ...refusals(400, 401, 404, 413, 415, 422, 429) }
});
const remove = createRoute({
  method: 'delete',
  path: '/v1/searches/{search}',
  operationId: 'removeSavedSearch',
  summary: 'Remove a saved search',
  tags,
  security: signedIn,
  request: { params },
  responses: { 204: { description: 'It is gone.' }, ...refusals(401, 404, 422, 429) }
});
const matches = createRoute({
  method: 'get',
  path: '/v1/searches/{search}/matches',
  operationId: 'listSearchMatches',
  summary: 'Products that came to match a saved search',
  tags,
  security: signedIn,
  request: { params, query: searchMatchQuerySchema },
  responses: { ...answer('The newest match first.', searchMatchListSchema), ...refusals(401, 404, 422, 429) }
});

/** Saved searches of accounts. */
export function searchRoutes(services: Services): OpenAPIHono<ServerEnvironment> {
  const { searches } = services;
  const routes = createRoutes();
  const bounded = bodyLimit({
    maxSize: largestRequest,
    onError: () => {
      throw new ContentTooLargeError(`A request may have ${String(largestRequest)} bytes.`);
    }
  });
  for (const path of ['/v1/searches', '/v1/searches/:search']) routes.use(path, bounded);

  routes.openapi(save, async (context) => {
    const account = accountOf(context, services);
    return context.json(await searches.save(account, context.req.valid('json')), 201);
  });
  routes.openapi(list, async (context) =>
    context.json({ items: await searches.list(accountOf(context, services)) }, 200)
  );
  routes.openapi(rename, async (context) => {
    const account = accountOf(context, services);
    const { name } = context.req.valid('json');
    return context.json(await searches.rename(account, context.req.valid('param').search, name), 200);
  });
  routes.openapi(remove, async (context) => {
    await searches.remove(accountOf(context, services), context.req.valid('param').search);
    return context.body(null, 204);
  });
  routes.openapi(matches, async (context) => {
    const account = accountOf(context, services);
    const { search } = context.req.valid('param');
    return context.json({ items: await searches.matches(account, search, context.req.valid('query')) }, 200);
  });
  return routes;
}
