import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { karmaPeriods, type KarmaRecord, type karmaQuerySchema } from '#sdk/protocol/discovery';
import { addressSchema } from '#sdk/protocol/primitives';
import { document, karma, karmaChange, offer, type KarmaRole } from '../schema.ts';
import { readCursor } from '../sync/cursor.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { karmaCourses } from './karma-course.ts';
import { pointsAt, readDecay } from './karma.ts';
import type { Page, View } from './view.ts';

export type KarmaQuery = z.output<typeof karmaQuerySchema>;

/** Decimal digits of the units that accounts are sorted by. */
const unitDigits = 78;
/** Seconds before and after the time of a ranking that a course shows. */
const courseReach = 30 * 86_400;

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    account: addressSchema,
    units: z.string(),
    earned: z.string(),
    taken: z.string(),
    block: z.coerce.number(),
    timestamp: z.coerce.number()
  })
);

const totalSchema = z.object({ total: z.coerce.number() });

/** An account of a ranking, and the cursor that goes on after it. */
export interface KarmaHit {
  readonly record: KarmaRecord;
  readonly cursor: string;
}

/**
 * Ranks the accounts of a role by the karma that they had at a time, of one field or all, of a period before that time or
 * all: by the units that count, which keep their order while they decay.
 *
 * What everybody has now is read in order from an index. Everything else is summed over the changes of the role, found
 * by role and time: only those of the period. All of it follows from facts, and is undone with them.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function rankKarma(
  view: View,
  query: KarmaQuery
): Promise<{ hits: KarmaHit[]; hasMore: boolean; total(): Promise<number> }> {
  const { role, account, field, period, limit, cursor } = query;
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1, unitDigits);
  const at = query.at ?? view.now();
  const decay = await readDecay(view);
  const known = await readCursor(view.database);
  if (decay === null || known === null) return { hits: [], hasMore: false, total: () => Promise.resolve(0) };
  const kind = role.toUpperCase() as KarmaRole;
  const isNow = field === undefined && period === 'all' && at >= known.timestamp;
  const ranked = isNow ? balancesNow(kind) : sumsOf(kind, field, karmaPeriods[period], at);
  const ofAccount = account === undefined ? sql`true` : sql`account = ${account}`;
  const place = after === undefined ? sql`true` : sql`(ranked.units, id) < (${after.keys[0]}::numeric, ${after.id})`;
  const result = await view.database.execute(sql`
    select id, account, units::text as "units", earned::text, taken::text, block, timestamp from (${ranked}) ranked
    where ${ofAccount} and ${place} order by ranked.units desc, id desc limit ${limit + 1}`);
  const total = async () => {
    const counted = await view.database.execute(
      sql`select count(*) as total from (${ranked}) ranked where ${ofAccount}`
    );
    return totalSchema.parse(counted.rows[0]).total;
  };
  const rows = rowsSchema.parse(result.rows);
  const shown = rows.slice(0, limit);
  const courses =
    query.course === undefined
      ? null
      : await karmaCourses(
          view,
          shown.map((row) => row.account),
          role,
          {
            from: at - courseReach,
            until: at + courseReach,
            length: query.course
          }
        );
  return {
    hits: shown.map((row) => ({
      record: {
        account: row.account,
        role,
        points: pointsAt(row.units, at, decay),
        units: row.units,
        earned: row.earned,
        taken: row.taken,
        changedAt: { number: row.block, timestamp: row.timestamp },
        ...(courses === null ? {} : { course: courses.get(row.account) ?? [] })
      },
      cursor: encodeCursor({ keys: [row.units], id: row.id })
    })),
    hasMore: rows.length > limit,
    total
  };
}

/** The same as a page of records. */
export async function findKarma(view: View, query: KarmaQuery): Promise<Page<KarmaRecord>> {
  const { hits, hasMore, total } = await rankKarma(view, query);
  return {
    items: hits.map(({ record }) => record),
    total: await total(),
    nextCursor: hasMore ? (hits.at(-1)?.cursor ?? null) : null
  };
}

/** What accounts have now: one row each, sorted by an index. */
function balancesNow(role: KarmaRole): SQL {
  return sql`
    select ${karma.id} as id, ${karma.account} as account, ${karma.units} as units, ${karma.earned} as earned, ${karma.taken} as taken,
      ${karma.changedAtBlock} as block, ${karma.changedAt} as timestamp
    from ${karma} where ${karma.role} = ${role} and ${karma.units} > 0`;
}

/**
 * What was added to the accounts' units, and taken from them, until a time; where what was taken is more than what the
 * field and period gave, nothing is left.
 */
function sumsOf(role: KarmaRole, field: string | undefined, period: number | null, at: number): SQL {
  const ofField =
    field === undefined
      ? sql``
      : sql`join ${offer} on ${offer.id} = ${karmaChange.offer}
        join ${document} on ${document.hash} = ${offer.documentHash} and ${document.category} = ${field}`;
  return sql`
    select ${karmaChange.account} || '-' || ${role} as id, ${karmaChange.account} as account, sum(${karmaChange.units}) as units,
      coalesce(sum(${karmaChange.points}) filter (where ${karmaChange.points} > 0), 0) as earned,
      coalesce(-sum(${karmaChange.points}) filter (where ${karmaChange.points} < 0), 0) as taken,
      max(${karmaChange.block}) as block, max(${karmaChange.timestamp}) as timestamp
    from ${karmaChange} ${ofField}
    where ${karmaChange.role} = ${role} and ${karmaChange.timestamp} <= ${at}
      and ${period === null ? sql`true` : sql`${karmaChange.timestamp} > ${at - period}`}
    group by ${karmaChange.account} having sum(${karmaChange.units}) > 0`;
}
