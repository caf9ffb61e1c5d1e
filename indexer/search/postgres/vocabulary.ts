import { sql } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { document, product, searchWord } from '../../schema.ts';
import { deletionsOf } from '../words.ts';

/** Adds words of a document that are new; how many products have a word is counted by `countWords`. */
export async function addWords(database: Database, words: readonly string[]): Promise<void> {
  if (words.length === 0) return;
  // in one order, so that two documents never wait for each other
  const rows = [...words].sort().map((word) => ({ word, deletions: deletionsOf(word) }));
  await database.execute(sql`
    insert into ${searchWord} (word, stem, products, deletions)
    select word, (tsvector_to_array(to_tsvector('indexer.words', word)))[1], 1, deletions
    from json_to_recordset(${JSON.stringify(rows)}::json) as fresh (word text, deletions text[])
    order by word on conflict (word) do nothing`);
}

/** Counts how many products have each word; a word that no product has any more counts as rare. */
export async function countWords(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.execute(sql`
      create temporary table counted on commit drop as
      select word, count(*)::int as products
      from ${product} p join ${document} d on d.hash = p.document_hash and d.state = 'ready', unnest(d.words) word
      group by word`);
    await transaction.execute(sql`
      update ${searchWord} known set products = counted.products from counted
      where counted.word = known.word and counted.products <> known.products`);
  });
}
