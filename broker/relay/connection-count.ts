import type { RelayLimits } from './limits.ts';
import { TooManyConnectionsError } from './refusals.ts';

/** Connections that stay open, WebSockets and live events over HTTP alike: so many of one address, so many in all. */
export class ConnectionCount {
  private readonly limits: Pick<RelayLimits, 'socketsPerAddress' | 'sockets'>;
  private readonly perAddress = new Map<string, number>();
  private total = 0;

  constructor(limits: Pick<RelayLimits, 'socketsPerAddress' | 'sockets'>) {
    this.limits = limits;
  }

  /**
   * Refuses whoever has too many open.
   *
   * @throws {@link TooManyConnectionsError}
   */
  check(address: string): void {
    const { socketsPerAddress, sockets } = this.limits;
    if ((this.perAddress.get(address) ?? 0) >= socketsPerAddress || this.total >= sockets) {
      throw new TooManyConnectionsError();
    }
  }

  /**
   * Counts one more.
   *
   * @returns To be called once, when it has closed.
   * @throws as {@link check}.
   */
  add(address: string): () => void {
    this.check(address);
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
    this.total += 1;
    return () => {
      this.total -= 1;
      const left = (this.perAddress.get(address) ?? 1) - 1;
      if (left === 0) this.perAddress.delete(address);
      else this.perAddress.set(address, left);
    };
  }
}
