import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import {
  attestationQuerySchema,
  attestationPageSchema,
  karmaPageSchema,
  karmaQuerySchema,
  revenueQuerySchema,
  sellerRevenueSchema,
  sellerSchema
} from '#sdk/protocol/discovery';
import { addressSchema } from '#sdk/protocol/primitives';
import { findAttestations } from '../search/attestations.ts';
import { findKarma } from '../search/karma-ranking.ts';
import { revenueOf } from '../search/revenue.ts';
import { describeSeller } from '../search/sellers.ts';
import type { ServerEnvironment } from './environment.ts';
import { answer, refusals } from './openapi.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';

const karma = createRoute({
  method: 'get',
  path: '/v1/karma',
  operationId: 'findKarma',
  summary: 'Accounts by karma',
  description:
    'As of any time, of one field (category of the products through which it came) or all, of a period or all of it. ' +
    'Points are told as they are at that time, decayed as the contract does. Later times are told as if nothing were ' +
    'earned or taken until then.',
  tags: ['reputation'],
  request: { query: karmaQuerySchema },
  responses: { ...answer('A page of accounts, the most karma first.', karmaPageSchema), ...refusals(422, 429) }
});

const attestations = createRoute({
  method: 'get',
  path: '/v1/attestations',
  operationId: 'findAttestations',
  summary: 'Find attestations',
  description: "Under the market's schemas. What one is worth depends on its attester.",
  tags: ['reputation'],
  request: { query: attestationQuerySchema },
  responses: { ...answer('A page of attestations, newest first.', attestationPageSchema), ...refusals(422, 429) }
});

const seller = createRoute({
  method: 'get',
  path: '/v1/sellers/{seller}',
  operationId: 'getSeller',
  summary: 'One seller',
  description: 'What the chain says of an account as a seller; zeros for one that never sold.',
  tags: ['reputation'],
  request: { params: z.object({ seller: addressSchema }) },
  responses: { ...answer('The seller.', sellerSchema), ...refusals(422, 429) }
});

const revenue = createRoute({
  method: 'get',
  path: '/v1/sellers/{seller}/revenue',
  operationId: 'getSellerRevenue',
  summary: "A seller's revenue over time",
  description:
    'By day, week or month (UTC): what was paid, earned, paid back and withdrawn, what is held at the end of each, ' +
    'licences, renewals, and who reads now by field. Exact, from what the chain says.',
  tags: ['reputation'],
  request: { params: z.object({ seller: addressSchema }), query: revenueQuerySchema },
  responses: { ...answer('Revenue, unit by unit.', sellerRevenueSchema), ...refusals(422, 429) }
});

/** Who is who: karma, attestations, sellers and what they earn. */
export function reputationRoutes({ view }: Services): OpenAPIHono<ServerEnvironment> {
  const routes = createRoutes();
  routes.openapi(karma, async (context) => context.json(await findKarma(view, context.req.valid('query')), 200));
  routes.openapi(attestations, async (context) =>
    context.json(await findAttestations(view, context.req.valid('query')), 200)
  );
  routes.openapi(seller, async (context) =>
    context.json(await describeSeller(view, context.req.valid('param').seller), 200)
  );
  routes.openapi(revenue, async (context) =>
    context.json(await revenueOf(view, context.req.valid('param').seller, context.req.valid('query')), 200)
  );
  return routes;
}
