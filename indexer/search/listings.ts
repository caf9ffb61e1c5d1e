import { asc, count, eq } from 'drizzle-orm';
import { listingsPerPage, type ListingPage } from '#sdk/protocol/discovery';
import { offer, product } from '../schema.ts';
import type { View } from './view.ts';

/** Everything on sale, the oldest first, with the time of its current offer. */
export async function findListings({ database }: View, page: number): Promise<ListingPage> {
  const [items, [all]] = await Promise.all([
    database
      .select({ productId: product.id, listedAt: offer.listedAt })
      .from(product)
      .innerJoin(offer, eq(offer.id, product.currentOffer))
      .where(eq(product.listed, true))
      .orderBy(asc(product.createdAtBlock), asc(product.id))
      .limit(listingsPerPage)
      .offset(page * listingsPerPage),
    database.select({ total: count() }).from(product).where(eq(product.listed, true))
  ]);
  return { items, total: all?.total ?? 0 };
}
