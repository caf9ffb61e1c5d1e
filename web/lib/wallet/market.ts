import { connectMarket, type Market } from '#sdk/actions/connect-market';
import { learnFailures } from './explain.ts';
import { failureWords } from './failure-words.ts';

let market: Promise<Market> | undefined;

learnFailures(failureWords);

/**
 * The market that served this page, as the sdk's verbs need it; asked once per page view.
 *
 * @throws as the sdk's connectMarket.
 */
export function loadMarket(): Promise<Market> {
  market ??= connectMarket(location.origin).catch((error: unknown) => {
    // The next click asks again.
    market = undefined;
    throw error;
  });
  return market;
}
