import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { bytes32Schema } from '#sdk/protocol/primitives';
import type { Database } from '../../database.ts';
import { searchPlace } from '../../schema.ts';
import { nearTo } from '../postgres/geography.ts';
import type { SearchQuery } from '../search-engine.ts';
import { degrees } from './query.ts';

/** Products with areas that are named in a request. */
const namedMost = 1_000;

/**
 * Condition for what covers a place near a position. Of points Meilisearch knows it by itself; of areas it does not know
 * how far they are, so that these products are named.
 *
 * @returns null where the areas are too many: then the rows are to be asked.
 */
export async function nearCondition(
  database: Database,
  { near, within }: Required<Pick<SearchQuery, 'near' | 'within'>> & { readonly near: NonNullable<SearchQuery['near']> }
): Promise<string | null> {
  const { rows } = await database.execute(sql`
    select product as id from ${searchPlace} where ${nearTo(sql`product`, near, within)}
    group by product having count(*) > 1 or bool_or((area[0])[0] <> (area[1])[0] or (area[0])[1] <> (area[1])[1])
    limit ${namedMost + 1}`);
  const areas = z.array(z.object({ id: bytes32Schema })).parse(rows);
  if (areas.length > namedMost) return null;
  const [longitude, latitude] = near;
  const circle = `_geoRadius(${degrees(latitude)}, ${degrees(longitude)}, ${String(Math.round(within * 1_000))})`;
  return areas.length === 0 ? circle : `(${circle} OR id IN [${areas.map(({ id }) => id).join(', ')}])`;
}
