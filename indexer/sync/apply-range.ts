import { sql } from 'drizzle-orm';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Database } from '../database.ts';
import { appendMessages } from '../outbox/append.ts';
import { messageOf } from '../outbox/message-of-event.ts';
import type { NewMessage } from '../outbox/messages.ts';
import { document, journal, knownBlock } from '../schema.ts';
import { refreshSearchRows } from '../search/postgres/rows.ts';
import { eventsOf, type BlockRange } from './block-range.ts';
import type { Header } from './chain.ts';
import { lockCursor, moveCursor, type Cursor } from './cursor.ts';
import { writeFacts } from './fact-set.ts';
import { applyEvent } from './facts.ts';
import { changedForSearch } from './changed-for-search.ts';
import { loadFacts } from './load-facts.ts';
import { nameOffersOfKarma } from './offers-of-karma.ts';

/** How a range is written. */
export interface ApplyOptions {
  /** Whether the range can be undone afterwards, block by block. */
  readonly journaled: boolean;
  /** Blocks below this one need not be undone any more. */
  readonly settledBelow: number;
  /** First block of those as of which facts are to be told later, where that is more than can be undone. */
  readonly historyWanted: number;
  /** Milliseconds since 1970, for documents that become due. */
  readonly now: number;
  /** Whether nothing is told to the outbox. */
  readonly quiet?: boolean;
}

/**
 * Writes a range of blocks in one transaction: facts, journal, headers, messages and cursor. All of it is seen, or nothing.
 *
 * @returns the cursor as it stands now, and how many events were applied.
 * @throws {@link CursorMovedError} when the tables are not where the range begins.
 */
export async function applyRange(
  database: Database,
  deployment: Deployment,
  cursor: Cursor,
  range: BlockRange,
  { journaled, settledBelow, historyWanted, now, quiet = false }: ApplyOptions
): Promise<{ cursor: Cursor; events: number }> {
  const last = range.headers.at(-1);
  if (last === undefined) return { cursor, events: 0 };
  return database.transaction(async (transaction) => {
    await lockCursor(transaction, cursor);
    const { events: read, foul } = await eventsOf(transaction, deployment, range);
    const events = nameOffersOfKarma(read);
    const facts = await loadFacts(transaction, events);
    let refused = 0;
    const telling = !quiet && (cursor.telling || journaled);
    const messages: NewMessage[] = !telling || cursor.telling ? [] : [indexFilled(cursor)];
    for (const event of events) {
      if (!applyEvent(facts, event)) {
        refused += 1;
        continue;
      }
      const message = telling ? messageOf(facts, event) : null;
      if (message !== null) messages.push(message);
    }
    for (const [fact, rows] of facts.changed()) await writeFacts(transaction, fact, rows);
    await refreshSearchRows(transaction, changedForSearch(facts.changed()), {
      schemas: deployment.schemas,
      now: Math.max(last.timestamp, Math.floor(now / 1_000))
    });
    await announceDocuments(
      transaction,
      events.flatMap((event) =>
        event.eventName === 'OfferListed' || event.eventName === 'OfferDescribed' ? [event.args.documentHash] : []
      ),
      now
    );
    await appendMessages(transaction, messages);
    const remembered = journaled || cursor.number >= historyWanted;
    const historyFrom = remembered
      ? Math.max(cursor.historyFrom, Math.min(settledBelow - 1, historyWanted))
      : last.number;
    const moved = {
      ...cursor,
      telling,
      historyFrom,
      number: last.number,
      hash: last.hash,
      timestamp: last.timestamp,
      foulLogs: cursor.foulLogs + foul + refused
    };
    // nothing before the end of a range that is not journaled can be undone: no block there is a common ancestor
    const unknownBelow = journaled ? settledBelow - 1 : last.number;
    const images = JSON.stringify(remembered ? facts.images() : []);
    // one statement instead of five: a block is visible that much sooner
    await transaction.execute(sql`
      with settled_blocks as (delete from ${knownBlock} where number < ${unknownBelow}),
        settled_images as (delete from ${journal} where block <= ${historyFrom}),
        known as (
          insert into ${knownBlock} (number, hash, parent_hash, timestamp)
          select number, hash, "parentHash", timestamp from json_to_recordset(${JSON.stringify(range.headers.map(withoutBloom))}::json)
            as header (number bigint, hash text, "parentHash" text, timestamp bigint))
      insert into ${journal} (block, fact, id, image)
      select block, fact, id, nullif(image, 'null'::jsonb)
      from jsonb_to_recordset(${images}::jsonb) as image(block bigint, fact text, id text, image jsonb)`);
    await moveCursor(transaction, moved);
    return { cursor: moved, events: events.length };
  });
}

/** What is known by now is not told block by block; what comes can be undone, and is. */
function indexFilled({ number, timestamp }: Cursor): NewMessage {
  const block = Math.max(0, number);
  return { kind: 'indexFilled', block: null, time: timestamp, payload: { block } };
}

const withoutBloom = ({ number, hash, parentHash, timestamp }: Header) => ({ number, hash, parentHash, timestamp });

/** Documents that nobody asked for yet become due at once. */
async function announceDocuments(database: Database, hashes: readonly string[], now: number): Promise<void> {
  if (hashes.length === 0) return;
  await database.execute(sql`
    insert into ${document} (hash, state, attempts, next_attempt)
    select distinct hash, 'pending', 0, ${now}::bigint from json_array_elements_text(${JSON.stringify(hashes)}::json) hash
    on conflict (hash) do nothing`);
}
