import { and, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import type { LicenseRecord, licenseQuerySchema } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { document, license, product } from '../schema.ts';
import { factsById, listFacts } from './list-facts.ts';
import { toLicense } from './records.ts';
import type { Page, View } from './view.ts';

export interface LicenseFilter {
  readonly licensee?: Address | undefined;
  readonly seller?: Address | undefined;
  readonly productId?: Hex | undefined;
  readonly offerId?: Hex | undefined;
  readonly flagged?: 'true' | 'false' | undefined;
}

/** Filter -> condition on the license table. */
export function licenseFilter({ licensee, seller, productId, offerId, flagged }: LicenseFilter): SQL | undefined {
  return and(
    licensee === undefined ? undefined : eq(license.licensee, licensee),
    seller === undefined
      ? undefined
      : sql`${license.product} in (select ${product.id} from ${product} where ${product.seller} = ${seller})`,
    productId === undefined ? undefined : eq(license.product, productId),
    offerId === undefined ? undefined : eq(license.offer, offerId),
    flagged === undefined ? undefined : flagged === 'true' ? isNotNull(license.flaggedAt) : isNull(license.flaggedAt)
  );
}

/**
 * Finds licences, those that ran out too; the latest purchase first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findLicenses(
  view: View,
  query: z.output<typeof licenseQuerySchema>
): Promise<Page<LicenseRecord>> {
  const { limit, cursor } = query;
  const list = await listFacts(view, 'license', { filter: licenseFilter(query), order: 'newest', limit, cursor });
  const offers = await factsById(view, 'offer', [...new Set(list.rows.map((row) => row.offer))]);
  const offersById = new Map(offers.map((row) => [row.id, row]));
  const names = await productNames(view, [...new Set(list.rows.map((row) => row.product))]);
  const last = list.rows.at(-1);
  return {
    items: list.rows.flatMap((row) => {
      const sold = offersById.get(row.offer);
      return sold === undefined ? [] : [toLicense(row, sold, names.get(row.product) ?? null)];
    }),
    total: await list.total(),
    nextCursor: list.hasMore && last !== undefined ? list.cursorOf(last) : null
  };
}

/** Names of products from their documents, where these are ready. */
export async function productNames({ database }: View, ids: readonly Hex[]): Promise<Map<Hex, string>> {
  if (ids.length === 0) return new Map();
  const rows = await database
    .select({ id: product.id, name: sql<string>`${document.content} ->> 'name'` })
    .from(product)
    .innerJoin(document, and(eq(document.hash, product.documentHash), eq(document.state, 'ready')))
    .where(inArray(product.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row.name]));
}
