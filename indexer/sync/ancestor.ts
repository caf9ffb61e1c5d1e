import { desc } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { knownBlock } from '../schema.ts';
import type { Chain, Header } from './chain.ts';

/** The last block that tables and chain have in common, among those that can be gone back to; null where there is none. */
export async function commonAncestor(database: Database, chain: Chain): Promise<Header | null> {
  const known = await database.select().from(knownBlock).orderBy(desc(knownBlock.number));
  for (const header of known) if ((await chain.header(header.number))?.hash === header.hash) return header;
  return null;
}
