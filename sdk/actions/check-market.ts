import * as z from 'zod';
import { indexStatusSchema } from '../protocol/discovery.ts';
import { TributaryError } from '../protocol/problem.ts';
import { checkSubgraph } from './check-subgraph.ts';
import type { Market } from './connect-market.ts';
import { connectBroker } from './broker-connection.ts';
import { fetchDocument } from './fetch-document.ts';
import { fetchIssuer } from './fetch-issuer.ts';
import { WebSocketMissingError } from './market-errors.ts';
import type { MarketCheck } from './market-check.ts';
import { requestJson } from './request.ts';
import { searchProducts } from './search-products.ts';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';

export interface CheckMarketParameters {
  readonly market: Market;
}
/** One for every part, always in the same order. */
export type CheckMarketReturnType = readonly MarketCheck[];

/** Blocks that an index may lag without anybody noticing. */
const toleratedBlocks = 3;
/** Milliseconds by which clocks may differ: more is odd; with much more, brokers refuse events as from the future. */
const oddSkew = 5_000;
const harmfulSkew = 30_000;
/** Seconds without a block after which a public chain is asleep. */
const quietChain = 300;
const patience = 5_000;

/**
 * Asks every part of a market how it is, and holds some of what they say against one another. Never throws for what a
 * part does: that is the answer.
 *
 * @example
 * for (const { name, state, detail } of await checkMarket({ market })) console.log(name, state, detail);
 */
export async function checkMarket({ market }: CheckMarketParameters): Promise<CheckMarketReturnType> {
  return Promise.all([
    guarded('chain', () => checkChain(market), 'Ask whoever runs the market, or set CHAIN_URL to a node that answers.'),
    guarded('clock', () => checkClock(market), 'Look at the market first.'),
    guarded('index', () => checkIndex(market), 'Lists and search wait for it; buying by id needs it too.'),
    guarded('search', () => checkSearch(market), 'Lists and search wait for the index.'),
    guarded('documents', () => checkDocuments(market), 'Terms cannot be read or stored: do not buy blindly.'),
    guarded('broker', () => checkBroker(market), 'Events and keys wait until it is back; licences are safe.'),
    guarded('events', () => checkWebSocket(market), 'A proxy in between may not pass WebSockets on.'),
    guarded('subgraph', () => checkSubgraph({ market }), 'Only who distrusts the index misses it.', 'absent')
  ]);
}

/** What a part that fails says of itself. */
async function guarded(
  name: string,
  check: () => Promise<Omit<MarketCheck, 'name'>>,
  advice: string,
  state: 'bad' | 'absent' = 'bad'
): Promise<MarketCheck> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    const detail = error instanceof TributaryError ? error.message : firstLine(error);
    return { name, state, detail, advice };
  }
}

const firstLine = (error: unknown) => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));

async function checkChain(market: Market): Promise<Omit<MarketCheck, 'name'>> {
  const { publicClient, deployment, clock } = market;
  const [chainId, genesis, head, ...codes] = await Promise.all([
    publicClient.getChainId(),
    publicClient.getBlock({ blockNumber: 0n }),
    publicClient.getBlock(),
    ...[deployment.contracts.DataLicense, deployment.contracts.DATAcoin].map((address) =>
      publicClient.getCode({ address })
    )
  ]);
  const foreign = 'The address serves another chain than its contracts are on. Buy nothing here.';
  if (chainId !== market.chainId || chainId !== deployment.chainId) {
    return { state: 'bad', detail: `It is chain ${String(chainId)}, not ${String(market.chainId)}.`, advice: foreign };
  }
  if (genesis.hash.toLowerCase() !== deployment.genesisHash) {
    return { state: 'bad', detail: 'Its first block is not that of the deployment.', advice: foreign };
  }
  if (codes.some((code) => code === undefined || code === '0x')) {
    return { state: 'bad', detail: 'There are no contracts at the addresses of the deployment.', advice: foreign };
  }
  const age = Math.max(0, Math.round(clock() / 1000) - Number(head.timestamp));
  const detail = `Chain ${String(chainId)} at block ${String(head.number)}, made ${String(age)} s ago.`;
  // A local chain may make blocks only when there is something to put into them.
  if (market.local || age <= quietChain) return { state: 'good', detail };
  return { state: 'warning', detail, advice: 'No block came for minutes: transactions may wait.' };
}

async function checkClock(market: Market): Promise<Omit<MarketCheck, 'name'>> {
  const before = market.clock();
  const answer = await market.fetch(`${market.marketUrl}/v1/status`, { signal: AbortSignal.timeout(patience) });
  const after = market.clock();
  await answer.body?.getReader().cancel();
  const date = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(date)) return { state: 'absent', detail: 'The market does not say what time it is there.' };
  // Its header has whole seconds: the truth is somewhere within the next one.
  const ahead = Math.max(0, before - (date + 1_000));
  const behind = Math.max(0, date - after);
  const skew = Math.max(ahead, behind);
  const side = ahead > behind ? 'ahead of' : 'behind';
  if (skew <= oddSkew) return { state: 'good', detail: 'This machine and the market agree on the time.' };
  return {
    state: skew > harmfulSkew ? 'bad' : 'warning',
    detail: `This machine is ${(skew / 1000).toFixed(0)} s ${side} the market.`,
    advice: 'Set the clock (NTP): events are refused, and ends of licences mistaken, by a wrong one.'
  };
}

