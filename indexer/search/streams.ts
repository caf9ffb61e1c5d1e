import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import type { StreamRecord, streamQuerySchema } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { stream } from '../schema.ts';
import { factsById, listFacts } from './list-facts.ts';
import { toStream } from './records.ts';
import type { Page, View } from './view.ts';

/** Words of a query that are looked for; what follows is ignored, so that a query stays cheap. */
const longestQuery = 12;
const everyone = '0x0000000000000000000000000000000000000000';

/**
 * Finds streams by words of name and description, by address, or by owner; newest first.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findStreams(view: View, query: z.output<typeof streamQuerySchema>): Promise<Page<StreamRecord>> {
  const { limit, cursor } = query;
  const list = await listFacts(view, 'stream', { filter: streamFilter(query), order: 'newest', limit, cursor });
  const open = await publicStreams(
    view,
    list.rows.map((row) => row.id)
  );
  const last = list.rows.at(-1);
  return {
    items: list.rows.map((row) => toStream(row, open.has(row.id))),
    total: await list.total(),
    nextCursor: list.hasMore && last !== undefined ? list.cursorOf(last) : null
  };
}

/** Streams in the order of the addresses; unknown ones are left out. */
export async function streamsById(view: View, addresses: readonly Address[]): Promise<StreamRecord[]> {
  const rows = new Map((await factsById(view, 'stream', addresses)).map((row) => [row.id, row]));
  const open = await publicStreams(view, addresses);
  return addresses.flatMap((address) => {
    const row = rows.get(address);
    return row === undefined ? [] : [toStream(row, open.has(address))];
  });
}

/** Those of the streams that everyone may read now, by the stream's own permission. */
export async function publicStreams(view: View, addresses: readonly Address[]): Promise<Set<Address>> {
  const ids = addresses.map((address) => `${address}-${everyone}-READ`);
  const permissions = await factsById(view, 'permission', ids);
  return new Set(permissions.filter(({ until }) => until > view.now()).map((row) => row.stream));
}

/** Words and owner -> condition on the stream table. */
export function streamFilter({ q = '', owner }: { q?: string; owner?: Address | undefined }): SQL | undefined {
  return and(owner === undefined ? undefined : eq(stream.owner, owner), textFilter(q));
}

function textFilter(text: string): SQL | undefined {
  if (text === '') return undefined;
  if (/^0x[0-9a-f]{40}$/i.test(text)) return eq(stream.id, text.toLowerCase() as Address);
  const words = (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, longestQuery);
  if (words.length === 0) return sql`false`;
  const lexemes = words.map((word) => `${word}:*`).join(' & ');
  return sql`to_tsvector('indexer.words', ${stream.name} || ' ' || ${stream.description})
    @@ to_tsquery('indexer.words', ${lexemes})`;
}
