import { z } from 'zod';
import { issuerSchema } from '#sdk/protocol/grant';
import type { IndexStatus } from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import { ask, type Answer } from './answers.ts';
import { readIndexAgreement, type IndexAgreement } from './index-agreement.ts';
import { findProducts, readIndexStatus } from './index-service.ts';
import type { MarketContext } from './market-context.ts';
import { subgraphUrlOf } from './subgraph-url.ts';

/** How one part of the market is. */
export interface PartStatus {
  readonly name: string;
  /** What it is for. */
  readonly purpose: string;
  readonly state: 'good' | 'behind' | 'away' | 'absent';
  /** One sentence. */
  readonly detail: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

/** Blocks that the index may lag without anybody noticing. */
const tolerated = 3;

const rpcSchema = z.object({ result: z.object({ number: z.string(), timestamp: z.string(), hash: z.string() }) });
const metaSchema = z.object({
  data: z.object({
    _meta: z.object({
      block: z.object({ number: z.int(), hash: z.string().nullish() }),
      hasIndexingErrors: z.boolean()
    })
  })
});

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body)
});

const age = (seconds: number, now: number) => `${String(Math.max(0, Math.round(now / 1000) - seconds))} s ago`;

interface Head {
  readonly number: number;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly hash: Hex;
}

async function readHead({ configuration }: MarketContext): Promise<Answer<Head>> {
  const answer = await ask({
    name: 'The chain',
    url: configuration.CHAIN_URL.replace(/^ws/, 'http'),
    schema: rpcSchema,
    patience: 2_000,
    init: post({ jsonrpc: '2.0', id: 1, method: 'eth_getBlockByNumber', params: ['latest', false] })
  });
  if (!answer.ok) return answer;
  const { number, timestamp, hash } = answer.value.result;
  return { ok: true, value: { number: Number(number), timestamp: Number(timestamp), hash: hash as Hex } };
}

function chainStatus(market: MarketContext, head: Answer<Head>, now: number): PartStatus {
  const part = { name: 'Chain', purpose: 'Money, offers, licences and permissions' };
  if (!head.ok)
    return { ...part, state: 'away', detail: 'No answer. Buying and listing wait until it is back.', facts: [] };
  return {
    ...part,
    state: 'good',
    detail: `At block ${String(head.value.number)}, made ${age(head.value.timestamp, now)}.`,
    facts: [
      { name: 'Chain id', value: String(market.deployment.chainId) },
      { name: 'Head', value: head.value.hash },
      ...Object.entries(market.deployment.contracts).map(([name, value]) => ({ name, value: value ?? 'none here' }))
    ]
  };
}

function indexStatus(status: Answer<IndexStatus>, head: Answer<Head>): PartStatus {
  const part = { name: 'Index', purpose: 'Search and lists, rebuilt from the chain' };
  if (!status.ok)
    return { ...part, state: 'away', detail: `${status.reason} Lists and search are missing.`, facts: [] };
  const { indexed, ready, sinceChainAnswered, search } = status.value;
  const instead =
    search === undefined || search.engine === search.configured
      ? ''
      : ` ${search.reason ?? ''} Postgres answers searches meanwhile.`;
  const newest = head.ok ? head.value.number : status.value.head?.number;
  const lag = newest === undefined || indexed === null ? null : Math.max(0, newest - indexed.number);
  const behind = !ready || lag === null || lag > tolerated;
  return {
    ...part,
    state: behind ? 'behind' : 'good',
    detail:
      (indexed === null
        ? 'Has not read the first block yet.'
        : lag === null
          ? `At block ${String(indexed.number)}.`
          : `At block ${String(indexed.number)}, ${lag === 0 ? 'level with the chain' : `${String(lag)} behind the chain`}.`) +
      instead,
    facts: [
      { name: 'Lag in blocks', value: lag === null ? 'unknown' : String(lag) },
      {
        name: 'Chain last answered it',
        value: sinceChainAnswered === null ? 'not yet' : `${String(Math.round(sinceChainAnswered))} ms ago`
      }
    ]
  };
}

