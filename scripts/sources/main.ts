import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { connectMarket } from '#sdk/actions/connect-market';
import type { Market } from '#sdk/actions/connect-market';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { TributaryError } from '#sdk/protocol/problem';
import { createCatalogue, internetSources } from './catalogue/catalogue.ts';
import { reasonOf } from './feeds/feed.ts';
import { NotLocalError } from './not-local-error.ts';
import { runSources } from './sources.ts';
import type { Sources } from './sources.ts';
import { openState } from './state.ts';

/** The demonstration sellers of a local market, in one process. Their keys come from SELLER_MNEMONIC. */
const configuration = parseConfiguration(process.env);
const logger = pino({ level: configuration.LOG_LEVEL, base: { part: 'sources' } });
const mnemonicSchema = z.string().regex(/^[a-z]+(?: [a-z]+){11,23}$/, 'must be 12 to 24 words');

let sources: Sources | undefined;
let ending = false;

const end = () => {
  if (ending) return;
  ending = true;
  // Whatever hangs: gone within five seconds.
  setTimeout(() => process.exit(1), 4_500).unref();
  (sources?.stop() ?? Promise.resolve()).then(
    () => process.exit(0),
    (error: unknown) => {
      logger.error({ reason: reasonOf(error) }, 'stopped with an error');
      process.exit(1);
    }
  );
};
process.on('SIGTERM', end);
process.on('SIGINT', end);

try {
  await start();
} catch (error) {
  const text = error instanceof TributaryError ? `${error.title}. ${error.message}` : reasonOf(error);
  logger.fatal({ reason: text }, 'the sources cannot start');
  process.exit(1);
}

async function start(): Promise<void> {
  if (configuration.LIVE_SOURCES === 'none') {
    logger.info('LIVE_SOURCES is none: nothing to publish');
    return;
  }
  const mnemonic = mnemonicSchema.parse(process.env.SELLER_MNEMONIC);
  const host = configuration.HOST === '0.0.0.0' || configuration.HOST === '::' ? '127.0.0.1' : configuration.HOST;
  const market = await findMarket(`http://${host}:${String(configuration.PORT)}`);
  if (!market.local) throw new NotLocalError();
  mkdirSync(configuration.DATA_DIRECTORY, { recursive: true });
  const { genesisHash, contracts } = market.deployment;
  const file = join(configuration.DATA_DIRECTORY, 'sources.json');
  const state = await openState(file, `${genesisHash} ${contracts.StreamRegistry}`);
  if (ending) return;
  sources = runSources({
    market,
    sellers: createCatalogue(configuration.DATA_DIRECTORY, internetSources),
    mnemonic,
    state,
    internet: configuration.LIVE_SOURCES === 'all',
    logger
  });
  await sources.opened;
  logger.info('all sources on this machine publish');
}

/** The storefront may start later than this program. */
async function findMarket(url: string): Promise<Market> {
  for (;;) {
    try {
      return await connectMarket(url, { webSocket: WebSocket });
    } catch (error) {
      if (!(error instanceof TributaryError) || error.status < 500) throw error;
      logger.info({ reason: error.message }, 'the market is not there yet');
      await sleep(1_000);
    }
  }
}
