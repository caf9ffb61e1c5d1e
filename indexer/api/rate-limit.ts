import type { Context, MiddlewareHandler } from 'hono';
import { isIPv6 } from 'node:net';
import { TributaryError, type Problem } from '#sdk/protocol/problem';
import type { ServerEnvironment } from './environment.ts';

/** An address asked more often than it may. */
export class RateLimitedError extends TributaryError {
  readonly code = 'rate-limited';
  readonly title = 'Too many requests';
  override readonly status = 429;
  readonly retryAfter: number;

  constructor(seconds: number) {
    super(`Wait ${String(seconds)} s before asking again, and then ask less often.`);
    this.retryAfter = seconds;
  }

  override toProblem(): Problem {
    return { ...super.toProblem(), retryAfter: this.retryAfter };
  }
}

/** A bucket of tokens per address: `burst` at once, refilled by `perSecond`. */
export interface RateLimit {
  readonly name: string;
  readonly burst: number;
  readonly perSecond: number;
}

/** Addresses that are remembered; the ones that asked longest ago are forgotten first. */
const addressesRemembered = 20_000;

interface Bucket {
  readonly tokens: number;
  /** Milliseconds. */
  readonly at: number;
}

/**
 * Takes a token per request and says what is left in the RateLimit headers (draft-ietf-httpapi-ratelimit-headers).
 *
 * @param clock Milliseconds.
 */
export function rateLimiter(limit: RateLimit, clock: () => number): MiddlewareHandler<ServerEnvironment> {
  const buckets = new Map<string, Bucket>();
  const policy = `"${limit.name}";q=${String(limit.burst)};w=${String(Math.ceil(limit.burst / limit.perSecond))}`;
  return async (context, next) => {
    const key = networkOf(clientAddress(context));
    const now = clock();
    const bucket = buckets.get(key) ?? { tokens: limit.burst, at: now };
    const elapsed = Math.max(0, now - bucket.at) / 1000;
    const tokens = Math.min(limit.burst, bucket.tokens + elapsed * limit.perSecond);
    const left = tokens >= 1 ? tokens - 1 : tokens;
    buckets.delete(key);
    buckets.set(key, { tokens: left, at: now });
    if (buckets.size > addressesRemembered) {
      for (const oldest of buckets.keys()) {
        buckets.delete(oldest);
        break;
      }
    }
    const wait = Math.max(1, Math.ceil((1 - left) / limit.perSecond));
    const state = `"${limit.name}";r=${String(Math.floor(left))};t=${String(left >= 1 ? 0 : wait)}`;
    // a stricter rule further in speaks after this one
    const { outgoing } = context.env;
    outgoing.setHeader('RateLimit-Policy', policy);
    outgoing.setHeader('RateLimit', state);
    if (tokens < 1) throw new RateLimitedError(wait);
    await next();
  };
}

/** The client's address: the last one that a proxy on this machine named, otherwise the peer of the connection. */
export function clientAddress(context: Context<ServerEnvironment>): string {
  const peer = context.env.incoming.socket.remoteAddress ?? 'unknown';
  const loopback = peer === '::1' || /^(?:::ffff:)?127\./.test(peer);
  const forwarded = context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim();
  return loopback && forwarded !== undefined && forwarded !== '' ? forwarded.slice(0, 64) : peer;
}

/** One household or server has a whole /64 of IPv6, however its addresses are shortened. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || /^::(?:ffff:.*\..*|1)$/.test(address)) return address;
  const [before = '', after = ''] = address.split('::');
  const groups = before.split(':').filter((group) => group !== '');
  const rest = after.split(':').filter((group) => group !== '');
  // "::" stands for as many zeros as are missing.
  const missing = Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0');
  return [...groups, ...(address.includes('::') ? missing : []), ...rest].slice(0, 4).join(':');
}
