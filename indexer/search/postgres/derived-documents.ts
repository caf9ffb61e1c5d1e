import { sql } from 'drizzle-orm';
import type { ProductDocument } from '#sdk/protocol/product-document';
import type { Hex } from '#sdk/protocol/primitives';
import type { Database } from '../../database.ts';
import { document } from '../../schema.ts';
import { derivedVersion, deriveDocument } from '../derive-document.ts';
import { refreshSearchRows, type SearchRowOptions } from './rows.ts';
import { addWords } from './vocabulary.ts';

/** Writes documents with what search needs of them, and the rows of their products, at once. */
export async function writeDocuments(
  database: Database,
  documents: readonly { readonly hash: Hex; readonly content: ProductDocument }[],
  options: SearchRowOptions
): Promise<void> {
  if (documents.length === 0) return;
  const rows = documents.map(({ hash, content }) => ({ hash, content, ...deriveDocument(content) }));
  await addWords(database, [...new Set(rows.flatMap(({ words }) => words))]);
  await database.transaction(async (transaction) => {
    await transaction.execute(sql`
      update ${document} known set state = 'ready', next_attempt = null, fault = null, content = told.content,
        category = told.category, tags = told.tags, regions = told.regions, languages = told.languages,
        cadence = told.cadence, areas = told.areas, words = told.words, derived = ${derivedVersion},
        lexemes = setweight(to_tsvector('indexer.words', texts ->> 'name'), 'A')
          || setweight(to_tsvector('indexer.words', texts ->> 'labels'), 'B')
          || setweight(to_tsvector('indexer.words', texts ->> 'summary'), 'C')
          || setweight(to_tsvector('indexer.words', texts ->> 'rest'), 'D')
      from json_to_recordset(${JSON.stringify(rows)}::json) as told (hash text, content jsonb, category text, tags text[],
        regions text[], languages text[], cadence real, areas text[], words text[], texts json)
      where known.hash = told.hash`);
    await refreshSearchRows(transaction, { documents: documents.map(({ hash }) => hash) }, options);
  });
}
