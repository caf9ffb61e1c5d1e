import { and, count, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import type { StreamRecord, streamQuerySchema } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { permission, stream } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { toStream } from './records.ts';
import { wordsOf } from './text-query.ts';
import type { Page, View } from './view.ts';

const everyone = '0x0000000000000000000000000000000000000000';

/** Whether everyone may read the stream now, by the stream's own permission. */
const publicRead = (now: number) => sql<boolean>`exists (select 1 from ${permission}
  where ${permission.id} = ${stream.id} || ${`-${everyone}-READ`} and ${permission.until} > ${now})`;

/**
 * Finds streams by words of name and description, by address, or by owner; newest first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findStreams(view: View, query: z.output<typeof streamQuerySchema>): Promise<Page<StreamRecord>> {
  const filter = and(query.owner === undefined ? undefined : eq(stream.owner, query.owner), textFilter(query.q));
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 1);
  const place =
    after === undefined
      ? undefined
      : sql`(${stream.createdAtBlock}, ${stream.id}) < (${after.keys[0]}::bigint, ${after.id})`;
  const [rows, [counted]] = await Promise.all([
    view.database
      .select({ stream, publicRead: publicRead(view.now()) })
      .from(stream)
      .where(and(filter, place))
      .orderBy(desc(stream.createdAtBlock), desc(stream.id))
      .limit(query.limit + 1),
    view.database.select({ total: count() }).from(stream).where(filter)
  ]);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1)?.stream;
  return {
    items: shown.map((row) => toStream(row.stream, row.publicRead)),
    total: counted?.total ?? 0,
    nextCursor:
      rows.length > shown.length && last !== undefined
        ? encodeCursor({ keys: [String(last.createdAtBlock)], id: last.id })
        : null
  };
}

/** Streams in the order of the addresses; unknown ones are left out. */
export async function streamsById(view: View, addresses: readonly Address[]): Promise<StreamRecord[]> {
  if (addresses.length === 0) return [];
  const rows = await view.database
    .select({ stream, publicRead: publicRead(view.now()) })
    .from(stream)
    .where(inArray(stream.id, [...addresses]));
  const byId = new Map(rows.map((row) => [row.stream.id, row]));
  return addresses.flatMap((address) => {
    const row = byId.get(address);
    return row === undefined ? [] : [toStream(row.stream, row.publicRead)];
  });
}

function textFilter(text: string): SQL | undefined {
  if (text === '') return undefined;
  if (/^0x[0-9a-f]{40}$/i.test(text)) return eq(stream.id, text.toLowerCase() as Address);
  const words = wordsOf(text);
  if (words.length === 0) return sql`false`;
  const lexemes = words.map((word) => `${word}:*`).join(' & ');
  return sql`to_tsvector('indexer.words', ${stream.name} || ' ' || ${stream.description})
    @@ to_tsquery('indexer.words', ${lexemes})`;
}
