import { inArray, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { BoundingBox } from '#sdk/protocol/geography';
import { bytes32Schema } from '#sdk/protocol/primitives';
import type { ProductDocument } from '#sdk/protocol/product-document';
import type { Database } from '../../database.ts';
import { document, searchPlace, searchProduct } from '../../schema.ts';
import { deriveDocument } from '../derive-document.ts';
import { boxSchema } from '../memory/read-rows.ts';
import { valuesOfCell } from '../postgres/cells.ts';

/** What Meilisearch holds of a product: what it is found, narrowed, counted and sorted by. */

/** Version of what follows: raise it when this file changes what a document holds. */
export const documentVersion = 1;

/** Areas of a product that are kept apart; where there are more, the last holds all others. */
export const areasKept = 8;

/** Meilisearch compares numbers as doubles: of large ones, two parts, each exact, in decimal digits. */
const lowDigits = 10n ** 15n;
/** The greatest number that has two such parts. Beyond (a million million DATA per second), all count as equal. */
const greatest = lowDigits * lowDigits - 1n;

/** A whole number as two that Meilisearch compares rightly one after the other. */
export function partsOf(number: bigint): { readonly high: number; readonly low: number } {
  const bounded = number < 0n ? 0n : number > greatest ? greatest : number;
  return { high: Number(bounded / lowDigits), low: Number(bounded % lowDigits) };
}

const rowSchema = z.object({
  id: bytes32Schema,
  cell: z.number(),
  price: z.string(),
  karma: z.string(),
  purchases: z.number(),
  created: z.coerce.number(),
  busy: z.coerce.number(),
  quality: z.number(),
  tag: z.array(z.string()),
  region: z.array(z.string()),
  language: z.array(z.string()),
  areas: z.array(boxSchema),
  /** Vector of what its texts were made of, as Postgres writes it. */
  lexemes: z.string(),
  hash: z.string()
});
export type SearchRow = z.output<typeof rowSchema>;

export type MeilisearchDocument = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * Products as documents of Meilisearch.
 *
 * @param rest Order and limit, if any.
 */
export async function readDocuments(database: Database, where: SQL, rest: SQL): Promise<MeilisearchDocument[]> {
  const { rows } = await database.execute(sql`
    select id, cell, price::text, karma::text, purchases, created, busy, quality, tags as tag, regions as region,
      languages as language, coalesce(lexemes::text, '') as lexemes, coalesce(split_part(content, ' ', 1), '') as hash,
      array(select area::text from ${searchPlace} place where place.product = search_product.id) as areas
    from ${searchProduct} where ${where} ${rest}`);
  const read = z.array(rowSchema).parse(rows);
  const contents = await database
    .select({ hash: document.hash, content: document.content })
    .from(document)
    .where(inArray(document.hash, [...new Set(read.map(({ hash }) => hash))] as `0x${string}`[]));
  const byHash = new Map<string, ProductDocument | null>(contents.map(({ hash, content }) => [hash, content]));
  return read.map((row) => toDocument(row, byHash.get(row.hash) ?? null));
}

/** A row of search, and the document that it was made of -> what Meilisearch is given. */
export function toDocument(row: SearchRow, content: ProductDocument | null): MeilisearchDocument {
  const price = partsOf(BigInt(row.price));
  const karma = partsOf(BigInt(row.karma));
  // Meilisearch finds nothing by a value that is absent, and counts it nowhere
  const values = Object.fromEntries(Object.entries(valuesOfCell(row.cell)).filter(([, value]) => value !== null));
  return {
    id: row.id,
    ...values,
    ...{ tag: row.tag, region: row.region, language: row.language },
    ...{ wei: row.price, priceHigh: price.high, priceLow: price.low },
    ...{ karma: row.karma, karmaHigh: karma.high, karmaLow: karma.low },
    ...{ purchases: row.purchases, created: row.created, busy: row.busy, quality: row.quality },
    ...placesOf(row.areas),
    ...textsOf(content, row.lexemes)
  };
}

/** Words as they are, for beginnings of words and typing errors; and the lexemes that Postgres cut them down to. */
function textsOf(content: ProductDocument | null, vector: string): Record<string, string> {
  if (content === null) return {};
  const { texts } = deriveDocument(content);
  const lexemes = lexemesOf(vector);
  return {
    title: content.name,
    ...{ name: texts.name, nameLexemes: lexemes.A },
    ...{ labels: texts.labels, labelsLexemes: lexemes.B },
    ...{ summary: texts.summary, summaryLexemes: lexemes.C },
    ...{ rest: texts.rest, restLexemes: lexemes.D }
  };
}

/** A vector as text ('rain':1A,7C 'wind':2) -> its lexemes by weight, in the order of the text. */
export function lexemesOf(vector: string): Record<'A' | 'B' | 'C' | 'D', string> {
  const places: Record<'A' | 'B' | 'C' | 'D', [number, string][]> = { A: [], B: [], C: [], D: [] };
  for (const [, lexeme = '', list = ''] of vector.matchAll(/'([^']*)':([0-9A-D,]+)/g)) {
    for (const place of list.split(',')) {
      const weight = /[ABC]$/.exec(place)?.[0] as 'A' | 'B' | 'C' | undefined;
      places[weight ?? 'D'].push([Number.parseInt(place, 10), lexeme]);
    }
  }
  const textOf = (list: [number, string][]) =>
    list
      .sort(([one], [other]) => one - other)
      .map(([, lexeme]) => lexeme)
      .join(' ');
  return { A: textOf(places.A), B: textOf(places.B), C: textOf(places.C), D: textOf(places.D) };
}

/** One place that is a point is Meilisearch's own `_geo`; of areas it knows nothing, so they are kept as numbers. */
function placesOf(areas: readonly BoundingBox[]): Record<string, unknown> {
  const [only] = areas;
  if (only === undefined) return {};
  const [west, south, east, north] = only;
  if (areas.length === 1 && west === east && south === north) return { _geo: { lat: south, lng: west } };
  const apart = areas.slice(0, areasKept - 1);
  const others = areas.slice(areasKept - 1);
  const kept = others.length === 0 ? apart : [...apart, around(others)];
  return Object.fromEntries(
    kept.flatMap((area, place) => areaNames(place).map((name, side) => [name, area[side]] as const))
  );
}

/** Names of the attributes of an area: west, south, east, north. */
export function areaNames(place: number): readonly [string, string, string, string] {
  const name = (side: string) => `area${String(place)}${side}`;
  return [name('West'), name('South'), name('East'), name('North')];
}

function around(areas: readonly BoundingBox[]): BoundingBox {
  return areas.reduce(([west, south, east, north], other) => [
    Math.min(west, other[0]),
    Math.min(south, other[1]),
    Math.max(east, other[2]),
    Math.max(north, other[3])
  ]);
}