async function checkIndex(market: Market): Promise<Omit<MarketCheck, 'name'>> {
  const [status, head] = await Promise.all([
    requestJson({
      fetch: market.fetch,
      url: `${market.marketUrl}/v1/status`,
      schema: indexStatusSchema,
      timeout: patience
    }),
    market.publicClient.getBlockNumber()
  ]);
  if (status.chainId !== market.chainId) {
    const detail = `It reads chain ${String(status.chainId)}, not ${String(market.chainId)}.`;
    return { state: 'bad', detail, advice: 'What it lists is of another chain. Buy nothing here.' };
  }
  if (status.indexed === null) {
    return { state: 'warning', detail: 'It has not read the first block yet.', advice: 'Wait, then look again.' };
  }
  const lag = Math.max(0, Number(head) - status.indexed.number);
  const where = lag === 0 ? 'level with the chain' : `${String(lag)} behind the chain`;
  const detail = `At block ${String(status.indexed.number)}, ${where}.`;
  if (status.ready && lag <= toleratedBlocks) return { state: 'good', detail };
  return { state: 'warning', detail, advice: 'What was listed or bought lately may be missing: wait a little.' };
}

/** Searches, and asks the chain whether what was found is on sale as the index says. */
async function checkSearch(market: Market): Promise<Omit<MarketCheck, 'name'>> {
  const { items, total } = await searchProducts({ market, query: { sort: 'newest', limit: 10 } });
  const answers = await Promise.all(
    items.map(async ({ offer }) => {
      const [offerId] = await market.publicClient.readContract({
        address: market.deployment.contracts.DataLicense,
        abi: dataLicenseAbi,
        functionName: 'offerAt',
        args: [offer.streams[0] ?? market.deployment.contracts.DataLicense, BigInt(offer.position)]
      });
      return offerId.toLowerCase() === offer.offerId;
    })
  );
  const wrong = answers.filter((right) => !right).length;
  if (wrong > 0) {
    return {
      state: 'bad',
      detail: `The chain does not know ${String(wrong)} of the ${String(items.length)} newest offers.`,
      advice: 'The index and the chain differ: buy nothing until they agree.'
    };
  }
  return { state: 'good', detail: `${String(total)} products on sale; the chain knows the newest of them.` };
}

async function checkDocuments(market: Market): Promise<Omit<MarketCheck, 'name'>> {
  const { items } = await searchProducts({ market, query: { sort: 'newest', limit: 20 } });
  const [first] = items;
  if (first === undefined) return { state: 'good', detail: 'Nothing is stored yet.' };
  await fetchDocument({ market, cid: first.offer.termsCid });
  const missing = items.filter(({ documentState }) => documentState !== 'ready').length;
  if (missing === 0) return { state: 'good', detail: 'Terms and descriptions are what their hashes say.' };
  return {
    state: 'warning',
    detail: `${String(missing)} of the newest ${String(items.length)} descriptions cannot be fetched.`,
    advice: 'Those products have no name here; their terms may be missing too.'
  };
}

async function checkBroker(market: Market): Promise<Omit<MarketCheck, 'name'>> {
  const { issuer } = await fetchIssuer({ market });
  try {
    await requestJson({
      fetch: market.fetch,
      url: `${market.brokerUrl}/ready`,
      schema: z.unknown(),
      timeout: patience
    });
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    const advice = 'It answers, and does not take events or issue grants just now. Wait a little.';
    return { state: 'warning', detail: `Not ready: ${error.message}`, advice };
  }
  return { state: 'good', detail: `Ready; its grants are signed by ${issuer}.` };
}

function checkWebSocket(market: Market): Promise<Omit<MarketCheck, 'name'>> {
  if (market.webSocket === undefined) throw new WebSocketMissingError();
  const url = market.webSocketUrl;
  return new Promise((resolve) => {
    const settle = (check: Omit<MarketCheck, 'name'>) => {
      clearTimeout(timer);
      connection.close();
      resolve(check);
    };
    const timer = setTimeout(() => {
      const advice = 'Publishing and subscribing need it. A proxy in between may not pass WebSockets on.';
      settle({ state: 'bad', detail: `${url} did not say hello.`, advice });
    }, patience);
    const connection = connectBroker({
      market,
      onOpen: () => {
        settle({ state: 'good', detail: 'The WebSocket says hello.' });
      },
      onMessage: () => undefined,
      onFrame: () => undefined
    });
  });
}
