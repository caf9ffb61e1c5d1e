import type { Logger } from 'pino';
import type { Address } from '#sdk/protocol/primitives';
import type { TributaryError } from '#sdk/protocol/problem';
import { reasonOf } from '../chain/client.ts';
import { ChainUnavailableError } from '../chain/errors.ts';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import {
  ReaderUnknownError,
  ReadPermissionEndedError,
  ReadPermissionMissingError,
  SessionInvalidError
} from './refusals.ts';
import type { SessionHolder } from './sessions.ts';

export interface ReadersOptions {
  readonly streams: StreamDirectory;
  readonly head: ChainHead;
  /** When the account's last licence to the stream ends, Unix seconds; 0 where there never was one. */
  readonly licenseEnd: (stream: Address, account: Address) => Promise<number>;
  /** Whether the account issues the stream's keys. */
  readonly isIssuer: (stream: Address, account: Address) => boolean;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly logger: Logger;
}

/** What somebody may read of a stream. */
export interface ReadRight {
  /** Unix seconds. Where this is past, what was published before it may be read still, and nothing after it. */
  readonly until: number;
  /** Everyone has it. */
  readonly everyone: boolean;
  /** It stands now. */
  readonly live: boolean;
}

/** Somebody to whom events go as they come. */
export interface LiveRight {
  readonly stream: Address;
  readonly session: SessionHolder | null;
  /** Called once when the right is lost; nothing may go out after it. */
  lost(error: TributaryError): void;
}

interface Watched {
  readonly stream: Address;
  readonly account: Address | null;
  readonly readers: Set<LiveRight>;
  /** As it stood at the last look, or as its readers were told since; undefined before. */
  right: ReadRight | undefined;
}

/** Milliseconds between two looks at what ends by time. */
const lookInterval = 1_000;
/** Milliseconds of a silent chain after which readers of streams that are not public are sent away, to come back. */
const silenceLimit = 60_000;
/** Readers looked at before others on the same event loop get their turn. */
const chunk = 256;

/**
 * Who may read the events of a stream: everyone where it is public, else its owner, accounts with Read or Write, holders
 * of a licence, and its issuer. The chain says so, with an answer that is at most a block old, and says it again at
 * every block for those to whom events go live.
 */
export class Readers {
  private readonly options: ReadersOptions;
  private readonly watched = new Map<string, Watched>();
  private looking = false;
  private again = false;
  private silentSince: number | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: ReadersOptions) {
    this.options = options;
    // Not awaited: what follows the chain must not wait for readers.
    options.head.onChange(() => {
      void this.look();
      return Promise.resolve();
    });
  }

  /**
   * What an account may read of a stream.
   *
   * @param account Null for somebody who is not known.
   * @throws {@link ReaderUnknownError}, {@link ReadPermissionMissingError} where it is nothing at all;
   * ChainUnavailableError.
   */
  async rightOf(stream: Address, account: Address | null): Promise<ReadRight> {
    const right = await this.find(stream, account);
    const watched = this.watched.get(keyOf(stream, account));
    // One who hears "no" now must not pass for one who loses something at the next look.
    if (watched !== undefined && right.live) watched.right = right;
    if (right.until > 0) return right;
    if (account === null) throw new ReaderUnknownError(stream);
    throw new ReadPermissionMissingError(account, stream);
  }

  /**
   * Watches a right from now on; ask {@link rightOf} after it, so that no block falls between the two.
   *
   * @returns Ends it.
   */
  watch(reader: LiveRight): () => void {
    const { stream, session } = reader;
    const account = session?.account ?? null;
    const key = keyOf(stream, account);
    const watched = this.watched.get(key) ?? { stream, account, readers: new Set<LiveRight>(), right: undefined };
    watched.readers.add(reader);
    this.watched.set(key, watched);
    this.timer ??= setInterval(() => this.lookAtTime(), lookInterval);
    return () => {
      watched.readers.delete(reader);
      if (watched.readers.size === 0 && this.watched.get(key) === watched) this.watched.delete(key);
    };
  }

  stop(): void {
    clearInterval(this.timer);
    this.watched.clear();
  }

  /**
   * The same, where nothing is an answer too: a right that ended at 0.
   *
   * @throws ChainUnavailableError
   */
  async find(stream: Address, account: Address | null): Promise<ReadRight> {
    const { streams, head, licenseEnd, isIssuer } = this.options;
    const { until, everyone } = await streams.readableUntil(stream, account);
    const now = head.head.timestamp;
    if (until > now || account === null) return { until, everyone, live: until > now };
    if (isIssuer(stream, account)) return { until: Number.POSITIVE_INFINITY, everyone: false, live: true };
    const latest = Math.max(until, await licenseEnd(stream, account));
    return { until: latest, everyone: false, live: latest > head.head.timestamp };
  }

  /** Asks for every right again; once more where it was asked meanwhile. */
  private async look(): Promise<void> {
    this.again = true;
    if (this.looking) return;
    this.looking = true;
    try {
      while (this.again) {
        this.again = false;
        let pending: Promise<void>[] = [];
        for (const watched of [...this.watched.values()]) {
          pending.push(this.lookAt(watched));
          if (pending.length < chunk) continue;
          await Promise.all(pending);
          pending = [];
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
        await Promise.all(pending);
      }
    } finally {
      this.looking = false;
    }
  }

  private async lookAt(watched: Watched): Promise<void> {
    try {
      const right = await this.find(watched.stream, watched.account);
      // Who was never told of a right has none to lose: whoever just came asks for it, and hears why there is none.
      const told = watched.right?.live === true;
      watched.right = right;
      if (!right.live && told) this.takeAway(watched, new ReadPermissionEndedError(watched.stream));
    } catch (error) {
      // The next block tells; if none comes, the clock does.
      if (!(error instanceof ChainUnavailableError)) throw error;
      this.options.logger.debug({ reason: reasonOf(error) }, 'a right to read could not be asked for');
    }
  }

  /** Ends what ends by the clock: sessions, and while the chain is silent the rights whose end it told before. */
  private lookAtTime(): void {
    const now = this.options.clock();
    const silent = this.options.head.unavailable !== null;
    this.silentSince = silent ? (this.silentSince ?? performance.now()) : null;
    const tooLong = this.silentSince !== null && performance.now() - this.silentSince > silenceLimit;
    for (const watched of [...this.watched.values()]) {
      const { right, stream } = watched;
      if (silent && right?.live === true && right.until * 1000 <= now) {
        this.takeAway(watched, new ReadPermissionEndedError(stream));
      } else if (tooLong && right?.everyone !== true) {
        this.takeAway(watched, new ChainUnavailableError('Nobody can say who may read now. Come back in a moment.'));
      }
      for (const reader of [...watched.readers]) {
        if (reader.session !== null && reader.session.until <= now && right?.everyone !== true) {
          watched.readers.delete(reader);
          reader.lost(new SessionInvalidError('The session has ended. Sign in again.'));
        }
      }
    }
  }

  private takeAway(watched: Watched, error: TributaryError): void {
    for (const reader of [...watched.readers]) {
      watched.readers.delete(reader);
      reader.lost(error);
    }
  }
}

const keyOf = (stream: Address, account: Address | null): string => `${stream} ${account ?? ''}`;
