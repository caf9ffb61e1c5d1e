import { z } from 'zod';
import { issuerSchema } from '#sdk/protocol/grant';
import type { IndexStatus } from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import { m } from '../generated/messages/messages.js';
import { formatNumber } from '../ui/format.ts';
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

/** Where an index stands, as a sentence; the lag is null where it is not known. */
function standing(block: number, lag: number | null): string {
  const at = { block: String(block) };
  if (lag === null) return m.status_at_block(at);
  return lag === 0 ? m.status_at_block_level(at) : m.status_at_block_behind({ ...at, lag: formatNumber(lag) });
}

interface Head {
  readonly number: number;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly hash: Hex;
}

async function readHead({ configuration }: MarketContext): Promise<Answer<Head>> {
  const answer = await ask({
    name: m.status_the_chain(),
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
  const part = { name: m.status_chain(), purpose: m.status_chain_purpose() };
  if (!head.ok) return { ...part, state: 'away', detail: m.status_chain_away(), facts: [] };
  return {
    ...part,
    state: 'good',
    detail: m.status_chain_at({
      block: String(head.value.number),
      seconds: formatNumber(Math.max(0, Math.round(now / 1000) - head.value.timestamp))
    }),
    facts: [
      { name: m.status_chain_id(), value: String(market.deployment.chainId) },
      { name: m.status_head(), value: head.value.hash },
      ...Object.entries(market.deployment.contracts).map(([name, value]) => ({
        name,
        value: value ?? m.status_none_here()
      }))
    ]
  };
}

function indexStatus(status: Answer<IndexStatus>, head: Answer<Head>): PartStatus {
  const part = { name: m.status_index(), purpose: m.status_index_purpose() };
  if (!status.ok) return { ...part, state: 'away', detail: m.status_index_away({ reason: status.reason }), facts: [] };
  const { indexed, ready, sinceChainAnswered, search } = status.value;
  const instead =
    search === undefined || search.engine === search.configured
      ? ''
      : m.status_search_instead({ reason: search.reason ?? '' }).trim();
  const newest = head.ok ? head.value.number : status.value.head?.number;
  const lag = newest === undefined || indexed === null ? null : Math.max(0, newest - indexed.number);
  const behind = !ready || lag === null || lag > tolerated;
  return {
    ...part,
    state: behind ? 'behind' : 'good',
    detail:
      (indexed === null ? m.status_index_empty() : standing(indexed.number, lag)) +
      (instead === '' ? '' : ` ${instead}`),
    facts: [
      { name: m.status_lag_blocks(), value: lag === null ? m.status_unknown_lag() : formatNumber(lag) },
      {
        name: m.status_chain_answered(),
        value:
          sinceChainAnswered === null
            ? m.status_not_yet()
            : m.status_milliseconds_ago({ milliseconds: formatNumber(Math.round(sinceChainAnswered)) })
      }
    ]
  };
}

async function brokerStatus({ configuration }: MarketContext): Promise<PartStatus> {
  const part = { name: m.status_broker(), purpose: m.status_broker_purpose() };
  const base = configuration.BROKER_URL.replace(/\/$/, '');
  const [ready, issuer] = await Promise.all([
    ask({ name: m.answers_broker(), url: `${base}/ready`, schema: z.unknown(), patience: 2_000 }),
    ask({ name: m.answers_broker(), url: `${base}/v1/issuer`, schema: issuerSchema, patience: 2_000 })
  ]);
  const facts = issuer.ok ? [{ name: m.status_issuer(), value: issuer.value.issuer }] : [];
  if (ready.ok) return { ...part, state: 'good', detail: m.status_broker_ready(), facts };
  if (issuer.ok)
    return { ...part, state: 'behind', detail: m.status_broker_not_ready({ reason: ready.reason }), facts };
  return {
    ...part,
    state: 'away',
    detail: m.status_broker_away(),
    facts
  };
}

async function subgraphStatus(market: MarketContext, head: Answer<Head>): Promise<PartStatus> {
  const part = { name: m.status_subgraph(), purpose: m.status_subgraph_purpose() };
  const answer = await ask({
    name: 'graph-node',
    url: subgraphUrlOf(market.configuration),
    schema: metaSchema,
    patience: 2_000,
    init: post({ query: '{ _meta { block { number hash } hasIndexingErrors } }' })
  });
  if (!answer.ok) {
    return { ...part, state: 'absent', detail: m.status_subgraph_none(), facts: [] };
  }
  const { block, hasIndexingErrors } = answer.value.data._meta;
  const lag = head.ok ? Math.max(0, head.value.number - block.number) : 0;
  const state = hasIndexingErrors || lag > tolerated * 3 ? 'behind' : 'good';
  return {
    ...part,
    state,
    detail: hasIndexingErrors
      ? m.status_subgraph_stopped({ block: String(block.number) })
      : standing(block.number, lag),
    facts: [{ name: m.status_lag_blocks(), value: formatNumber(lag) }]
  };
}

async function contentStatus(market: MarketContext): Promise<PartStatus> {
  const part = { name: m.status_documents(), purpose: m.status_documents_purpose() };
  const found = await findProducts(market, { sort: 'newest', limit: 20 });
  if (!found.ok) return { ...part, state: 'away', detail: m.status_documents_away(), facts: [] };
  const products = found.value.items;
  const missing = products.filter((product) => product.documentState !== 'ready').length;
  const [first] = products;
  if (first === undefined) return { ...part, state: 'good', detail: m.status_documents_none(), facts: [] };
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
        ? m.status_documents_ready()
        : m.status_documents_missing({ missing: formatNumber(missing), total: formatNumber(products.length) })
      : m.status_terms_missing(),
    facts: [{ name: m.status_asked_for(), value: first.offer.termsCid }]
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
