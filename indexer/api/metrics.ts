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
  /** By what is counted; looking labels up anew takes longer than the counting. */
  const counters = new Map<string, Counter.Internal>();
  const durations = new Map<string, Histogram.Internal<'route'>>();
  const counterOf = (method: string, route: string, status: number): Counter.Internal => {
    const key = `${method} ${String(status)} ${route}`;
    const counter = counters.get(key) ?? requests.labels({ method, route, status });
    counters.set(key, counter);
    return counter;
  };
  const durationOf = (route: string): Histogram.Internal<'route'> => {
    const histogram = durations.get(route) ?? duration.labels({ route });
    durations.set(route, histogram);
    return histogram;
  };
  return async (context, next) => {
    const began = performance.now();
    await next();
    const { status } = context.res;
    const route = status === 404 || status === 405 ? 'none' : routePath(context, -1);
    const method = methods.has(context.req.method) ? context.req.method : 'other';
    counterOf(method, route, status).inc();
    durationOf(route).observe((performance.now() - began) / 1_000);
  };
}

const methods = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);
