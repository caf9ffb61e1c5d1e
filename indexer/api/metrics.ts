import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { ServerEnvironment } from './environment.ts';

/** Counts requests and their seconds by route, never by what a stranger wrote into the path. */
export function measureRequests(registry: Registry): MiddlewareHandler<ServerEnvironment> {
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({
    name: 'indexer_http_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers: [registry]
  });
  const duration = new Histogram({
    name: 'indexer_http_request_seconds',
    help: 'Seconds from request to answer.',
    labelNames: ['route'] as const,
    buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 2, 10],
    registers: [registry]
  });
  return async (context, next) => {
    const end = duration.startTimer();
    await next();
    const route = context.res.status === 404 || context.res.status === 405 ? 'none' : routePath(context, -1);
    const method = ['GET', 'HEAD', 'POST', 'OPTIONS'].includes(context.req.method) ? context.req.method : 'other';
    requests.inc({ method, route, status: context.res.status });
    end({ route });
  };
}
