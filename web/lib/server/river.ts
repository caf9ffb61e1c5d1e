import { categories, type Category } from '#sdk/protocol/product-document';
import { rateOf } from '../market/rate.ts';
import { streamsCounted } from '../market/product-card.ts';
import { readActivity } from './broker-service.ts';
import { findProducts } from './index-service.ts';
import type { MarketContext } from './market-context.ts';

/** What flows through the market, by category. */
export interface River {
  readonly branches: readonly { readonly category: Category; readonly products: number; readonly perMinute: number }[];
  readonly perMinute: number;
  readonly products: number;
}

const freshFor = 5_000;
const kept = new WeakMap<MarketContext, { readonly until: number; readonly river: Promise<River | null> }>();

/** The same for all visitors within five seconds; null where index or broker do not answer. */
export function readRiver(market: MarketContext): Promise<River | null> {
  const known = kept.get(market);
  if (known !== undefined && known.until > Date.now()) return known.river;
  const river = measure(market);
  kept.set(market, { until: Date.now() + freshFor, river });
  return river;
}

async function measure(market: MarketContext): Promise<River | null> {
  const found = await findProducts(market, { sort: 'popular', limit: 100 });
  if (!found.ok || found.value.items.length === 0) return null;
  const products = found.value.items;
  const activity = await readActivity(market, products.flatMap(streamsCounted));
  if (!activity.ok) return null;
  const branches = categories.flatMap((category) => {
    const inside = products.filter((product) => (product.document?.category ?? 'other') === category);
    if (inside.length === 0) return [];
    // A stream sold in two products flows once.
    const streams = [...new Set(inside.flatMap(streamsCounted))];
    const counters = streams.flatMap((stream) => {
      const one = activity.value[stream];
      return one === undefined ? [] : [one];
    });
    return [{ category, products: inside.length, perMinute: rateOf(counters).perMinute }];
  });
  return {
    branches,
    perMinute: branches.reduce((sum, branch) => sum + branch.perMinute, 0),
    products: found.value.total
  };
}
