import * as z from 'zod';
import { addressSchema, bytes32Schema } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import type { MarketCheck } from './market-check.ts';
import { requestJson } from './request.ts';
import { searchProducts } from './search-products.ts';

export interface CheckSubgraphParameters {
  readonly market: Market;
}
export type CheckSubgraphReturnType = Omit<MarketCheck, 'name'>;

const metaSchema = z.object({
  data: z.object({ _meta: z.object({ block: z.object({ number: z.int() }), hasIndexingErrors: z.boolean() }) })
});
const offersSchema = z.object({
  data: z.object({
    offers: z.array(
      z.object({
        id: bytes32Schema,
        seller: addressSchema,
        pricePerSecond: z.string(),
        termsHash: bytes32Schema,
        listed: z.boolean()
      })
    )
  })
});
/** Offers that are compared: the newest. */
const compared = 20;
const patience = 5_000;

/**
 * Compares the newest offers of the index with those of the subgraph, which reads the chain by itself. `npm run
 * verify:index` compares everything.
 *
 * @throws as {@link requestJson}, where there is no subgraph, or no index.
 *
 * @example
 * const { state, detail } = await checkSubgraph({ market });
 */
export async function checkSubgraph({ market }: CheckSubgraphParameters): Promise<CheckSubgraphReturnType> {
  const ask = <T extends z.ZodType>(query: string, variables: object, schema: T) =>
    requestJson({
      fetch: market.fetch,
      url: `${market.marketUrl}/subgraph`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      schema,
      timeout: patience
    });
  const meta = await ask('{ _meta { block { number } hasIndexingErrors } }', {}, metaSchema);
  const { block, hasIndexingErrors } = meta.data._meta;
  if (hasIndexingErrors) {
    const detail = `It stopped by an error at block ${String(block.number)}.`;
    return { state: 'bad', detail, advice: 'Whoever runs the market should look at graph-node.' };
  }
  const { items } = await searchProducts({ market, query: { sort: 'newest', limit: compared } });
  // What is newer than the block that it has read it cannot know yet.
  const known = items.filter(({ offer }) => offer.listedAt.number <= block.number);
  const { data } = await ask(
    'query ($ids: [Bytes!]!) { offers(where: { id_in: $ids }, first: 100) { id seller pricePerSecond termsHash listed } }',
    { ids: known.map(({ offer }) => offer.offerId) },
    offersSchema
  );
  const theirs = new Map(data.offers.map((offer) => [offer.id, offer]));
  const different = known.filter(({ offer }) => {
    const same = theirs.get(offer.offerId);
    return (
      same?.seller !== offer.seller ||
      same.pricePerSecond !== offer.pricePerSecond ||
      same.termsHash !== offer.termsHash ||
      same.listed !== offer.listed
    );
  });
  if (different.length > 0) {
    return {
      state: 'warning',
      detail: `At block ${String(block.number)}; ${String(different.length)} of ${String(known.length)} offers differ from the index.`,
      advice: 'Look again in a moment. If it stays: npm run verify:index says what differs; believe the chain.'
    };
  }
  return {
    state: 'good',
    detail: `At block ${String(block.number)}; the newest ${String(known.length)} offers are those of the index.`
  };
}
