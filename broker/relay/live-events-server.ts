import type { ServerResponse } from 'node:http';
import type { Address } from '#sdk/protocol/primitives';
import { LiveEvents, type LiveEventsParts, type Positions } from './live-events.ts';
import type { ConnectionCount } from './connection-count.ts';
import { TooManyConnectionsError } from './refusals.ts';
import type { SessionHolder } from './sessions.ts';

/** The answers with live events that are under way; they count as WebSockets do. */
export class LiveEventsServer {
  private readonly parts: LiveEventsParts;
  private readonly open = new Set<LiveEvents>();
  private readonly connections: ConnectionCount;
  private stopped = false;

  constructor(parts: LiveEventsParts, connections: ConnectionCount) {
    this.parts = parts;
    this.connections = connections;
  }

  /**
   * Refuses whoever has too many open.
   *
   * @throws {@link TooManyConnectionsError}
   */
  check(address: string): void {
    if (this.stopped) throw new TooManyConnectionsError();
    this.connections.check(address);
  }

  /**
   * Answers with events until the client leaves.
   *
   * @throws as {@link check}, for those who came in meanwhile.
   */
  serve(
    response: ServerResponse,
    address: string,
    stream: Address,
    positions: Positions,
    session: SessionHolder | null
  ): void {
    if (response.destroyed) return;
    this.check(address);
    const closed = this.connections.add(address);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'access-control-allow-origin': '*',
      // For nginx in front, which would collect events otherwise.
      'x-accel-buffering': 'no'
    });
    const events = new LiveEvents(this.parts, response, stream, positions, session);
    this.open.add(events);
    response.on('close', () => {
      this.open.delete(events);
      closed();
    });
  }

  stop(): void {
    this.stopped = true;
    for (const events of this.open) events.stop();
  }
}
