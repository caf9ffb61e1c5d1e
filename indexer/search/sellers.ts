import { and, count, eq, sql } from 'drizzle-orm';
import type { SellerRecord } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { license, product } from '../schema.ts';
import { toAttestation, validAttestations } from './attestations.ts';
import { identitiesOf } from './identities.ts';
import { sellerPoints } from './karma.ts';
import { licenseFilter } from './licenses.ts';
import type { View } from './view.ts';

/** What the chain says of an account as a seller; zeros for one that never sold. */
export async function describeSeller(view: View, seller: Address): Promise<SellerRecord> {
  const [sold] = await view.database
    .select({
      products: sql<number>`(count(*) filter (where ${product.listed}))::int`,
      revenue: sql<string>`coalesce(sum(${product.revenue}), 0)::text`
    })
    .from(product)
    .where(eq(product.seller, seller));
  const [flagged] = await view.database
    .select({ flags: count(), answered: count(license.flagAnswerHash) })
    .from(license)
    .where(and(licenseFilter({ seller, flagged: 'true' })));
  return {
    seller,
    products: sold?.products ?? 0,
    revenue: sold?.revenue ?? '0',
    karma: (await sellerPoints(view, [seller])).get(seller) ?? '0',
    flags: flagged?.flags ?? 0,
    answeredFlags: flagged?.answered ?? 0,
    identities: (await identitiesOf(view, [seller])).get(seller) ?? [],
    attestations: ((await validAttestations(view, [seller])).get(seller) ?? []).map((row) => toAttestation(view, row))
  };
}
