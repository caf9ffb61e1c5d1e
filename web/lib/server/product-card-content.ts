import type { Product } from '#sdk/protocol/discovery';
import { categoryNames } from '../market/categories.ts';
import { formatDatacoin } from '../ui/money.ts';
import type { CardContent } from './card-drawing.ts';
import { m } from '../generated/messages/messages.js';

const secondsPerDay = 86_400n;

/** What the social card of a product says. */
export function productCardContent({ document, offer, seller }: Product): CardContent {
  const price = BigInt(offer.pricePerSecond);
  const category = document?.category ?? 'other';
  return {
    name: document?.name ?? m.product_numbered({ number: offer.productNumber }),
    summary: document?.summary ?? m.product_card_summary(),
    category,
    categoryName: categoryNames[category],
    seller: m.product_by({ seller: document?.sellerName ?? `${seller.slice(0, 8)}…${seller.slice(-4)}` }),
    price: price === 0n ? m.product_free() : m.product_card_price({ amount: formatDatacoin(price * secondsPerDay, 3) })
  };
}
