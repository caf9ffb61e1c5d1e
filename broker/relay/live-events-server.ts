import type { ServerResponse } from 'node:http';
import type { Address } from '#sdk/protocol/primitives';
import { LiveEvents, type LiveEventsParts, type Positions } from './live-events.ts';
import { TooManyConnectionsError } from './refusals.ts';

/** The answers with live events that are under way, within the limits of WebSockets. */
export class LiveEventsServer {
  private readonly parts: LiveEventsParts;
  private readonly open = new Set<LiveEvents>();
  private readonly perAddress = new Map<string, number>();
  private stopped = false;

  constructor(parts: LiveEventsParts) {
    this.parts = parts;
  }

  /**
   * Refuses whoever has too many open.
   *
   * @throws {@link TooManyConnectionsError}
   */
  check(address: string): void {
    const { socketsPerAddress, sockets } = this.parts.limits;
    if ((this.perAddress.get(address) ?? 0) >= socketsPerAddress || this.open.size >= sockets || this.stopped) {
      throw new TooManyConnectionsError();
    }
  }

  /**
   * Answers with events until the client leaves.
   *
   * @throws as {@link check}, for those who came in meanwhile.
   */
  serve(response: ServerResponse, address: string, stream: Address, positions: Positions): void {
    if (response.destroyed) return;
    this.check(address);
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'access-control-allow-origin': '*',
      // For nginx in front, which would collect events otherwise.
      'x-accel-buffering': 'no'
    });
    const events = new LiveEvents(this.parts, response, stream, positions);
    this.open.add(events);
    response.on('close', () => {
      this.open.delete(events);
      const left = (this.perAddress.get(address) ?? 1) - 1;
      if (left === 0) this.perAddress.delete(address);
      else this.perAddress.set(address, left);
    });
  }

  stop(): void {
    this.stopped = true;
    for (const events of this.open) events.stop();
  }
}
