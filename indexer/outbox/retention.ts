import { sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { knownBlock } from '../schema.ts';
import { outbox, outboxFloor, outboxReader } from '../schema/outbox.ts';

/** How long messages are kept. */
export interface OutboxRetention {
  /** Milliseconds for which messages are kept that every reader has read, for those who come back. */
  readonly keptFor: number;
  /** Milliseconds for which messages are kept for readers that do not read. */
  readonly keptUnread: number;
  /** Messages that are kept at most. */
  readonly most: number;
}

/** A day, a week, and as many messages as fit on about one gigabyte. */
export const usualRetention: OutboxRetention = { keptFor: 86_400_000, keptUnread: 604_800_000, most: 1_000_000 };

/**
 * Drops the oldest messages: those that are old and read by all, and those that are too old or too many. Messages of
 * blocks that can still be undone stay, since they may have to be taken back.
 *
 * @param now Milliseconds since 1970.
 */
export async function dropMessages(
  database: Database,
  now: number,
  { keptFor, keptUnread, most }: OutboxRetention = usualRetention
): Promise<void> {
  const writtenBefore = (time: number) =>
    sql`coalesce((select min(position) - 1 from ${outbox} where written_at > ${time}), newest.position)`;
  await database.transaction(async (transaction) => {
    // least and greatest pass over what is null
    const { rows } = await transaction.execute<{ position: string | null }>(sql`
      with newest as (select max(position) as position from ${outbox})
      select least(
        greatest(
          least(${writtenBefore(now - keptFor)}, (select min(position) from ${outboxReader})),
          ${writtenBefore(now - keptUnread)},
          newest.position - ${most}
        ),
        (select min(position) - 1 from ${outbox} where block > (select min(number) from ${knownBlock}))
      ) as position
      from newest`);
    const position = Number(rows[0]?.position ?? 0);
    // what was never there was not missed: the floor is the last that went
    await transaction.execute(sql`
      with gone as (delete from ${outbox} where position <= ${position} returning position)
      insert into ${outboxFloor} (id, position) select 1, max(position) from gone having count(*) > 0
      on conflict (id) do update set position = greatest(outbox_floor.position, excluded.position)`);
  });
}
