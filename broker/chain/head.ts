import type { Logger } from 'pino';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Hex } from '#sdk/protocol/primitives';
import { type ChainClient, reasonOf } from './client.ts';
import { ChainUnavailableError } from './errors.ts';

export interface Head {
  readonly number: number;
  readonly hash: Hex;
  /** Unix seconds. */
  readonly timestamp: number;
}

export interface HeadChange {
  readonly head: Head;
  /** The head before, or null after the start and after every reorganisation. */
  readonly previous: Head | null;
}

/** Milliseconds between two looks at the chain. */
const pollInterval = 250;
/** Longest pause, milliseconds, between two tries while the chain does not answer. */
const longestPause = 5_000;
/** A chain that was silent for so long, milliseconds, is not asked for permissions any more. */
const silence = 10_000;

/**
 * Follows the newest block of the chain, by polling, and tells who listens. Survives a chain that is down or that was
 * replaced by another one.
 */
export class ChainHead {
  private readonly client: ChainClient;
  private readonly deployment: Deployment;
  private readonly logger: Logger;
  private readonly listeners = new Set<(change: HeadChange) => Promise<void>>();
  private current: Head | null = null;
  /** By the monotonic clock: a duration is asked for, not the time. */
  private answeredAt = Number.NEGATIVE_INFINITY;
  private trouble: string | null = 'The chain was not asked yet.';
  private genesisKnown = false;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private polling: Promise<void> = Promise.resolve();

  constructor(client: ChainClient, deployment: Deployment, logger: Logger) {
    this.client = client;
    this.deployment = deployment;
    this.logger = logger;
  }

  /** Looks once, whether the chain answers or not, and then goes on by itself. */
  async start(): Promise<void> {
    await this.poll();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.polling;
  }

  /** Calls back on every new head. A listener takes care of its own failures. */
  onChange(listener: (change: HeadChange) => Promise<void>): void {
    this.listeners.add(listener);
  }

  /** Why the chain cannot be relied on now; null when it can. */
  get unavailable(): string | null {
    if (this.trouble !== null) return this.trouble;
    return performance.now() - this.answeredAt > silence ? 'The chain has not answered for a while.' : null;
  }

  /**
   * The newest block known.
   *
   * @throws {@link ChainUnavailableError} when the chain cannot be relied on.
   */
  get head(): Head {
    const reason = this.unavailable;
    if (reason !== null || this.current === null) {
      throw new ChainUnavailableError(`${reason ?? 'The chain has no block yet.'} Try again in a moment.`);
    }
    return this.current;
  }

  /** Hash of the newest block known, however long ago; null before the first. */
  get hash(): Hex | null {
    return this.current?.hash ?? null;
  }

  /** Looks at the chain at once instead of waiting for the next turn. */
  private poll(): Promise<void> {
    this.polling = this.look().then(
      () => {
        this.failures = 0;
        this.schedule(pollInterval);
      },
      (error: unknown) => {
        this.failures += 1;
        this.trouble = `The chain does not answer: ${reasonOf(error)}`;
        this.genesisKnown = false;
        if (this.failures === 1) this.logger.warn({ reason: reasonOf(error) }, 'the chain does not answer');
        this.schedule(Math.min(pollInterval * 2 ** Math.min(this.failures, 10), longestPause));
      }
    );
    return this.polling;
  }

  private schedule(pause: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.poll(), pause);
  }

  private async look(): Promise<void> {
    if (!this.genesisKnown && !(await this.recognise())) return;
    const block = await this.client.getBlock({ blockTag: 'latest' });
    this.answeredAt = performance.now();
    if (this.trouble !== null) this.logger.info({ block: Number(block.number) }, 'the chain answers');
    this.trouble = null;
    const head: Head = { number: Number(block.number), hash: block.hash, timestamp: Number(block.timestamp) };
    if (head.hash === this.current?.hash) return;
    const previous = (await this.continues(head, block.parentHash)) ? this.current : null;
    // A chain that got shorter may be another one altogether.
    if (this.current !== null && head.number < this.current.number && !(await this.recognise())) return;
    this.current = head;
    for (const listener of this.listeners) {
      await listener({ head, previous }).catch((error: unknown) => {
        this.logger.error({ err: error, block: head.number }, 'a follower of the chain failed');
      });
    }
  }

  private async recognise(): Promise<boolean> {
    const genesis = await this.client.getBlock({ blockNumber: 0n });
    this.genesisKnown = genesis.hash === this.deployment.genesisHash;
    if (!this.genesisKnown) {
      const trouble =
        'The chain is another one than the one the contracts were deployed to: deploy again, then restart the broker.';
      if (this.trouble !== trouble) this.logger.error({ genesis: genesis.hash }, trouble);
      this.trouble = trouble;
      this.current = null;
    }
    return this.genesisKnown;
  }

  private async continues(head: Head, parentHash: Hex): Promise<boolean> {
    if (this.current === null || head.number <= this.current.number) return false;
    if (head.number === this.current.number + 1) return parentHash === this.current.hash;
    const block = await this.client.getBlock({ blockNumber: BigInt(this.current.number) });
    return block.hash === this.current.hash;
  }
}
