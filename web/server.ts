import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Configuration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { PagesNotBuiltError, PathUnknownError, UnforeseenError } from './gateway/errors.ts';
import { answerProblem, refuseUpgrade } from './gateway/problem-response.ts';
import { continueWithoutUpgrade } from './gateway/other-upgrades.ts';
import { createRpcGateway } from './gateway/rpc.ts';
import { createUpstreams, resolvedPath, upstreamOf } from './gateway/upstreams.ts';
import { attachMarketContext } from './lib/server/market-context.ts';
import { securityHeaders } from './lib/server/security-headers.ts';

/** Answers a request for a page or a static file; calls `next` where there is none. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown;

export interface MarketServerOptions {
  readonly configuration: Configuration;
  readonly deployment: Deployment;
  readonly logger: Logger;
  /** The storefront; by default the one that `vite build` left in build/. */
  readonly pages?: PageHandler;
}

export interface MarketServer {
  /** Where it listens, once started. */
  readonly url: string;
  start(): Promise<void>;
  /** Stops within 4 seconds, whatever is still open. */
  stop(): Promise<void>;
}

/**
 * Loads the storefront as `vite build` left it.
 *
 * @throws {@link PagesNotBuiltError}
 */
async function loadPages(): Promise<PageHandler> {
  // The bundle takes the protocol from this header, which is set below and never taken from a client.
  process.env['PROTOCOL_HEADER'] = 'x-forwarded-proto';
  const file = resolve(import.meta.dirname, '../build/handler.js');
  try {
    const { handler } = (await import(pathToFileURL(file).href)) as { handler: PageHandler };
    return handler;
  } catch (cause) {
    throw new PagesNotBuiltError('Run "npx vite build" first: the storefront is served from build/.', { cause });
  }
}

/**
 * The one origin of the market: the storefront, and behind their paths the index (/v1, /graphql, /ipfs), the broker
 * (/broker, with its WebSocket), the chain's harmless methods (/rpc) and the subgraph (/subgraph).
 *
 * @throws {@link PagesNotBuiltError}
 */
export async function createMarketServer(options: MarketServerOptions): Promise<MarketServer> {
  const { configuration, deployment, logger } = options;
  const pages = options.pages ?? (await loadPages());
  const upstreams = createUpstreams(logger);
  const rpc = createRpcGateway(configuration.CHAIN_URL, logger);
  const protocol = new URL(configuration.PUBLIC_URL).protocol.slice(0, -1);
  const context = { configuration, deployment };

  const unforeseen = (response: ServerResponse, error: unknown) => {
    logger.error({ err: error }, 'a request failed');
    answerProblem(response, new UnforeseenError('Try again in a moment. The log of the market says more.'));
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const url = resolvedPath(request.url ?? '/');
    const path = url?.split('?', 1)[0];
    if (path === '/rpc') {
      await rpc(request, response);
      return;
    }
    if (path === '/health') {
      response.setHeader('content-type', 'application/json');
      response.end('{"status":"ok"}');
      return;
    }
    const upstream = url === null ? null : upstreamOf(url, configuration);
    if (upstream !== null) {
      upstreams.forward(request, response, upstream);
      return;
    }
    request.headers['x-forwarded-proto'] = protocol;
    attachMarketContext(request, context);
    await pages(request, response, () => {
      answerProblem(response, new PathUnknownError('Check the address, or start from the market.'));
    });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      unforeseen(response, error);
    });
  });
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      continueWithoutUpgrade(server, request, socket, head);
      return;
    }
    const url = request.url ?? '/';
    const upstream = url.split('?', 1)[0] === '/broker/v1/ws' ? upstreamOf(url, configuration) : null;
    if (upstream === null) {
      refuseUpgrade(socket, new PathUnknownError('The WebSocket of the broker is at /broker/v1/ws.'));
    } else {
      upstreams.upgrade(request, socket, head, upstream);
    }
  });

  return {
    get url() {
      return `http://${configuration.HOST}:${String((server.address() as AddressInfo).port)}`;
    },
    start: () =>
      new Promise((started, failed) => {
        server.once('error', failed);
        server.listen(configuration.PORT, configuration.HOST, () => {
          server.off('error', failed);
          started();
        });
      }),
    stop: () =>
      new Promise((stopped) => {
        const force = setTimeout(() => {
          server.closeAllConnections();
        }, 3_000);
        server.close(() => {
          clearTimeout(force);
          stopped();
        });
        server.closeIdleConnections();
        upstreams.close();
      })
  };
}
