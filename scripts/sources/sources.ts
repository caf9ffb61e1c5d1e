import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { mnemonicToAccount } from 'viem/accounts';
import type { Market } from '#sdk/actions/connect-market';
import type { Publisher } from '#sdk/actions/create-publisher';
import { TributaryError } from '#sdk/protocol/problem';
import type { SellerSource, StreamSource } from './catalogue/source.ts';
import { reasonOf, SourceSilentError } from './feeds/feed.ts';
import type { Content } from './feeds/feed.ts';
import { runStream } from './run-stream.ts';
import { createSeller } from './seller.ts';
import type { Seller } from './seller.ts';
import type { SellerState } from './state.ts';

export interface SourcesParameters {
  readonly market: Market;
  readonly sellers: readonly SellerSource[];
  readonly mnemonic: string;
  readonly state: SellerState;
  /** With sources from the internet, or without. */
  readonly internet: boolean;
  readonly logger: Logger;
  /** Milliseconds after which a source on the internet that did not answer is asked again. */
  readonly internetPause?: number;
}

export interface Sources {
  /** Fulfilled when all that does not need the internet is listed and publishes, or was given up and said so. */
  readonly opened: Promise<void>;
  /** Stops publishing; waits at most two seconds for what is on its way. */
  stop(): Promise<void>;
}

const delegationPeriod = 24 * 3600 * 1000;
const firstPause = 1_000;
const longestPause = 30_000;
const refusalLimit = 5;

/** Runs the demonstration sellers. */
export function runSources(parameters: SourcesParameters): Sources {
  const { market, sellers, mnemonic, state, internet, logger, internetPause = 5 * 60_000 } = parameters;
  const stopping = new AbortController();
  const { signal } = stopping;
  // Every stream waits on it: dozens of listeners are no leak.
  setMaxListeners(0, signal);
  const publishers: Publisher[] = [];
  const timers: NodeJS.Timeout[] = [];
  const running: Promise<void>[] = [];

  /** Opens a stream and lets it publish for as long as this program runs. */
  const open = async (seller: Seller, stream: StreamSource) => {
    const publisher = await persist(() => seller.openStream(stream), signal, logger);
    publishers.push(publisher);
    running.push(runStream(stream, publisher, signal, logger));
    timers.push(
      setInterval(() => {
        seller.delegate(stream).catch((error: unknown) => {
          logger.warn({ stream: stream.key, reason: reasonOf(error) }, 'keys were not delegated anew');
        });
      }, delegationPeriod)
    );
  };

  const runSeller = async (source: SellerSource) => {
    const account = mnemonicToAccount(mnemonic, { addressIndex: source.account });
    const seller = createSeller({ market, source, account, state, logger });
    const samples = new Map<string, readonly Content[]>();
    const opened = new Set<string>();
    // One transaction after the other: they are numbered per account.
    let turn = Promise.resolve();
    const inTurn = (task: () => Promise<void>) => {
      const done = turn.then(task);
      turn = done.catch(() => undefined);
      return done;
    };

    const offer = async (stream: StreamSource) => {
      const unlisted = source.products.some(
        ({ key, streams }) => streams.includes(stream.key) && state.market.products[key] === undefined
      );
      // Only a product that is yet to be listed needs a sample; later starts publish at once.
      if (unlisted) samples.set(stream.key, await stream.feed.sample(signal));
      await inTurn(async () => {
        await open(seller, stream);
        opened.add(stream.key);
        for (const product of source.products) {
          const complete = product.streams.includes(stream.key) && product.streams.every((key) => opened.has(key));
          if (complete) await persist(() => seller.listProduct(product, samples), signal, logger);
        }
      });
    };

    const offerWhenAnswered = async (stream: StreamSource) => {
      while (isRunning(signal)) {
        try {
          await offer(stream);
          return;
        } catch (error) {
          if (!isRunning(signal)) return;
          if (!(error instanceof SourceSilentError)) throw error;
          logger.info({ stream: stream.key, reason: error.message }, 'the internet source does not answer');
          await sleep(internetPause, undefined, { signal }).catch(() => undefined);
        }
      }
    };

    if (internet) {
      for (const stream of source.streams.filter((one) => one.internet === true)) {
        running.push(offerWhenAnswered(stream).catch(report(logger, signal, stream.key)));
      }
    }
    const local = source.streams.filter((one) => one.internet !== true);
    await Promise.all(local.map((stream) => offer(stream).catch(report(logger, signal, stream.key))));
  };

  const opened = Promise.all(sellers.map(runSeller)).then(() => undefined);
  return {
    opened,
    stop: async () => {
      stopping.abort();
      for (const timer of timers) clearInterval(timer);
      await Promise.all(publishers.map((publisher) => publisher.close(2_000)));
      await Promise.allSettled(running);
    }
  };
}

/** A call, since it changes while others are awaited. */
const isRunning = (signal: AbortSignal) => !signal.aborted;

const report = (logger: Logger, signal: AbortSignal, stream: string) => (error: unknown) => {
  if (!signal.aborted) logger.error({ stream, reason: reasonOf(error) }, 'a source had to be given up');
};

/** Tries again: for ever while the market does not answer, a few times when it refuses. */
async function persist<T>(task: () => Promise<T>, signal: AbortSignal, logger: Logger): Promise<T> {
  let refusals = 0;
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
    signal.throwIfAborted();
    try {
      return await task();
    } catch (error) {
      if (!(error instanceof TributaryError)) throw error;
      if (error.status < 500 && ++refusals >= refusalLimit) throw error;
      logger.warn({ reason: `${error.title}. ${error.message}` }, 'the market did not do it; trying again');
      await sleep(pause, undefined, { signal });
    }
  }
}
