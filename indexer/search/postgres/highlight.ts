import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { FoundProduct, Highlight } from '#sdk/protocol/discovery';
import type { Database } from '../../database.ts';
import { document, product } from '../../schema.ts';

/** Characters that no document holds around a match: they are cut out of the text before. */
const start = '\u0002';
const stop = '\u0003';
/** Characters of a description in which matches are looked for. */
const lookedAt = 4_000;

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string().nullable(),
    summary: z.string().nullable(),
    description: z.string().nullable()
  })
);

/**
 * What in the texts of products matches a text query.
 *
 * @param query As to_tsquery takes it.
 * @returns by product id; products without a document are absent. The description, in extracts, only where neither name
 * nor summary matches.
 */
export async function highlightsOf(
  database: Database,
  ids: readonly string[],
  query: string
): Promise<Map<string, NonNullable<FoundProduct['highlights']>>> {
  if (ids.length === 0) return new Map();
  const mark = (text: string, options: string) =>
    sql`ts_headline('indexer.words', translate(${sql.raw(text)}, ${start + stop}, ''), query,
      ${`StartSel="${start}", StopSel="${stop}", ${options}`})`;
  const result = await database.execute(sql`
    select id, ${mark('name', 'HighlightAll=true')} as name, ${mark('summary', 'HighlightAll=true')} as summary,
      case when to_tsvector('indexer.words', name || ' ' || summary) @@ query then null
        else ${mark('description', 'MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter=" … "')} end as description
    from (
      select p.id, d.content ->> 'name' as name, d.content ->> 'summary' as summary,
        left(d.content ->> 'description', ${lookedAt}) as description
      from ${product} p join ${document} d on d.hash = p.document_hash and d.state = 'ready'
      where p.id = any(array(select json_array_elements_text(${JSON.stringify(ids)}::json)))) found,
      to_tsquery('indexer.words', ${query}) query`);
  return new Map(
    rowsSchema.parse(result.rows).map(({ id, name, summary, description }) => {
      const extract = description?.includes(start) === true ? piecesOf(description) : null;
      return [id, { name: piecesOf(name ?? ''), summary: piecesOf(summary ?? ''), description: extract }] as const;
    })
  );
}

/** Marked text -> its pieces. */
function piecesOf(marked: string): Highlight {
  const [before = '', ...parts] = marked.split(start);
  const pieces = [{ text: before, match: false }];
  for (const part of parts) {
    const [match = '', after = ''] = part.split(stop);
    pieces.push({ text: match, match: true }, { text: after, match: false });
  }
  return pieces.filter(({ text }) => text !== '');
}
