import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Hex } from '#sdk/protocol/primitives';
import { bytes32Schema } from '#sdk/protocol/primitives';
import type { Database } from '../../database.ts';
import { searchProduct } from '../../schema.ts';
import { tellingLexemes } from '../postgres/similar.ts';
import { MeilisearchUnavailableError, type MeilisearchClient } from './client.ts';
import { equals } from './query.ts';
import { textAttributes } from './settings.ts';

/** Products that are looked at for each word. */
const lookedAt = 40;

const hitsSchema = z.array(z.object({ id: bytes32Schema, tag: z.array(z.string()), quality: z.number() }));

/** Products on sale like this one: those that have its rarest words, and its tags; see postgres/similar.ts. */
export async function similarByMeilisearch(
  database: Database,
  client: MeilisearchClient,
  index: string,
  product: Hex,
  limit: number
): Promise<Hex[]> {
  const lexemes = await tellingLexemes(database, product);
  if (lexemes.length === 0) return [];
  const { rows } = await database.execute(sql`select tags from ${searchProduct} where id = ${product}`);
  const tags = z.array(z.object({ tags: z.array(z.string()) })).parse(rows)[0]?.tags ?? [];
  const answers = await client.search(
    lexemes.map(({ lexeme }) => ({
      ...{ indexUid: index, q: `${lexeme} `, matchingStrategy: 'all' as const, limit: lookedAt },
      filter: [equals('listed', 'true')],
      attributesToRetrieve: ['id', 'tag', 'quality'],
      attributesToSearchOn: [...textAttributes.name, ...textAttributes.labels]
    }))
  );
  const scores = new Map<Hex, number>();
  const factors = new Map<Hex, number>();
  for (const [place, { hits }] of answers.entries()) {
    const parsed = hitsSchema.safeParse(hits);
    if (!parsed.success) {
      throw new MeilisearchUnavailableError('A product that Meilisearch found is not as it was put there.', {
        cause: parsed.error
      });
    }
    // the rarer a word, the more it says
    const weight = 1 / Math.log(1 + (lexemes[place]?.products ?? 1));
    for (const [rank, { id, tag, quality }] of parsed.data.entries()) {
      if (id === product) continue;
      scores.set(id, (scores.get(id) ?? 0) + weight * (1 - rank / (2 * lookedAt)));
      const shared = tag.filter((one) => tags.includes(one)).length;
      factors.set(id, (1 + 0.5 * shared) * (1 + (0.2 * quality) / 1_000));
    }
  }
  return [...scores]
    .map(([id, score]) => ({ id, score: score * (factors.get(id) ?? 1) }))
    .sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1))
    .slice(0, limit)
    .map(({ id }) => id);
}
