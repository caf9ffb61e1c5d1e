import { and, eq, inArray } from 'drizzle-orm';
import type { Hex } from '#sdk/protocol/primitives';
import type { ProductDocument } from '#sdk/protocol/product-document';
import { document } from '../schema.ts';
import type { View } from './view.ts';

/** Product documents that are there and valid, by hash. */
export async function documentsByHash(view: View, hashes: readonly Hex[]): Promise<Map<Hex, ProductDocument>> {
  if (hashes.length === 0) return new Map();
  const rows = await view.database
    .select({ hash: document.hash, content: document.content })
    .from(document)
    .where(and(inArray(document.hash, [...new Set(hashes)]), eq(document.state, 'ready')));
  return new Map(rows.flatMap(({ hash, content }) => (content === null ? [] : [[hash, content] as const])));
}
