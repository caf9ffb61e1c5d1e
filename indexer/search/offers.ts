import { and, arrayContains, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { offerQuerySchema, PastOffer } from '#sdk/protocol/discovery';
import { offer } from '../schema.ts';
import { findPage } from './list-facts.ts';
import { toOffer } from './records.ts';
import type { Page, View } from './view.ts';

/**
 * Finds offers, those that were retired too; the latest listing first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findOffers(view: View, query: z.output<typeof offerQuerySchema>): Promise<Page<PastOffer>> {
  const { productId, seller, stream, listed, limit, cursor } = query;
  const filter = and(
    productId === undefined ? undefined : eq(offer.product, productId),
    seller === undefined ? undefined : eq(offer.seller, seller),
    stream === undefined ? undefined : arrayContains(offer.streams, [stream]),
    listed === undefined ? undefined : eq(offer.listed, listed === 'true')
  );
  return findPage(view, 'offer', { filter, order: 'newest', limit, cursor }, (rows) =>
    rows.map((row) => ({ ...toOffer(row), retiredAt: row.retiredAt }))
  );
}
