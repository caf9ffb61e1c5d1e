import { and, count, desc, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { LicenseRecord, licenseQuerySchema } from '#sdk/protocol/discovery';
import { document, license, offer, product } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { toLicense } from './records.ts';
import type { Page, View } from './view.ts';

/**
 * Finds licences, those that ran out too; the latest purchase first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findLicenses(
  view: View,
  query: z.output<typeof licenseQuerySchema>
): Promise<Page<LicenseRecord>> {
  const filter = and(
    query.licensee === undefined ? undefined : eq(license.licensee, query.licensee),
    query.seller === undefined ? undefined : eq(offer.seller, query.seller),
    query.productId === undefined ? undefined : eq(license.product, query.productId),
    query.offerId === undefined ? undefined : eq(license.offer, query.offerId)
  );
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 1);
  const place =
    after === undefined
      ? undefined
      : sql`(${license.purchasedAtBlock}, ${license.id}) < (${after.keys[0]}::bigint, ${after.id})`;
  const [rows, [counted]] = await Promise.all([
    view.database
      .select({ license, offer, name: sql<string | null>`${document.content} ->> 'name'` })
      .from(license)
      .innerJoin(offer, eq(offer.id, license.offer))
      .innerJoin(product, eq(product.id, license.product))
      .leftJoin(document, eq(document.hash, product.documentHash))
      .where(and(filter, place))
      .orderBy(desc(license.purchasedAtBlock), desc(license.id))
      .limit(query.limit + 1),
    view.database.select({ total: count() }).from(license).innerJoin(offer, eq(offer.id, license.offer)).where(filter)
  ]);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1)?.license;
  return {
    items: shown.map((row) => toLicense(row.license, row.offer, row.name)),
    total: counted?.total ?? 0,
    nextCursor:
      rows.length > shown.length && last !== undefined
        ? encodeCursor({ keys: [String(last.purchasedAtBlock)], id: last.id })
        : null
  };
}
