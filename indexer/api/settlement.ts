import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import {
  cohortPageSchema,
  cohortQuerySchema,
  deliveryReportPageSchema,
  deliveryReportQuerySchema,
  depositPageSchema,
  depositQuerySchema
} from '#sdk/protocol/discovery';
import { findCohorts, findDeliveryReports, findDeposits } from '../search/deliveries.ts';
import type { ServerEnvironment } from './environment.ts';
import { answer, refusals } from './openapi.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';

const deposits = createRoute({
  method: 'get',
  path: '/v1/deposits',
  operationId: 'findDeposits',
  summary: 'Find deposits',
  description: 'Payments for licences that are settled by events, as the escrow holds them or closed them.',
  tags: ['settlement'],
  request: { query: depositQuerySchema },
  responses: { ...answer('A page of deposits, newest first.', depositPageSchema), ...refusals(422, 429) }
});

const cohorts = createRoute({
  method: 'get',
  path: '/v1/cohorts',
  operationId: 'findCohorts',
  summary: 'Find cohorts',
  description: 'Deposits with one offer, start and end, which are judged and paid out together.',
  tags: ['settlement'],
  request: { query: cohortQuerySchema },
  responses: { ...answer('A page of cohorts, by offer and start.', cohortPageSchema), ...refusals(422, 429) }
});

const reports = createRoute({
  method: 'get',
  path: '/v1/delivery-reports',
  operationId: 'findDeliveryReports',
  summary: 'Find counts of events',
  description: "What the market's own delivery oracle reported. Offers may name other oracles, which are not read.",
  tags: ['settlement'],
  request: { query: deliveryReportQuerySchema },
  responses: { ...answer('A page of reports, newest first.', deliveryReportPageSchema), ...refusals(422, 429) }
});

/** Payments that are held until the events came, and the counts by which they are judged. */
export function settlementRoutes({ view }: Services): OpenAPIHono<ServerEnvironment> {
  const routes = createRoutes();
  routes.openapi(deposits, async (context) => context.json(await findDeposits(view, context.req.valid('query')), 200));
  routes.openapi(cohorts, async (context) => context.json(await findCohorts(view, context.req.valid('query')), 200));
  routes.openapi(reports, async (context) =>
    context.json(await findDeliveryReports(view, context.req.valid('query')), 200)
  );
  return routes;
}
