import { Hono } from 'hono';
import { TributaryError } from '#sdk/protocol/problem';
import type { ServerEnvironment } from './environment.ts';
import type { Services } from './services.ts';

/** What is served may be out of date, or cannot be read. */
export class NotReadyError extends TributaryError {
  readonly code = 'not-ready';
  readonly title = 'The indexer is not ready';
  override readonly status = 503;
}

/** /health: the process runs. /ready: what it serves is up to date. /metrics: Prometheus. */
export function operationRoutes({ readiness, registry }: Services): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.get('/health', (context) => context.json({ status: 'ok' }, 200, { 'Cache-Control': 'no-store' }));
  routes.get('/ready', async (context) => {
    const { status, reason } = await readiness();
    if (reason !== null) throw new NotReadyError(reason);
    return context.json(status, 200, { 'Cache-Control': 'no-store' });
  });
  routes.get('/metrics', async (context) =>
    context.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' })
  );
  return routes;
}
