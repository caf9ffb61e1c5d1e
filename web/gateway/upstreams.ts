import { Agent, ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ProxyServer } from 'http-proxy-3';
import type { Logger } from 'pino';
import type { Configuration } from '#sdk/protocol/configuration';
import { subgraphUrlOf } from '../lib/server/subgraph-url.ts';
import { TooManyRequestsError, UpstreamAwayError } from './errors.ts';
import { answerProblem, refuseUpgrade } from './problem-response.ts';
import { networkOf } from './rate-limit.ts';

export interface Upstream {
  /** Name for people: "The broker does not answer." */
  readonly name: string;
  /** Where it answers, without the path of the request. */
  readonly target: string;
  /** Path and query to ask it for. */
  readonly path: string;
  /** Documents that anybody stored: they must not act on this origin. */
  readonly foreign: boolean;
}

/**
 * Path and query as the parts of the market will read them, dot segments resolved: what is decided by the path must be
 * decided by this one. Null where it is none.
 */
export function resolvedPath(url: string): string | null {
  if (!url.startsWith('/')) return null;
  try {
    const { pathname, search } = new URL(`http://market.invalid${url}`);
    return pathname + search;
  } catch {
    return null;
  }
}

const under = (path: string, prefix: string) =>
  path === prefix || path.startsWith(`${prefix}/`) || path.startsWith(`${prefix}?`);

/**
 * Which part of the market answers a path; null where the storefront itself does.
 *
 * @param url Path and query as {@link resolvedPath} gives them.
 */
export function upstreamOf(url: string, configuration: Configuration): Upstream | null {
  const indexer = { name: 'The index', target: configuration.INDEXER_URL, path: url, foreign: false };
  if (under(url, '/v1') || under(url, '/graphql')) return indexer;
  if (under(url, '/ipfs')) return { ...indexer, foreign: true };
  if (under(url, '/broker')) {
    const path = url.slice('/broker'.length);
    return {
      name: 'The broker',
      target: configuration.BROKER_URL,
      path: path.startsWith('/') ? path : `/${path}`,
      foreign: false
    };
  }
  if (under(url, '/subgraph')) {
    const address = new URL(subgraphUrlOf(configuration));
    return {
      name: 'The subgraph',
      target: address.origin,
      path: address.pathname + url.slice('/subgraph'.length),
      foreign: false
    };
  }
  return null;
}

const foreignPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/** Connections to one part of the market. */
const mostSockets = 512;
/** Requests of one network that are under way: whoever sends or reads slowly leaves room for the others. */
const mostUnderWay = mostSockets / 2;

/** Hands requests and WebSockets on to the parts of the market that answer them. */
export function createUpstreams(logger: Logger) {
  const agent = new Agent({ keepAlive: true, maxSockets: mostSockets });
  const proxy = new ProxyServer({ agent, xfwd: true, proxyTimeout: 60_000 });
  const foreign = new WeakSet<IncomingMessage>();
  const names = new WeakMap<IncomingMessage, string>();
  const upgraded = new Set<Duplex>();
  const underWay = new Map<string, number>();

  proxy.on('proxyRes', (answer, request) => {
    const { headers } = answer;
    headers['x-content-type-options'] = 'nosniff';
    // This server's own rule holds for the whole origin.
    headers['x-frame-options'] = 'DENY';
    if (foreign.has(request)) headers['content-security-policy'] = foreignPolicy;
    else headers['content-security-policy'] ??= "frame-ancestors 'none'";
  });

  // A client that went away while the upstream was still agreeing leaves nothing behind there.
  proxy.on('proxyReqWs', (asking, _request, socket) => {
    socket.once('close', () => asking.destroy());
    asking.on('upgrade', (_answer, upgradedSocket: Duplex) => {
      if (socket.destroyed) upgradedSocket.destroy();
    });
  });

  proxy.on('error', (error, request, response) => {
    const name = names.get(request) ?? 'A part of the market';
    // A client that leaves early ends in the same event; only a silent upstream is worth a line.
    if (!request.destroyed) logger.warn({ upstream: name, reason: error.message }, 'an upstream does not answer');
    const problem = new UpstreamAwayError(`${name} does not answer. Try again in a moment.`);
    if (response instanceof ServerResponse) answerProblem(response, problem, 2);
    else refuseUpgrade(response, problem);
  });

  const prepare = (request: IncomingMessage, upstream: Upstream) => {
    // Anybody can write these; the proxy states them anew from the connection.
    for (const header of [
      'x-forwarded-for',
      'x-forwarded-proto',
      'x-forwarded-host',
      'x-forwarded-port',
      'forwarded'
    ]) {
      Reflect.deleteProperty(request.headers, header);
    }
    request.url = upstream.path;
    names.set(request, upstream.name);
    if (upstream.foreign) foreign.add(request);
  };

  return {
    forward(request: IncomingMessage, response: ServerResponse, upstream: Upstream): void {
      const network = networkOf(request);
      const running = (underWay.get(network) ?? 0) + 1;
      if (running > mostUnderWay) {
        response.setHeader('connection', 'close');
        answerProblem(response, new TooManyRequestsError('Let some of the requests under way end first.'), 1);
        return;
      }
      underWay.set(network, running);
      response.once('close', () => {
        const left = (underWay.get(network) ?? 1) - 1;
        if (left === 0) underWay.delete(network);
        else underWay.set(network, left);
      });
      prepare(request, upstream);
      proxy.web(request, response, { target: upstream.target });
    },
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, upstream: Upstream): void {
      prepare(request, upstream);
      upgraded.add(socket);
      socket.once('close', () => upgraded.delete(socket));
      proxy.ws(request, socket, head, { target: upstream.target });
    },
    /** Ends what would otherwise stay open for ever. */
    close(): void {
      for (const socket of upgraded) socket.destroy();
      agent.destroy();
    }
  };
}
