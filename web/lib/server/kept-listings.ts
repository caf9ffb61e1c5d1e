import type { ListingPage } from '#sdk/protocol/discovery';
import type { Answer } from './answers.ts';
import { readListings } from './index-service.ts';
import type { MarketContext } from './market-context.ts';

/** Milliseconds for which a list is handed out again: crawlers ask for all of them in a row. */
const keptFor = 60_000;
/** Lists that are kept: 400,000 products. */
const mostKept = 8;

const kept = new Map<string, { readonly at: number; readonly answer: Promise<Answer<ListingPage>> }>();

/** As {@link readListings}, at most once a minute for each page. */
export function listingsOf(market: MarketContext, page: number, now = Date.now()): Promise<Answer<ListingPage>> {
  const key = `${market.configuration.INDEXER_URL} ${String(page)}`;
  const known = kept.get(key);
  if (known !== undefined && now - known.at < keptFor) return known.answer;
  const answer = readListings(market, page);
  kept.delete(key);
  kept.set(key, { at: now, answer });
  for (const oldest of kept.keys()) {
    if (kept.size <= mostKept) break;
    kept.delete(oldest);
  }
  void answer.then(({ ok }) => {
    // The next one asks again.
    if (!ok) kept.delete(key);
  });
  return answer;
}
