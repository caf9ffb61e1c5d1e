import {
  indexStatusSchema,
  licensePageSchema,
  listingPageSchema,
  offerPageSchema,
  productPageSchema,
  productSchema,
  similarProductsSchema,
  streamLivenessSchema,
  streamPageSchema,
  streamSchema,
  wishPageSchema,
  type IndexStatus,
  type LicenseRecord,
  type ListingPage,
  type PastOffer,
  type Product,
  type ProductPage,
  type ProductQuery,
  type StreamLiveness,
  type StreamRecord,
  type WishRecord
} from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { m } from '../generated/messages/messages.js';
import { ask, type Answer } from './answers.ts';
import type { MarketContext } from './market-context.ts';

const base = ({ configuration }: MarketContext) => configuration.INDEXER_URL.replace(/\/$/, '');

/** Products that fit a query, with facets. */
export function findProducts(market: MarketContext, query: ProductQuery): Promise<Answer<ProductPage>> {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (typeof value === 'number' || (typeof value === 'string' && value !== '')) parameters.set(key, String(value));
  }
  return ask({
    name: m.answers_index(),
    url: `${base(market)}/v1/products?${parameters.toString()}`,
    schema: productPageSchema
  });
}

export function findProduct(market: MarketContext, productId: Hex): Promise<Answer<Product>> {
  return ask({ name: m.answers_index(), url: `${base(market)}/v1/products/${productId}`, schema: productSchema });
}

/** Products that are like another one, the most alike first. */
export async function findSimilar(market: MarketContext, productId: Hex): Promise<Answer<Product[]>> {
  const url = `${base(market)}/v1/products/${productId}/similar?limit=4`;
  const answer = await ask({ name: m.answers_index(), url, schema: similarProductsSchema, patience: 2_000 });
  return answer.ok ? { ok: true, value: answer.value.items } : answer;
}

export function findStream(market: MarketContext, stream: Address): Promise<Answer<StreamRecord>> {
  return ask({ name: m.answers_index(), url: `${base(market)}/v1/streams/${stream}`, schema: streamSchema });
}

/** Whether the data of a stream flow, with its last 24 hours. */
export function findStreamLiveness(market: MarketContext, stream: Address): Promise<Answer<StreamLiveness>> {
  const url = `${base(market)}/v1/streams/${stream}/liveness`;
  return ask({ name: m.answers_index(), url, schema: streamLivenessSchema, patience: 2_000 });
}

export async function findStreamsOf(market: MarketContext, owner: Address): Promise<Answer<StreamRecord[]>> {
  const url = `${base(market)}/v1/streams?owner=${owner}&limit=100`;
  const answer = await ask({ name: m.answers_index(), url, schema: streamPageSchema });
  return answer.ok ? { ok: true, value: answer.value.items } : answer;
}

export function readIndexStatus(market: MarketContext): Promise<Answer<IndexStatus>> {
  return ask({ name: m.answers_index(), url: `${base(market)}/v1/status`, schema: indexStatusSchema, patience: 2_000 });
}

/** Licences of a seller whose data were flagged. */
export async function findFlags(market: MarketContext, seller: Address): Promise<Answer<LicenseRecord[]>> {
  const url = `${base(market)}/v1/licenses?seller=${seller}&flagged=true&limit=50`;
  const answer = await ask({ name: m.answers_index(), url, schema: licensePageSchema });
  return answer.ok ? { ok: true, value: answer.value.items } : answer;
}

/** Licences to a product whose data were flagged. */
export async function findFlagsOf(market: MarketContext, productId: Hex): Promise<Answer<LicenseRecord[]>> {
  const url = `${base(market)}/v1/licenses?productId=${productId}&flagged=true&limit=20`;
  const answer = await ask({ name: m.answers_index(), url, schema: licensePageSchema, patience: 2_000 });
  return answer.ok ? { ok: true, value: answer.value.items } : answer;
}

/** Offers of a product, those of before too; the latest first. */
export async function findOffersOf(market: MarketContext, productId: Hex): Promise<Answer<PastOffer[]>> {
  const url = `${base(market)}/v1/offers?productId=${productId}&limit=20`;
  const answer = await ask({ name: m.answers_index(), url, schema: offerPageSchema, patience: 2_000 });
  return answer.ok ? { ok: true, value: answer.value.items } : answer;
}

/** Wishes, the newest first. */
export async function findWishes(market: MarketContext): Promise<Answer<WishRecord[]>> {
  const answer = await ask({
    name: m.answers_index(),
    url: `${base(market)}/v1/wishes?limit=100`,
    schema: wishPageSchema
  });
  return answer.ok ? { ok: true, value: answer.value.items } : answer;
}

/** Ids of everything on sale, for crawlers; pages are counted from 0. */
export function readListings(market: MarketContext, page: number): Promise<Answer<ListingPage>> {
  return ask({
    name: m.answers_index(),
    url: `${base(market)}/v1/products/listings?page=${String(page)}`,
    schema: listingPageSchema
  });
}
