import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Headers that offer another protocol; without them it is a plain request. */
const offer = new Set(['upgrade', 'connection', 'http2-settings']);

/**
 * Answers a request that offers another protocol than WebSocket (such as h2c, as Java's client and curl --http2 do)
 * as if it did not: a server may ignore the offer (RFC 9110, 7.8), but Node hands every one of them over. The head of
 * the request is written again without the offer and read once more, with whatever of its body has arrived.
 */
export function continueWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, rest: Buffer): void {
  const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1`, 'connection: close'];
  for (let place = 0; place < request.rawHeaders.length; place += 2) {
    const name = request.rawHeaders[place] ?? '';
    if (!offer.has(name.toLowerCase())) lines.push(`${name}: ${request.rawHeaders[place + 1] ?? ''}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]));
  server.emit('connection', socket);
}
