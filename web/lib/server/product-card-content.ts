import type { Product } from '#sdk/protocol/discovery';
import { categoryNames } from '../market/categories.ts';
import { formatDatacoin } from '../ui/money.ts';
import type { CardContent } from './card-drawing.ts';

const secondsPerDay = 86_400n;

/** What the social card of a product says. */
export function productCardContent({ document, offer, seller }: Product): CardContent {
  const price = BigInt(offer.pricePerSecond);
  const category = document?.category ?? 'other';
  return {
    name: document?.name ?? `Product ${offer.productNumber}`,
    summary: document?.summary ?? 'A real-time data stream on Tributary.',
    category,
    categoryName: categoryNames[category],
    seller: `by ${document?.sellerName ?? `${seller.slice(0, 8)}…${seller.slice(-4)}`}`,
    price: price === 0n ? 'Free' : `${formatDatacoin(price * secondsPerDay, 3)} DATA / day`
  };
}
