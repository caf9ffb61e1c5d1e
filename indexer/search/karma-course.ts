import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { karmaCourseSchema, KarmaRoleName } from '#sdk/protocol/discovery';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { karmaChange } from '../schema.ts';
import { pointsAt, readDecay } from './karma.ts';
import type { View } from './view.ts';

export type KarmaCourse = z.infer<typeof karmaCourseSchema>;

/** The times of a course, Unix seconds, and how many there are, the first and the last among them. */
export interface CourseTimes {
  readonly from: number;
  readonly until: number;
  readonly length: number;
}

const rowsSchema = z.array(z.object({ account: addressSchema, at: z.coerce.number(), balance: z.string().nullable() }));

/**
 * Points of accounts in a role over time: in the past as they were, in the future as they will be if nothing is added.
 * One look into an index per account and time.
 */
export async function karmaCourses(
  view: View,
  accounts: readonly Address[],
  role: KarmaRoleName,
  { from, until, length }: CourseTimes
): Promise<Map<Address, KarmaCourse>> {
  const decay = await readDecay(view);
  if (decay === null || accounts.length === 0) return new Map();
  const step = (until - from) / (length - 1);
  const times = Array.from({ length }, (_, index) => Math.max(0, Math.round(from + index * step)));
  const result = await view.database.execute(sql`
    select account, at, (
      select ${karmaChange.balance}::text from ${karmaChange}
      where ${karmaChange.account} = asked.account and ${karmaChange.role} = ${role.toUpperCase()}
        and ${karmaChange.timestamp} <= asked.at
      order by ${karmaChange.timestamp} desc, ${karmaChange.position} desc limit 1) as balance
    from (select account, at from json_array_elements_text(${JSON.stringify(accounts)}::json) account,
      json_array_elements_text(${JSON.stringify(times)}::json) time, lateral (select time::bigint as at) as number) asked
    order by account, at`);
  const courses = new Map<Address, { at: number; points: string }[]>();
  for (const { account, at, balance } of rowsSchema.parse(result.rows)) {
    const course = courses.get(account) ?? [];
    course.push({ at, points: balance === null ? '0' : pointsAt(balance, at, decay) });
    courses.set(account, course);
  }
  return courses;
}
