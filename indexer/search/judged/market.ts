import type { Address, Hex } from '#sdk/protocol/primitives';
import { sha256 } from '#sdk/protocol/content-id';
import type { Place } from '#sdk/protocol/geography';
import { productDocumentSchema, type ProductDocument } from '#sdk/protocol/product-document';
import type { Database } from '../../database.ts';
import {
  attestation,
  document,
  karma,
  offer,
  product,
  settlementKinds,
  streamActivity,
  trustedAttester
} from '../../schema.ts';
import { writeDocuments } from '../postgres/derived-documents.ts';
import { countWords } from '../postgres/vocabulary.ts';
import { judgedProducts, type JudgedProduct } from './products.ts';

/** The judged products as a market: what the chain, documents and a broker would say of them. */

/** Unix seconds at which the market is looked at. */
export const marketNow = 1_900_000_000;
/** Schema under which the first seller's domain is attested. */
export const domainSchema: Hex = `0x${'d'.repeat(64)}`;
export const marketSchemas = { domain: domainSchema, organisation: null, ensName: null, knownBuyer: null };

export const places: Readonly<Record<string, readonly Place[]>> = {
  'zurich-weather': [{ name: 'Zurich', geometry: { type: 'Point', coordinates: [8.54, 47.37] } }],
  'cafe-zurich': [{ geometry: { type: 'Point', coordinates: [8.53, 47.38] } }],
  'lake-temperature': [{ name: 'Switzerland', bbox: [5.9, 45.8, 10.5, 47.8] }],
  'tokyo-weather': [{ geometry: { type: 'Point', coordinates: [139.69, 35.68] } }],
  'typhoon-pacific': [{ bbox: [120, 0, -170, 40] }],
  'parking-munich': [{ geometry: { type: 'Point', coordinates: [11.58, 48.14] } }]
};
export const languages: Readonly<Record<string, readonly string[]>> = {
  'headlines-world': ['en', 'de', 'fr'],
  'wiki-edits': ['en', 'de-CH'],
  'court-rulings': ['de']
};

const address = (number: number): Address => `0x${number.toString(16).padStart(40, '0')}`;
export const productId = (place: number): Hex => `0x${(place + 1).toString(16).padStart(64, '0')}`;
const offerId = (place: number): Hex => `0x${(place + 1_000_001).toString(16).padStart(64, '0')}`;
/** What is known beside its document of the product at a place of the list. */
export const standingOf = (place: number) => ({
  seller: address(1 + (place % 5)),
  verified: place % 5 === 0,
  live: place % 3 !== 2,
  purchases: (place * 7) % 40,
  settlement: settlementKinds[place % 4] ?? 'AT_ONCE'
});

function documentOf(one: JudgedProduct, place: number): ProductDocument {
  return productDocumentSchema.parse({
    ...{ version: 1, name: one.name, summary: one.summary, category: one.category, tags: one.tags },
    ...{ cadence: one.cadence, languages: languages[one.key] ?? [] },
    coverage: { regions: one.regions, places: places[one.key] ?? [] },
    streams: [{ address: address(10_000 + place) }]
  });
}

/** Fills empty tables with the market. */
export async function fillMarket(database: Database): Promise<void> {
  const documents = judgedProducts.map((one, place) => {
    const content = documentOf(one, place);
    return { hash: sha256(new TextEncoder().encode(JSON.stringify(content))), content };
  });
  await database
    .insert(document)
    .values(documents.map(({ hash }) => ({ hash, state: 'pending' as const, attempts: 0, nextAttempt: null })));
  await database.insert(offer).values(
    judgedProducts.map((one, place) => ({
      ...sharedOf(one, place, documents[place]?.hash ?? '0x'),
      ...{ id: offerId(place), product: productId(place), productNumber: String(place), beneficiary: address(1) },
      ...{ minimumPeriod: 60, maximumPeriod: 31_536_000, boundary: 3_600, feeBasisPoints: 100 },
      ...{ settlement: standingOf(place).settlement, oracle: null, events: '0', deliveryPeriod: 0 },
      ...{ attestationSchema: null, attesters: [], termsHash: offerId(0), position: 1 },
      ...{ listedAtBlock: place, listedAt: place, retiredAt: null },
      ...{ revenue: '0', refunded: '0', withdrawn: '0', fees: '0' }
    }))
  );
  await database.insert(product).values(
    judgedProducts.map((one, place) => ({
      ...sharedOf(one, place, documents[place]?.hash ?? '0x'),
      ...{ id: productId(place), number: String(place), currentOffer: offerId(place) },
      ...{ createdAtBlock: place, createdAt: place, purchases: standingOf(place).purchases, revenue: '0' }
    }))
  );
  await database.insert(karma).values(
    [1, 2, 3, 4, 5].map((seller) => ({
      ...{ id: `${address(seller)}-SELLER`, account: address(seller), role: 'SELLER' as const },
      units: `${String(10 ** seller)}${'0'.repeat(18)}`,
      ...{ earned: '0', taken: '0', changedAtBlock: 0, changedAt: 0 }
    }))
  );
  await database.insert(trustedAttester).values({ account: address(9) });
  // the second is by somebody whose word does not count
  await database.insert(attestation).values(
    [
      { id: offerId(1), recipient: address(1), attester: address(9) },
      { id: offerId(2), recipient: address(2), attester: address(8) }
    ].map((one) => ({
      ...{ ...one, schema: domainSchema, expirationTime: '0' },
      ...{ data: '0x' as const, recordedAtBlock: 0, recordedAt: 0, revokedAt: null }
    }))
  );
  await database.insert(streamActivity).values(
    judgedProducts.map((_, place) => ({
      ...{ stream: address(10_000 + place), checkedAt: marketNow * 1_000, nextCheck: marketNow * 1_000 },
      events: place,
      lastEventAt: standingOf(place).live ? marketNow * 1_000 : null,
      ...{ recent: [], minute: 0, perMinute: 0, events24h: place, observed24h: 0, served24h: [0, 0, 0, 0] },
      ...{ longestGap24h: 0, events30d: 0, observed30d: 0, served30d: [0, 0, 0, 0] }
    }))
  );
  await writeDocuments(database, documents, { schemas: marketSchemas, now: marketNow });
  await countWords(database);
}

function sharedOf(one: JudgedProduct, place: number, documentHash: Hex) {
  return {
    ...{ seller: standingOf(place).seller, pricePerSecond: one.price, streams: [address(10_000 + place)] },
    ...{ documentHash, listed: true }
  };
}