async function brokerStatus({ configuration }: MarketContext): Promise<PartStatus> {
  const part = { name: 'Broker', purpose: 'Carries events and issues keys' };
  const base = configuration.BROKER_URL.replace(/\/$/, '');
  const [ready, issuer] = await Promise.all([
    ask({ name: 'The broker', url: `${base}/ready`, schema: z.unknown(), patience: 2_000 }),
    ask({ name: 'The broker', url: `${base}/v1/issuer`, schema: issuerSchema, patience: 2_000 })
  ]);
  const facts = issuer.ok ? [{ name: 'Issuer of grants', value: issuer.value.issuer }] : [];
  if (ready.ok) return { ...part, state: 'good', detail: 'Ready: takes events and issues grants.', facts };
  if (issuer.ok) return { ...part, state: 'behind', detail: `Not ready: ${ready.reason}`, facts };
  return {
    ...part,
    state: 'away',
    detail: 'No answer. Events and keys wait until it is back; licences are safe.',
    facts
  };
}

async function subgraphStatus(market: MarketContext, head: Answer<Head>): Promise<PartStatus> {
  const part = { name: 'Subgraph', purpose: 'The same facts, by graph-node, for whoever distrusts the index' };
  const answer = await ask({
    name: 'graph-node',
    url: subgraphUrlOf(market.configuration),
    schema: metaSchema,
    patience: 2_000,
    init: post({ query: '{ _meta { block { number hash } hasIndexingErrors } }' })
  });
  if (!answer.ok) {
    const none = 'Does not run here. Set SUBGRAPH_URL to a graph-node of your own to have it.';
    return { ...part, state: 'absent', detail: none, facts: [] };
  }
  const { block, hasIndexingErrors } = answer.value.data._meta;
  const lag = head.ok ? Math.max(0, head.value.number - block.number) : 0;
  const state = hasIndexingErrors || lag > tolerated * 3 ? 'behind' : 'good';
  const where = lag === 0 ? 'level with the chain' : `${String(lag)} behind the chain`;
  return {
    ...part,
    state,
    detail: hasIndexingErrors
      ? `Stopped by an error at block ${String(block.number)}.`
      : `At block ${String(block.number)}, ${where}.`,
    facts: [{ name: 'Lag in blocks', value: String(lag) }]
  };
}

async function contentStatus(market: MarketContext): Promise<PartStatus> {
  const part = { name: 'Documents', purpose: 'Terms and descriptions, by content id' };
  const found = await findProducts(market, { sort: 'newest', limit: 20 });
  if (!found.ok) return { ...part, state: 'away', detail: 'No answer. Terms cannot be read or stored.', facts: [] };
  const products = found.value.items;
  const missing = products.filter((product) => product.documentState !== 'ready').length;
  const [first] = products;
  if (first === undefined) return { ...part, state: 'good', detail: 'Nothing is stored yet.', facts: [] };
  const url = `${market.configuration.INDEXER_URL.replace(/\/$/, '')}/ipfs/${first.offer.termsCid}`;
  const answers = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false
  );
  return {
    ...part,
    state: answers && missing === 0 ? 'good' : 'behind',
    detail: answers
      ? missing === 0
        ? 'Terms and descriptions can be fetched.'
        : `${String(missing)} of the newest ${String(products.length)} descriptions cannot be fetched.`
      : 'The terms of the newest product cannot be fetched.',
    facts: [{ name: 'Asked for', value: first.offer.termsCid }]
  };
}

/** How every part of the market is, asked now, and whether both indexes count the same; never throws. */
export async function readMarketStatus(
  market: MarketContext
): Promise<{ readonly parts: PartStatus[]; readonly agreement: IndexAgreement }> {
  const now = Date.now();
  const head = await readHead(market);
  const [status, broker, subgraph, content, agreement] = await Promise.all([
    readIndexStatus(market),
    brokerStatus(market),
    subgraphStatus(market, head),
    contentStatus(market),
    readIndexAgreement(market, head.ok ? head.value.number : null)
  ]);
  return { parts: [chainStatus(market, head, now), indexStatus(status, head), broker, content, subgraph], agreement };
}
