import { asc, eq, gt, max, sql } from 'drizzle-orm';
import { TributaryError } from '#sdk/protocol/problem';
import type { Database } from '../database.ts';
import { outbox, outboxFloor, outboxReader } from '../schema/outbox.ts';
import { outboxMessageSchema, type OutboxMessage } from './messages.ts';

/** Messages after the asked position were dropped: what was derived from them must be made anew. */
export class MessagesDroppedError extends TributaryError {
  readonly code = 'messages-dropped';
  readonly title = 'Messages that were asked for are not kept any more';
  override readonly status = 410;
}

/** The newest position at the moment: whoever begins after it gets all that comes, and nothing of before. */
export async function latestPosition(database: Database): Promise<number> {
  const [row] = await database.select({ position: max(outbox.position) }).from(outbox);
  return row?.position ?? (await droppedPosition(database));
}

/** The last position that was dropped. */
async function droppedPosition(database: Database): Promise<number> {
  const [row] = await database
    .select({ position: outboxFloor.position })
    .from(outboxFloor)
    .where(eq(outboxFloor.id, 1));
  return row?.position ?? 0;
}

/**
 * Messages after a position, oldest first.
 *
 * @param after Position of the last message that is known already; 0 for all that are kept.
 * @param limit The most messages that are wanted.
 * @throws {@link MessagesDroppedError} when messages after that position are not kept any more.
 */
export async function readMessages(database: Database, after: number, limit: number): Promise<OutboxMessage[]> {
  const rows = await database
    .select()
    .from(outbox)
    .where(gt(outbox.position, after))
    .orderBy(asc(outbox.position))
    .limit(limit);
  // asked after the rows: what was dropped in between would else be missed
  if (after > 0 && (await droppedPosition(database)) > after) {
    throw new MessagesDroppedError(`Read anew what is there; messages up to ${String(after)} are long past.`);
  }
  return rows.map((row) => outboxMessageSchema.parse(row));
}

/** What a named reader does. */
export interface OutboxHandler {
  /**
   * Takes messages, oldest first. What it writes by the transaction is written once, with the reader's new position;
   * what it does elsewhere may be done again after a failure. Failing, it gets the same messages again later.
   */
  handle(messages: readonly OutboxMessage[], transaction: Database): Promise<void>;
  /** Messages were dropped before they were read: what is derived from them must be made anew. */
  missed(transaction: Database): Promise<void>;
}

/**
 * Lets a named reader take what it has not read yet, in one transaction. Of several processes with the same reader one
 * takes messages at a time.
 *
 * @param limit The most messages that are taken.
 * @returns how many there were.
 */
export async function takeMessages(
  database: Database,
  name: string,
  { handle, missed }: OutboxHandler,
  limit: number
): Promise<number> {
  return database.transaction(async (transaction) => {
    const [reader] = await transaction
      .select()
      .from(outboxReader)
      .where(eq(outboxReader.name, name))
      .for('update', { skipLocked: true });
    if (reader === undefined) return 0;
    const dropped = await droppedPosition(transaction);
    const behind = reader.position < dropped;
    if (behind) await missed(transaction);
    const after = Math.max(reader.position, dropped);
    const messages = await readMessages(transaction, after, limit);
    if (messages.length > 0) await handle(messages, transaction);
    const position = messages.at(-1)?.position ?? after;
    if (position !== reader.position) {
      await transaction.update(outboxReader).set({ position }).where(eq(outboxReader.name, name));
    }
    return messages.length;
  });
}

/** Makes a reader known. A new one begins after what is there at the moment; a known one stays where it is. */
export async function registerReader(database: Database, name: string): Promise<void> {
  await database.execute(sql`
    insert into ${outboxReader} (name, position)
    values (${name}, coalesce((select max(position) from ${outbox}), (select position from ${outboxFloor} where id = 1), 0))
    on conflict (name) do nothing`);
}
