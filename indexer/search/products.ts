import { eq, inArray, sql } from 'drizzle-orm';
import type { Product, ProductPage } from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import { document, license, offer, product } from '../schema.ts';
import { toAttestation, validAttestations } from './attestations.ts';
import { identitiesOf } from './identities.ts';
import { sellerPoints } from './karma.ts';
import { hoursById, productLiveness, type LivenessNow } from './liveness.ts';
import { toOffer, toProduct, type LicenseSums } from './records.ts';
import type { SearchQuery } from './search-engine.ts';
import type { View } from './view.ts';

/**
 * Finds products with the engine of the view.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findProducts(view: View, query: SearchQuery): Promise<ProductPage> {
  const { hits, hasMore, ...found } = await view.engine.search(view, query);
  const products = await productsById(
    view,
    hits.map(({ id }) => id)
  );
  const highlights = new Map(hits.map((hit) => [hit.id, hit.highlights]));
  return {
    searchedBy: { engine: view.engine.name, insteadOf: null },
    ...found,
    items: products.map((product) => ({ ...product, highlights: highlights.get(product.productId) ?? null })),
    nextCursor: hasMore ? (hits.at(-1)?.cursor ?? null) : null
  };
}

/** Products on sale like this one, the most alike first. */
export async function findSimilar(view: View, product: Hex, limit: number): Promise<Product[]> {
  return productsById(view, await view.engine.similar(view, product, limit));
}

/** Products with the last 24 hours of each, hour by hour, by id. */
export async function productsWithHours(view: View, ids: readonly Hex[]): Promise<Map<Hex, Product>> {
  const [products, hours] = await Promise.all([productsById(view, ids), hoursById(view, ids)]);
  return new Map(
    products.map((product) => {
      const { productId, liveness } = product;
      const hourly24h = hours.get(productId);
      const told = liveness === null || hourly24h === undefined ? liveness : { ...liveness, hourly24h };
      return [productId, { ...product, liveness: told }];
    })
  );
}

/** Products in the order of the ids; unknown ids are left out. */
export async function productsById(view: View, ids: readonly Hex[]): Promise<Product[]> {
  if (ids.length === 0) return [];
  const rows = await view.database
    .select({
      product,
      offer,
      state: document.state,
      content: document.content,
      licenses: sql<LicenseSums>`(select json_build_object(
          'running', count(*) filter (where ${license.until} > ${view.now()}), 'all', count(*),
          'renewals', coalesce(sum(${license.purchases} - 1), 0),
          'flags', count(${license.flagPoints}), 'refunded', coalesce(sum(${license.refunded}), 0)::text)
        from ${license} where ${license.product} = ${product.id})`
    })
    .from(product)
    .innerJoin(offer, eq(offer.id, product.currentOffer))
    .leftJoin(document, eq(document.hash, product.documentHash))
    .where(inArray(product.id, [...ids]));
  const byId = new Map(rows.map((row) => [row.product.id, row]));
  const sellers = rows.map((row) => row.product.seller);
  const living = rows.map(({ product: { id, streams }, content }) => ({ id, streams, document: content }));
  const [points, attested, proved, liveness] = await Promise.all([
    sellerPoints(view, sellers),
    validAttestations(view, sellers),
    identitiesOf(view, sellers),
    // no chain knows it
    view.at === undefined ? productLiveness(view, living) : new Map<Hex, LivenessNow>()
  ]);
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (row === undefined) return [];
    const { seller } = row.product;
    const reputation = {
      karma: points.get(seller) ?? '0',
      attestations: (attested.get(seller) ?? []).map((found) => toAttestation(view, found)),
      identities: proved.get(seller) ?? []
    };
    return [
      toProduct(row.product, toOffer(row.offer), row.state, row.content, {
        ...reputation,
        licenses: row.licenses,
        liveness: liveness.get(id) ?? null
      })
    ];
  });
}
