import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** Networks that are remembered; the one that asked longest ago is forgotten first. */
const networksRemembered = 20_000;

/** Tokens per network: `burst` at once, refilled by `perSecond`. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** The network that a connection comes from: an IPv4 address, or the /64 of IPv6 that one household or server has. */
export function networkOf(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? 'unknown';
  if (!isIPv6(address) || /^::(?:ffff:.*\..*|1)$/.test(address)) return address;
  const [before = '', after = ''] = address.split('::');
  const groups = before.split(':').filter((group) => group !== '');
  const rest = after.split(':').filter((group) => group !== '');
  // "::" stands for as many zeros as are missing.
  const missing = Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0');
  const whole = address.includes('::') ? [...groups, ...missing, ...rest] : groups;
  return whole.slice(0, 4).join(':');
}

/**
 * Counts what every network asks for.
 *
 * @param clock Milliseconds, never going back.
 * @returns Takes so many tokens of a network; gives the seconds to wait where there are not enough, otherwise 0.
 */
export function createRateLimit(limit: RateLimit, clock: () => number = () => performance.now()) {
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>();
  return (network: string, wanted: number): number => {
    const now = clock();
    const bucket = buckets.get(network) ?? { tokens: limit.burst, at: now };
    const tokens = Math.min(limit.burst, bucket.tokens + ((now - bucket.at) / 1000) * limit.perSecond);
    const enough = tokens >= wanted;
    buckets.delete(network);
    buckets.set(network, { tokens: enough ? tokens - wanted : tokens, at: now });
    if (buckets.size > networksRemembered) {
      const [oldest] = buckets.keys();
      if (oldest !== undefined) buckets.delete(oldest);
    }
    return enough ? 0 : Math.max(1, Math.ceil((wanted - tokens) / limit.perSecond));
  };
}
