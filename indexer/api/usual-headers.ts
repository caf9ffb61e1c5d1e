import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { paymentHeaders } from '#sdk/protocol/x402';
import type { ServerEnvironment } from './environment.ts';

/** What a page of elsewhere may read of an answer. */
const exposeHeaders = [
  'ETag',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  paymentHeaders.required,
  paymentHeaders.response
];

const usual = Object.entries({
  // any page may ask, and show what it got
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': exposeHeaders.join(','),
  'Cross-Origin-Resource-Policy': 'cross-origin',
  // the reference and the playground are pages
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN'
});

/**
 * Puts what every answer carries where Node's server keeps headers; a route that says something else for one wins.
 * Headers of a Response would be built, sorted and copied for each answer, which takes longer than many queries.
 */
export function usualHeaders(): MiddlewareHandler<ServerEnvironment> {
  const preflight = cors({ origin: '*', exposeHeaders });
  return (context, next) => {
    const { outgoing } = context.env;
    for (const [name, value] of usual) outgoing.setHeader(name, value);
    return context.req.method === 'OPTIONS' ? preflight(context, next) : next();
  };
}
