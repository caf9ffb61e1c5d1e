import * as z from 'zod';
import type { StoredEvent } from '../protocol/event.ts';
import { eventFromJson, eventJsonSchema } from '../protocol/event-json.ts';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { createEventReader } from './event-reader.ts';
import type { Reader, ReceivedEvent } from './event-reader.ts';
import { fetchEraChanges } from './fetch-era-changes.ts';
import { fetchGrants } from './fetch-grants.ts';
import { AnswerInvalidError } from './market-errors.ts';
import type { SessionSource } from './keep-session.ts';
import { requestAsReader } from './request-as-reader.ts';
import type { StreamKeys } from './stream-keys.ts';

export interface ReadHistoryParameters {
  readonly market: Market;
  readonly stream: Address;
  /** All of them unless said otherwise. */
  readonly partition?: number;
  /** Where to begin in each partition: at an offset, at a time (Unix milliseconds), or with the last n events. */
  readonly from: { readonly offset: number } | { readonly timestamp: number } | { readonly last: number };
  /** Most events to read of each partition, 1 to 1,000; 100 unless said otherwise. */
  readonly limit?: number;
  /** Who asks, as authenticate or keepSession give it: needed unless everyone may read. */
  readonly session?: SessionSource | undefined;
  /** Who reads; its grants are fetched and opened. Without one, encrypted events stay locked. */
  readonly reader?: Reader;
  /** Keys that are at hand already. */
  readonly keys?: readonly StreamKeys[];
}
export type ReadHistoryReturnType = readonly ReceivedEvent[];

const lineSchema = z.object({ offset: z.int().min(0), event: eventJsonSchema });
const answerLimit = 64 * 1024 * 1024;

/** Partitions read at once. */
const atOnce = 8;

/**
 * Reads stored events, verified and, where keys are held, decrypted. Of several partitions in the order of their
 * timestamps; within each in the order of the log.
 *
 * @throws as {@link readStream} and {@link requestAsReader}.
 *
 * @example
 * const events = await readHistory({ market, stream, session, from: { last: 20 }, reader: { licensee, keyPair } });
 */
export async function readHistory(parameters: ReadHistoryParameters): Promise<ReadHistoryReturnType> {
  const { market, stream, partition, reader, keys = [] } = parameters;
  const [eventReader, grants, eraChanges] = await Promise.all([
    createEventReader({ market, stream, partition, reader, keys }),
    reader === undefined ? [] : fetchGrants({ market, stream, licensee: reader.licensee }),
    reader === undefined ? [] : fetchEraChanges({ market, stream })
  ]);
  for (const grant of grants) await eventReader.addGrant(grant);
  for (const change of eraChanges) await eventReader.addEraChange(change);
  const all = partition === undefined ? Array.from({ length: eventReader.partitions }, (_, at) => at) : [partition];
  let stored: readonly StoredEvent[] = [];
  for (let from = 0; from < all.length; from += atOnce) {
    const read = await Promise.all(all.slice(from, from + atOnce).map((one) => readPartition(parameters, one)));
    stored = mergeByTime([stored, ...read]);
  }
  const events: ReceivedEvent[] = [];
  for (const one of stored) events.push(await eventReader.read(one));
  return events;
}

async function readPartition(parameters: ReadHistoryParameters, partition: number): Promise<readonly StoredEvent[]> {
  const { market, stream, from, limit = 100, session } = parameters;
  const query = new URLSearchParams({ partition: String(partition), limit: String(limit), ...startOf(from) });
  const url = `${market.brokerUrl}/v1/streams/${stream}/events?${query.toString()}`;
  const bytes = await requestAsReader({
    market,
    session,
    url,
    limit: answerLimit,
    headers: { accept: 'application/x-ndjson' }
  });
  const lines = new TextDecoder().decode(bytes).split('\n');
  return lines.filter((line) => line !== '').map((line) => parseLine(line, url));
}

/** Always the earliest of what comes next in each list: an event never overtakes one that is before it in its own. */
function mergeByTime(lists: readonly (readonly StoredEvent[])[]): readonly StoredEvent[] {
  const filled = lists.filter((list) => list.length > 0);
  if (filled.length <= 1) return filled[0] ?? [];
  const merged: StoredEvent[] = [];
  const at = filled.map(() => 0);
  for (;;) {
    let best: { readonly list: number; readonly stored: StoredEvent } | undefined;
    for (const [list, events] of filled.entries()) {
      const stored = events[at[list] ?? 0];
      if (stored === undefined) continue;
      if (best === undefined || stored.event.timestamp < best.stored.event.timestamp) best = { list, stored };
    }
    if (best === undefined) return merged;
    merged.push(best.stored);
    at[best.list] = (at[best.list] ?? 0) + 1;
  }
}

function startOf(from: ReadHistoryParameters['from']): Record<string, string> {
  if ('offset' in from) return { fromOffset: String(from.offset) };
  if ('timestamp' in from) return { fromTimestamp: String(from.timestamp) };
  return { last: String(from.last) };
}

function parseLine(line: string, url: string): StoredEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new AnswerInvalidError(url, 'a line that is no JSON');
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) throw new AnswerInvalidError(url, z.prettifyError(parsed.error));
  return { offset: parsed.data.offset, event: eventFromJson(parsed.data.event) };
}
