import type { Category, Coverage } from '#sdk/protocol/product-document';
import type { Settlement } from '#sdk/protocol/settlement';
import type { Feed } from '../feeds/feed.ts';

export interface Field {
  readonly name: string;
  readonly description: string;
  readonly unit?: string;
}

/** A stream of a demonstration seller. */
export interface StreamSource {
  /** Names the stream in the state file; never changes. */
  readonly key: string;
  readonly name: string;
  readonly description: string;
  /** Anyone may read: events are not encrypted. */
  readonly everyoneReads?: boolean;
  readonly fields: readonly Field[];
  readonly feed: Feed;
  /** Comes over the internet: exists only once its source has answered. */
  readonly internet?: boolean;
}

/** A product of a demonstration seller. */
export interface ProductSource {
  /** Names the product in the state file; never changes. */
  readonly key: string;
  readonly name: string;
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly category: Category;
  readonly tags: readonly string[];
  /** Keys of the seller's streams. */
  readonly streams: readonly string[];
  readonly terms: string;
  /** DATA per hour, in decimals; "0" is free. */
  readonly pricePerHour: string;
  /** Seconds; licences end on multiples of it. */
  readonly boundary: number;
  /** Seconds that must at least be bought. */
  readonly minimumPeriod: number;
  /** When payments become the seller's own; at once unless said otherwise. */
  readonly settlement?: Settlement;
  /** Settled by events: how many are promised in which time, seconds. */
  readonly delivery?: { readonly events: bigint; readonly period: number };
  /** Seconds between events. */
  readonly cadence: number;
  readonly recorded?: boolean;
  readonly origin: { readonly name: string; readonly url?: string };
  readonly languages?: readonly string[];
  /** What part of the world and of time the data speak of. */
  readonly coverage?: Coverage;
}

export interface SellerSource {
  /** Index of the seller's account in the local mnemonic. */
  readonly account: number;
  readonly name: string;
  readonly streams: readonly StreamSource[];
  readonly products: readonly ProductSource[];
}

export const minute = 60;
export const hour = 3600;
