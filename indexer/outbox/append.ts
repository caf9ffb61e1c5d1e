import { sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { outbox } from '../schema/outbox.ts';
import { subjectsOf, type NewMessage } from './messages.ts';

/** Channel on which a writing transaction wakes readers. */
export const outboxChannel = 'tributary_outbox';
/** Any number: all who write to the outbox agree on it. */
const appendLock = 7_236_510;
/** Rows per statement. */
const rowsAtOnce = 5_000;

/**
 * Begins writing to the outbox, for the rest of the transaction. Whoever writes holds one lock from before the first
 * position is drawn until the rows are visible: Postgres gives locks back after a commit shows. So no position becomes
 * visible after a greater one did, and a reader that has seen a position will never find a smaller one that is new.
 */
async function lockOutbox(transaction: Database): Promise<void> {
  await transaction.execute(sql`select pg_advisory_xact_lock(${appendLock})`);
}

/** Readers hear of it when the transaction commits. */
async function wakeReaders(transaction: Database): Promise<void> {
  await transaction.execute(sql`select pg_notify(${outboxChannel}, '')`);
}

/** Writes messages in the transaction that writes what they tell of. */
export async function appendMessages(transaction: Database, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return;
  await lockOutbox(transaction);
  for (let start = 0; start < messages.length; start += rowsAtOnce) {
    const rows = messages
      .slice(start, start + rowsAtOnce)
      .map((message, place) => ({ place, ...message, subjects: subjectsOf(message) }));
    await transaction.execute(sql`
      insert into ${outbox} (kind, block, time, subjects, payload, written_at)
      select kind, block, time, subjects, payload, ${Date.now()}::bigint
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as told (place int, kind text, block bigint, time bigint, subjects text[], payload jsonb)
      order by place`);
  }
  await wakeReaders(transaction);
}

/**
 * Takes back every message of a block above an ancestor that was not taken back yet, newest first, by rows that name
 * it: in the transaction that undoes those blocks.
 */
export async function takeBackMessages(transaction: Database, ancestor: number): Promise<void> {
  await lockOutbox(transaction);
  await transaction.execute(sql`
    insert into ${outbox} (kind, block, time, subjects, payload, undoes, written_at)
    select kind, block, time, subjects, payload, position, ${Date.now()}::bigint from ${outbox} told
    where block > ${ancestor} and undoes is null
      and not exists (select from ${outbox} taken where taken.undoes = told.position)
    order by position desc`);
  await wakeReaders(transaction);
}
