import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';

/** What the server hands to routes beside the request. */
interface ServerBindings {
  readonly incoming?: IncomingMessage;
}

/** The client's network address; behind a proxy on this machine, the one that the proxy saw. */
export function addressOf(request: Pick<IncomingMessage, 'socket' | 'headers'>): string {
  const peer = request.socket.remoteAddress ?? '';
  const forwarded = request.headers['x-forwarded-for'];
  if (!isLoopback(peer) || forwarded === undefined) return peer;
  return String(forwarded).split(',').at(-1)?.trim() ?? peer;
}

/** The same for a request that routes handle; empty where it came without a connection. */
export function addressOfContext(context: Context): string {
  const { incoming } = context.env as ServerBindings;
  return incoming === undefined ? '' : addressOf(incoming);
}

/** Whether a network address is one of this machine alone (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3). */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}
