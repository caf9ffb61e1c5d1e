import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import { outboxChannel } from './append.ts';
import type { OutboxMessage } from './messages.ts';
import { latestPosition, readMessages, registerReader, takeMessages, type OutboxHandler } from './read.ts';
import { dropMessages } from './retention.ts';

/** Messages that a reader takes at once. */
const takenAtOnce = 500;
/** Milliseconds after which readers look by themselves, between two rounds of dropping, and of the longest back-off. */
const lookInterval = 5_000;
const dropInterval = 60_000;
const longestBackoff = 30_000;

/** The outbox as a process sees it. */
export interface Outbox {
  /**
   * Lets a named reader take every message from now on, or from where it was, until the outbox is closed.
   *
   * @param name The same in every process that does the same work; one of them takes messages at a time.
   */
  follow(name: string, handler: OutboxHandler): void;
  /** See {@link readMessages}. */
  read(after: number, limit: number): Promise<OutboxMessage[]>;
  /** See {@link latestPosition}. */
  latest(): Promise<number>;
  /** Calls back whenever there may be more to read. @returns how to end it. */
  onMessages(listener: () => void): () => void;
  /** Ends after what runs. */
  close(): Promise<void>;
}

export interface OutboxOptions {
  readonly database: Database;
  /** Connection string of the same database, for a connection that only listens. */
  readonly databaseUrl: string;
  readonly logger: Logger;
}

/** Opens the outbox: hears of new messages, wakes readers, drops what is old. */
export function openOutbox({ database, databaseUrl, logger }: OutboxOptions): Outbox {
  const stopping = new AbortController();
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of listeners) listener();
  };
  const onMessages = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  /** One connection that listens, made again when it breaks; what came in between is looked for. */
  async function listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      application_name: 'tributary-outbox'
    });
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = () => {
        resolve();
      };
    });
    client.once('end', end);
    client.on('error', end);
    stopping.signal.addEventListener('abort', end);
    client.on('notification', wake);
    try {
      await client.connect();
      await client.query(`listen ${outboxChannel}`);
      wake();
      await ended;
    } finally {
      stopping.signal.removeEventListener('abort', end);
      await client.end().catch(() => undefined);
    }
  }

  async function repeat(what: string, interval: number, work: () => Promise<void>): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted;) {
      try {
        await work();
        failures = 0;
      } catch (error) {
        failures += 1;
        logger.warn({ error }, what);
      }
      const wait = failures === 0 ? interval : Math.min(longestBackoff, 250 * 2 ** Math.min(failures, 10));
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function followAs(name: string, handler: OutboxHandler): Promise<void> {
    let woken = new AbortController();
    const forget = onMessages(() => {
      woken.abort();
    });
    let registered = false;
    for (let failures = 0; !stopping.signal.aborted;) {
      woken = new AbortController();
      let wait = lookInterval;
      try {
        if (!registered) await registerReader(database, name);
        registered = true;
        if ((await takeMessages(database, name, handler, takenAtOnce)) > 0) wait = 0;
        failures = 0;
      } catch (error) {
        failures += 1;
        wait = Math.min(longestBackoff, 250 * 2 ** Math.min(failures, 10));
        logger.warn({ error, reader: name }, 'messages could not be taken; they will be tried again');
      }
      // news does not hurry what fails
      const signal = failures > 0 ? stopping.signal : AbortSignal.any([stopping.signal, woken.signal]);
      if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
    forget();
  }

  const running = [
    repeat('news of the outbox is not heard', 0, listen),
    repeat('old messages could not be dropped', dropInterval, () => dropMessages(database, Date.now()))
  ];
  return {
    follow(name, handler) {
      running.push(followAs(name, handler));
    },
    read: (after, limit) => readMessages(database, after, limit),
    latest: () => latestPosition(database),
    onMessages,
    async close() {
      stopping.abort();
      await Promise.all(running);
    }
  };
}
