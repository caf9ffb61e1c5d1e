import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Publisher } from '#sdk/actions/create-publisher';
import type { StreamSource } from './catalogue/source.ts';
import { reasonOf } from './feeds/feed.ts';

const firstPause = 5_000;
const longestPause = 5 * 60_000;
/** Milliseconds between two warnings about the same thing. */
const warningPause = 60_000;

/** Publishes what a feed emits, and runs the feed again when its source fell silent, until aborted. */
export async function runStream(
  source: StreamSource,
  publisher: Publisher,
  signal: AbortSignal,
  logger: Logger
): Promise<void> {
  let warnedAt = 0;
  let pause = firstPause;
  const warn = (error: unknown, text: string) => {
    if (Date.now() - warnedAt < warningPause) return;
    warnedAt = Date.now();
    logger.warn({ stream: source.key, reason: reasonOf(error) }, text);
  };
  while (isRunning(signal)) {
    try {
      await source.feed.run((...contents) => {
        pause = firstPause;
        publisher.publishAll(contents.map((json) => ({ json }))).catch((error: unknown) => {
          if (!signal.aborted) warn(error, 'events were not published');
        });
      }, signal);
    } catch (error) {
      if (!isRunning(signal)) return;
      warn(error, 'the source fell silent; trying again later');
    }
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(longestPause, pause * 2);
  }
}

/** A call, since it changes while others are awaited. */
const isRunning = (signal: AbortSignal) => !signal.aborted;
