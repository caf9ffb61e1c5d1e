import type { Server } from 'node:http';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { TributaryError } from '#sdk/protocol/problem';
import { DatabaseUnavailableError } from '../database/pool.ts';
import { checkMetricsAccess } from './metrics-access.ts';
import { respondError, respondProblem } from './problem-response.ts';

/** What operators are told of a process. */
export interface OperationOptions {
  readonly name: 'broker' | 'issuer';
  readonly logger: Logger;
  readonly registry: Registry;
  /** Undefined: the metrics are for this machine only. */
  readonly metricsToken: string | undefined;
  /** Whether the tables are there: nothing under /v1/ answers before. */
  isPrepared(): boolean;
  /** Sentences on what keeps it from serving; null for what is well. */
  troubles(): Promise<readonly (string | null)[]>;
  /** The same for what it serves in spite of. */
  warnings(): readonly (string | null)[];
}

/** Adds what every process answers: health, readiness, metrics, problem details for whatever fails. */
export function addOperations(app: Hono, options: OperationOptions): void {
  const { name, logger, registry, metricsToken } = options;
  app.onError((error, context) => respondError(context, error, logger));
  app.notFound((context) =>
    respondProblem(context, { type: 'about:blank', title: 'Not Found', status: 404, detail: 'There is nothing here.' })
  );
  app.get('/health', (context) => context.json({ status: 'alive' }));
  app.get('/ready', async (context) => {
    const troubles = (await options.troubles()).filter((trouble) => trouble !== null);
    const warnings = options.warnings().filter((warning) => warning !== null);
    if (troubles.length === 0) return context.json({ status: 'ready', ...(warnings.length > 0 && { warnings }) });
    return respondProblem(context, {
      type: '/problems/not-ready',
      title: `The ${name} is not ready`,
      status: 503,
      detail: troubles.join(' '),
      retryAfter: 2
    });
  });
  app.get('/metrics', async (context) => {
    checkMetricsAccess(context, metricsToken);
    return context.body(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
  app.use('/v1/*', async (_, next) => {
    if (!options.isPrepared()) {
      throw new DatabaseUnavailableError('The database has not answered yet. Try again in a moment.');
    }
    await next();
  });
}

/** The port is taken, or the address is not one of this machine. */
class ListenError extends TributaryError {
  readonly code = 'listen-failed';
  readonly title = 'The port cannot be used';
  override readonly status = 500;
}

/**
 * Listens on an address of this machine.
 *
 * @param variable That sets the port, for the message.
 * @throws ListenError
 */
export function listen(server: Server, port: number, host: string, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => {
      reject(
        new ListenError(
          `Port ${String(port)} on ${host} cannot be used: ${error.message}. Free it, or set ${variable}.`
        )
      );
    };
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}
