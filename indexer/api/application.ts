import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { etag } from 'hono/etag';
import type pg from 'pg';
import { createPast } from '../history/past.ts';
import { accountRoutes } from './accounts.ts';
import { contentRoutes, ContentTooLargeError } from './content.ts';
import { discoveryRoutes } from './discovery.ts';
import type { ServerEnvironment } from './environment.ts';
import { eventRoutes } from './events.ts';
import { graphqlLimits } from './graphql/limits.ts';
import { isForPlayground, playgroundFile, playgroundPage, playgroundPath } from './graphql/playground.ts';
import { graphqlServer } from './graphql/server.ts';
import { identityRoutes } from './identity.ts';
import { createLiveMessages } from './live-messages.ts';
import { measureRequests } from './metrics.ts';
import { openapiDocument } from './openapi-document.ts';
import { operationRoutes } from './operations.ts';
import { MethodNotAllowedError, NotFoundError, problemOf, problemResponse } from './problems.ts';
import { accessRoutes } from './purchases-access.ts';
import { purchaseRoutes } from './purchases.ts';
import { searchEventRoutes } from './search-events.ts';
import { searchRoutes } from './searches.ts';
import { accountSecurity } from './signed-in.ts';
import { clientAddress, networkOf, rateLimiter } from './rate-limit.ts';
import { referencePage } from './reference.ts';
import { reputationRoutes } from './reputation.ts';
import type { Services } from './services.ts';
import { settlementRoutes } from './settlement.ts';
import { usualHeaders } from './usual-headers.ts';
import { webhookRoutes } from './webhooks.ts';
import { wishRoutes } from './wishes.ts';

/** The indexer's whole HTTP interface. */
export function createApplication(services: Services, pool: pg.Pool): OpenAPIHono<ServerEnvironment> {
  const application = new OpenAPIHono<ServerEnvironment>();
  application.use(measureRequests(services.registry));
  application.use(usualHeaders());
  const read = rateLimiter(services.limits.read, services.clock);
  const write = rateLimiter(services.limits.write, services.clock);
  application.use('/ipfs/*', read);
  application.use('/graphql', read);
  application.use(`${playgroundPath}/*`, read);
  application.use('/v1/*', byMethod(write, read));
  application.on('GET', '/v1/*', async (context, next) => {
    await next();
    // facts change with every block: caches may keep them and must ask
    const { headers } = context.res;
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'public, no-cache');
  });
  const past = createPast(services, pool);
  const tagged = etag();
  // what never ends has no tag
  application.on('GET', '/v1/*', (context, next) => (endless.has(context.req.path) ? next() : tagged(context, next)));

  application.route('/', discoveryRoutes(services, past));
  application.route('/', settlementRoutes(services));
  application.route('/', reputationRoutes(services));
  application.route('/', accountRoutes(services, past));
  application.route('/', identityRoutes(services));
  application.route('/', wishRoutes(services));
  application.route('/', webhookRoutes(services));
  application.route('/', accessRoutes(services));
  application.route('/', purchaseRoutes(services));
  application.route('/', contentRoutes(services));
  application.route('/', operationRoutes(services));
  const live = createLiveMessages(services.outbox);
  application.route('/', eventRoutes(services, live));
  application.route('/', searchEventRoutes(services, live));
  application.route('/', searchRoutes(services));
  const graphql = graphqlServer(services, pool, live, past);
  application.use('/graphql', graphqlBodyLimit());
  application.get(`${playgroundPath}/:file`, async (context) => {
    const file = await playgroundFile(context.req.param('file'), context.req.raw);
    if (file === null) throw new NotFoundError('The playground has no such file. Open /graphql in a browser.');
    return file;
  });
  application.on(['GET', 'POST'], '/graphql', (context) => {
    if (isForPlayground(context.req.raw)) return playgroundPage();
    context.env.outgoing.setHeader('Cache-Control', 'no-store');
    return graphql(context.req.raw, networkOf(clientAddress(context)));
  });
  application.openAPIRegistry.registerComponent('securitySchemes', 'account', accountSecurity);
  const described = openapiDocument(application);
  application.get('/v1/openapi.json', (context) => context.json(described()));
  application.get('/v1/reference', (context) => {
    context.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'");
    return context.html(referencePage(described()));
  });

  const paths = pathTable(application);
  application.notFound((context) => {
    const allowed = paths.filter(({ pattern }) => pattern.test(context.req.path)).map(({ method }) => method);
    if (allowed.length === 0) {
      return problemResponse(
        context,
        new NotFoundError('Nothing stands at this path. /v1/openapi.json lists what there is.').toProblem()
      );
    }
    const methods = [...new Set(allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
    context.header('Allow', methods.join(', '));
    return problemResponse(context, new MethodNotAllowedError(context.req.method, methods).toProblem());
  });
  application.onError((error, context) => problemResponse(context, problemOf(error, services.logger)));
  return application;
}

/** Refuses bodies that are too large, by what they say they have where they do: nothing is read for that. */
function graphqlBodyLimit(): MiddlewareHandler<ServerEnvironment> {
  const refuse = (): never => {
    throw new ContentTooLargeError(`A request may have ${String(graphqlLimits.body)} bytes.`);
  };
  const counting = bodyLimit({ maxSize: graphqlLimits.body, onError: refuse });
  return (context, next) => {
    const length = context.req.header('content-length');
    const isSaid = length !== undefined && context.req.header('transfer-encoding') === undefined;
    if (context.req.method !== 'POST' || !isSaid) return counting(context, next);
    return Number(length) > graphqlLimits.body ? refuse() : next();
  };
}

/** Paths that are answered by streams of events. */
const endless = new Set(['/v1/events', '/v1/searches/events']);

/** Methods that leave something behind. */
const writes = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** One rule for requests that leave something behind, another for the rest. */
function byMethod(
  writing: MiddlewareHandler<ServerEnvironment>,
  reading: MiddlewareHandler<ServerEnvironment>
): MiddlewareHandler<ServerEnvironment> {
  return (context, next) => (writes.has(context.req.method) ? writing : reading)(context, next);
}

/** Every path with the methods that it takes, so that a wrong method is told from a wrong path. */
function pathTable(application: OpenAPIHono<ServerEnvironment>): { method: string; pattern: RegExp }[] {
  return application.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
    .map(({ method, path }) => ({
      method,
      pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:[A-Za-z]+/g, '[^/]+')}$`)
    }));
}
