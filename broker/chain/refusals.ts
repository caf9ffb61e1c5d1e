import type { Hex } from '#sdk/protocol/primitives';
import type { ChainHead } from './head.ts';

interface Refusal {
  /** Hash of the block for which the answer holds: the newest that was known when the chain was asked. */
  readonly asked: Hex | null;
  /** Unix seconds at which what was asked about ended; 0 where it never was. */
  readonly ended: number;
}

/**
 * What the chain said no to, believed until the next block: whatever its logs say, it may have been given in the very
 * moment of asking. Bounded in memory.
 */
export class Refusals {
  private readonly head: ChainHead;
  private readonly most: number;
  private readonly refusals = new Map<string, Refusal>();

  constructor(head: ChainHead, most: number) {
    this.head = head;
    this.most = most;
  }

  /** When it ended, Unix seconds, 0 where it never was; null where the chain must be asked. */
  find(key: string): number | null {
    const known = this.refusals.get(key);
    return known === undefined || known.asked !== this.head.hash || this.head.unavailable !== null ? null : known.ended;
  }

  /**
   * @param asked Newest block known before the chain was asked, and followed by what is remembered: the answer may be older
   * than the present one.
   * @param ended Unix seconds.
   */
  add(key: string, asked: Hex | null, ended = 0): void {
    this.refusals.delete(key);
    const oldest = this.refusals.keys().next();
    if (this.refusals.size >= this.most && oldest.done !== true) this.refusals.delete(oldest.value);
    this.refusals.set(key, { asked, ended });
  }

  clear(): void {
    this.refusals.clear();
  }
}
