import type { Logger } from 'pino';
import type { Address } from '#sdk/protocol/primitives';
import { generateRoot, slotAt } from '#sdk/protocol/slot-keys';
import type { StreamDirectory } from '../chain/streams.ts';
import type { HeldSeeds } from './held-seeds.ts';
import type { ServedStream } from './seller-streams.ts';

/** When a new era is begun to cut somebody off. */
export interface EraTiming {
  /** Seconds for which cut-offs are gathered, so that one era does for several. */
  readonly gather: number;
  /** Least seconds from the decision to the era's first slot: time for its keys to reach publishers and readers. */
  readonly lead: number;
}

/** Seconds for which an era is still granted after the next one has begun. */
const overlapSeconds = 600;

/**
 * Makes the keys of a seller's streams: a first era, and new ones when they are due. A root is in the vault before
 * anything of it is granted, so that whatever crashes, nothing is granted of a root that is lost.
 *
 * Eras are numbered by the second in which they are begun. So they also grow where a vault was lost with the numbers in
 * it, and no era of another root is taken for the same.
 */
export class OwnEras {
  private readonly held: HeldSeeds;
  private readonly streams: StreamDirectory;
  private readonly account: Address;
  private readonly lead: number;
  private readonly clock: () => number;
  private readonly logger: Logger;

  constructor(parts: {
    held: HeldSeeds;
    streams: StreamDirectory;
    /** The issuer's. */
    account: Address;
    lead: number;
    clock: () => number;
    logger: Logger;
  }) {
    this.held = parts.held;
    this.streams = parts.streams;
    this.account = parts.account;
    this.lead = parts.lead;
    this.clock = parts.clock;
    this.logger = parts.logger;
  }

  /** Whether the issuer alone makes the keys of a stream, and so may begin eras of it. */
  isOwn(stream: Address): boolean {
    return this.held.isOwn(stream, this.account);
  }

  /**
   * Makes the first era of a stream, from now on, and another one where somebody else made its keys since the newest;
   * nothing where the keys that are held are the stream's.
   *
   * @param time How often the issuer was given the stream. @returns Whether it did.
   */
  async begin({ stream, time }: ServedStream): Promise<boolean> {
    if (this.held.erasOf(stream).length > 0) {
      if (!this.isOwn(stream) || this.held.timeOf(stream) >= time) return false;
      await this.next(stream, time);
      return true;
    }
    const { slotDuration } = await this.streams.find(stream);
    const era = Math.floor(this.clock() / 1000);
    const fromSlot = slotAt(this.clock(), slotDuration);
    const overlap = 0;
    await this.held.startEra(stream, { era, fromSlot, root: generateRoot(), overlap, time }, this.account);
    this.logger.info({ stream, era, fromSlot }, 'first era begun');
    return true;
  }

  /** Begins another era, at the first slot boundary after the lead. */
  async next(stream: Address, time = this.held.timeOf(stream)): Promise<{ era: number; fromSlot: number }> {
    const { slotDuration } = await this.streams.find(stream);
    const newest = Math.max(...this.held.erasOf(stream).map(({ era }) => era));
    const era = Math.max(newest + 1, Math.floor(this.clock() / 1000));
    const fromSlot = slotAt(this.clock() + this.lead * 1000, slotDuration) + 1;
    const overlap = Math.ceil(overlapSeconds / slotDuration);
    await this.held.startEra(stream, { era, fromSlot, root: generateRoot(), overlap, time }, this.account);
    this.logger.info({ stream, era, fromSlot }, 'new era begun');
    return { era, fromSlot };
  }
}
