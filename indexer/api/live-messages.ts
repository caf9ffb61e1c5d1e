import { setTimeout as sleep } from 'node:timers/promises';
import { TributaryError, type Problem } from '#sdk/protocol/problem';
import { outboxMessageSchema, type MessageKind, type OutboxMessage } from '../outbox/messages.ts';
import type { Outbox } from '../outbox/outbox.ts';

/** Kinds of messages that may be waited for. */
export const messageKinds = outboxMessageSchema.options.map(({ shape }) => shape.kind.value) as [
  MessageKind,
  ...MessageKind[]
];

/** Bounds of what one client waits for. */
export const liveLimits = {
  /** Clients that wait at once, of one address and in all. */
  perClient: 20,
  inAll: 1_000,
  /** Ids and accounts that one of them names. */
  subjects: 50
} as const;

/** Messages that are read at once, and milliseconds after which a client that heard nothing looks by itself. */
const readAtOnce = 500;
const lookInterval = 15_000;

/** Too many clients wait for messages. */
export class LiveMessagesBusyError extends TributaryError {
  readonly code = 'live-messages-busy';
  readonly title = 'Too many wait for messages';
  override readonly status = 429;

  override toProblem(): Problem {
    return { ...super.toProblem(), retryAfter: 10 };
  }
}

export interface LiveFilter {
  /** Only these kinds; all where it is empty. */
  readonly kinds: readonly MessageKind[];
  /** Only what concerns one of these ids and accounts, lowercase; everything where it is empty. */
  readonly subjects: readonly string[];
  /** Position of the last message that is known; without it only what comes from now on. */
  readonly after?: number | undefined;
}

/** Messages as they come, until whoever reads them returns. */
export interface LiveStream extends AsyncIterableIterator<OutboxMessage, void, undefined> {
  return(): Promise<IteratorResult<OutboxMessage, void>>;
}

/** What comes through the outbox, for clients that wait for it. */
export interface LiveMessages {
  /**
   * Counts a client that waits, for the limits.
   *
   * @returns what counts it out again, once. @throws {@link LiveMessagesBusyError}
   */
  enter(client: string): () => void;
  /**
   * Messages that fit, also those that take one back, until the reader returns. What says that the whole index was
   * emptied or filled goes to everybody: it voids what was told before.
   *
   * @param client Who waits, for the limit of one client.
   * @throws {@link LiveMessagesBusyError}; {@link MessagesDroppedError} when what follows `after` is not kept any more.
   */
  open(client: string, filter: LiveFilter): Promise<LiveStream>;
}

/** Lets clients wait for messages; those that stand at the same position share one query. */
export function createLiveMessages(outbox: Pick<Outbox, 'read' | 'latest' | 'onMessages'>): LiveMessages {
  const waiting = new Map<string, number>();
  let inAll = 0;
  const reading = new Map<number, Promise<OutboxMessage[]>>();

  function read(after: number): Promise<OutboxMessage[]> {
    const running = reading.get(after);
    if (running !== undefined) return running;
    const started = outbox.read(after, readAtOnce).finally(() => reading.delete(after));
    reading.set(after, started);
    return started;
  }

  function enter(client: string): () => void {
    const mine = waiting.get(client) ?? 0;
    if (mine >= liveLimits.perClient || inAll >= liveLimits.inAll) {
      throw new LiveMessagesBusyError(
        `One address may wait ${String(liveLimits.perClient)} times at once. Name several subjects in one request, or close others.`
      );
    }
    waiting.set(client, mine + 1);
    inAll += 1;
    let entered = true;
    return () => {
      if (!entered) return;
      entered = false;
      inAll -= 1;
      const left = (waiting.get(client) ?? 1) - 1;
      if (left === 0) waiting.delete(client);
      else waiting.set(client, left);
    };
  }

  async function* produce(
    { kinds, subjects }: LiveFilter,
    first: { readonly position: number; readonly messages: OutboxMessage[] },
    ended: AbortSignal
  ): AsyncGenerator<OutboxMessage, void, undefined> {
    const named = new Set(subjects);
    const kept = new Set(kinds);
    const fits = (message: OutboxMessage) =>
      ['indexEmptied', 'indexFilled'].includes(message.kind) ||
      ((kept.size === 0 || kept.has(message.kind)) &&
        (named.size === 0 || message.subjects.some((subject) => named.has(subject))));
    let woken = new AbortController();
    const forget = outbox.onMessages(() => {
      woken.abort();
    });
    try {
      let { position, messages } = first;
      while (!ended.aborted) {
        for (const message of messages) {
          position = message.position;
          if (fits(message)) yield message;
        }
        // news that comes while it is read must not be slept through
        woken = new AbortController();
        messages = await read(position);
        if (messages.length > 0) continue;
        const signal = AbortSignal.any([woken.signal, ended]);
        await sleep(lookInterval, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      forget();
    }
  }

  return {
    enter,
    async open(client, filter) {
      const leave = enter(client);
      try {
        const latest = await outbox.latest();
        const position = Math.min(filter.after ?? latest, latest);
        const messages = await read(position);
        const ended = new AbortController();
        const messagesThatFit = produce(filter, { position, messages }, ended.signal);
        const finish = () => {
          ended.abort();
          leave();
        };
        const stream: LiveStream = {
          async next() {
            try {
              const result = await messagesThatFit.next();
              if (result.done === true) finish();
              return result;
            } catch (error) {
              finish();
              throw error;
            }
          },
          return() {
            finish();
            return messagesThatFit.return();
          },
          [Symbol.asyncIterator]() {
            return stream;
          }
        };
        return stream;
      } catch (error) {
        leave();
        throw error;
      }
    }
  };
}
