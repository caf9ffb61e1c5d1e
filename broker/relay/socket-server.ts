import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { addressOf } from '../http/client-address.ts';
import { type Problem, problemMediaType } from '#sdk/protocol/problem';
import type { ConnectionCount } from './connection-count.ts';
import { TooManyConnectionsError } from './refusals.ts';
import { closeCodes, type SessionParts, SocketSession } from './socket-session.ts';

export const socketPath = '/v1/ws';

/** Accepts WebSockets at /v1/ws, within the limits. */
export class SocketServer {
  private readonly parts: SessionParts;
  private readonly server: WebSocketServer;
  private readonly sessions = new Set<SocketSession>();
  private readonly connections: ConnectionCount;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(parts: SessionParts, connections: ConnectionCount) {
    this.parts = parts;
    this.connections = connections;
    this.server = new WebSocketServer({
      noServer: true,
      maxPayload: parts.limits.message,
      // Ciphertext does not compress, and compressing per subscriber would cost the fan-out.
      perMessageDeflate: false
    });
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.timers.push(
      setInterval(() => {
        for (const session of this.sessions) session.nextSecond();
      }, 1_000),
      setInterval(() => {
        for (const session of this.sessions) session.beat();
      }, this.parts.limits.heartbeat)
    );
  }

  /** Tells everybody that the broker goes, and ends those who do not leave. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    for (const session of this.sessions) session.cut(closeCodes.goingAway, 'the broker is stopping', 'stopping');
    const deadline = setTimeout(() => {
      for (const session of this.sessions) session.terminate();
    }, 1_000);
    while (this.sessions.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    clearTimeout(deadline);
    this.server.close();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== socketPath) {
      refuse(socket, {
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: `WebSockets are at ${socketPath}.`
      });
      return;
    }
    const address = addressOf(request);
    let closed: () => void;
    try {
      closed = this.connections.add(address);
    } catch (error) {
      if (!(error instanceof TooManyConnectionsError)) throw error;
      refuse(socket, error.toProblem());
      return;
    }
    // Whether the WebSocket came about or not.
    socket.on('close', closed);
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      const session = new SocketSession(webSocket, this.parts, this.parts.sessions.connectionChallenge());
      this.sessions.add(session);
      this.parts.metrics.sockets.inc();
      webSocket.on('close', () => {
        this.sessions.delete(session);
        this.parts.metrics.sockets.dec();
      });
    });
  }
}

function refuse(socket: Duplex, problem: Problem): void {
  const body = JSON.stringify(problem);
  const retry = problem.retryAfter === undefined ? '' : `retry-after: ${String(problem.retryAfter)}\r\n`;
  socket.end(
    `HTTP/1.1 ${String(problem.status)} ${STATUS_CODES[problem.status] ?? 'Refused'}\r\n` +
      `content-type: ${problemMediaType}\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n` +
      `${retry}connection: close\r\n\r\n${body}`
  );
}
