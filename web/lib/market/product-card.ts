import type { Activity } from '#sdk/protocol/activity';
import type { FoundProduct, Highlight, Product } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Category } from '#sdk/protocol/product-document';
import { m } from '../generated/messages/messages.js';
import { rateOf, type Rate } from './rate.ts';

/** What a card shows of a product: a fraction of it, since a page carries many. */
export interface ProductSummary {
  readonly productId: Hex;
  readonly name: string;
  readonly summary: string;
  readonly category: Category;
  readonly seller: Address;
  readonly sellerName: string | null;
  /** What attesters that the market trusts have proved of the seller: a domain, an organisation, an ENS name; or null. */
  readonly sellerVerified: string | null;
  /** Karma points of the seller in DATA, whole. */
  readonly sellerKarma: number;
  /** DATAcoin wei for the shortest period that is sold. */
  readonly leastPrice: string;
  /** Events in the last 24 hours as the index watched them; null where it did not. */
  readonly eventsInDay: number | null;
  readonly pricePerSecond: string;
  readonly recorded: boolean;
  readonly cadence: number | null;
  readonly streams: readonly Address[];
  readonly licensees: number;
  readonly onSale: boolean;
  /** Name and summary in pieces, those that match marked; null where nothing was looked for by words. */
  readonly highlights: { readonly name: Highlight; readonly summary: Highlight } | null;
  /** Null where the broker did not answer. */
  readonly rate: Rate | null;
}

/** How many of a product's streams count towards the rate on its card. */
const counted = 8;

export function streamsCounted(product: Product): Address[] {
  return product.offer.streams.slice(0, counted);
}

const datacoin = 10n ** 18n;

/** @param activity By stream; null where the broker did not answer. */
export function summarise(
  product: Product & { readonly highlights?: FoundProduct['highlights'] },
  activity: Record<Address, Activity> | null
): ProductSummary {
  const { document, offer } = product;
  const streams = streamsCounted(product);
  return {
    productId: product.productId,
    name: document?.name ?? m.market_unnamed({ number: offer.productNumber, seller: `${product.seller.slice(0, 8)}…` }),
    summary: document?.summary ?? describeMissing(product.documentState),
    category: document?.category ?? 'other',
    seller: product.seller,
    sellerName: document?.sellerName ?? null,
    sellerVerified: product.sellerIdentities[0]?.name ?? null,
    sellerKarma: Number(BigInt(product.sellerKarma) / datacoin),
    leastPrice: String(BigInt(offer.pricePerSecond) * BigInt(offer.minimumPeriod)),
    eventsInDay: product.liveness?.events24h ?? null,
    pricePerSecond: offer.pricePerSecond,
    recorded: document?.recorded ?? false,
    cadence: document?.cadence ?? null,
    streams,
    licensees: product.licensees,
    onSale: offer.listed,
    highlights:
      document === null || !product.highlights
        ? null
        : { name: product.highlights.name, summary: product.highlights.summary },
    rate:
      activity === null
        ? null
        : rateOf(
            streams.flatMap((stream) => {
              const one = activity[stream];
              return one === undefined ? [] : [one];
            })
          )
  };
}

/** Why a product has no description, in words. */
export function describeMissing(state: Product['documentState']): string {
  if (state === 'pending') return m.market_document_pending();
  if (state === 'invalid') return m.market_document_invalid();
  return m.market_document_missing();
}
