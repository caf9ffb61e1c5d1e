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

export interface OpenHistoryParameters {
  readonly market: Market;
  readonly stream: Address;
  /** All of them unless said otherwise. */
  readonly partition?: number | undefined;
  /** Who asks, as authenticate or keepSession give it: needed unless everyone may read. */
  readonly session?: SessionSource | undefined;
  /** Who reads; its grants are fetched and opened. Without one, encrypted events stay locked. */
  readonly reader?: Reader | undefined;
  /** Keys that are at hand already. */
  readonly keys?: readonly StreamKeys[];
}

/** Where to begin in a partition: at an offset, at a time (Unix milliseconds), or with the last n events. */
export type HistoryStart = { readonly offset: number } | { readonly timestamp: number } | { readonly last: number };

/** A stream's log, page by page: what is asked of the chain is asked once for all pages. */
export interface History {
  /** Partitions of the stream. */
  readonly partitions: number;
  /**
   * Events of a partition in the order of its log, verified and, where keys are held, decrypted. The first one lies
   * behind the start where the stream's retention has removed what came before; none are left at the log's end, or at
   * that of the right to read it.
   *
   * @param page.limit Most events, 1 to 1,000; 100 unless said otherwise.
   * @throws as {@link requestAsReader}.
   */
  page(page: {
    readonly partition: number;
    readonly from: HistoryStart;
    readonly limit?: number | undefined;
  }): Promise<readonly ReceivedEvent[]>;
  /** Takes grants and era changes that came since. @returns Whether they brought keys. */
  collectKeys(): Promise<boolean>;
}
export type OpenHistoryReturnType = History;

const lineSchema = z.object({ offset: z.int().min(0), event: eventJsonSchema });
const answerLimit = 64 * 1024 * 1024;

/**
 * Opens a stream's log for reading page by page, such as backwards from what a subscription began with.
 *
 * @throws as {@link readStream}, fetchGrants and fetchEraChanges.
 *
 * @example
 * const history = await openHistory({ market, stream, session, reader: { licensee, keyPair } });
 * const before = await history.page({ partition: 0, from: { offset: 900 }, limit: 100 });
 */
export async function openHistory(parameters: OpenHistoryParameters): Promise<OpenHistoryReturnType> {
  const { market, stream, partition, session, reader, keys = [] } = parameters;
  const collect = async () =>
    reader === undefined
      ? ([[], []] as const)
      : Promise.all([fetchGrants({ market, stream, licensee: reader.licensee }), fetchEraChanges({ market, stream })]);
  const [eventReader, collected] = await Promise.all([
    createEventReader({ market, stream, partition, reader, keys }),
    collect()
  ]);
  const take = async ([grants, eraChanges]: Awaited<ReturnType<typeof collect>>) => {
    let brought = false;
    for (const grant of grants) brought = (await eventReader.addGrant(grant)) || brought;
    for (const change of eraChanges) brought = (await eventReader.addEraChange(change)) || brought;
    return brought;
  };
  await take(collected);
  return {
    partitions: eventReader.partitions,
    page: async ({ partition: wanted, from, limit = 100 }) => {
      const query = new URLSearchParams({ partition: String(wanted), limit: String(limit), ...startOf(from) });
      const url = `${market.brokerUrl}/v1/streams/${stream}/events?${query.toString()}`;
      const headers = { accept: 'application/x-ndjson' };
      const bytes = await requestAsReader({ market, session, url, limit: answerLimit, headers });
      const events: ReceivedEvent[] = [];
      for (const line of new TextDecoder().decode(bytes).split('\n')) {
        if (line !== '') events.push(await eventReader.read(parseLine(line, url)));
      }
      return events;
    },
    collectKeys: async () => take(await collect())
  };
}

function startOf(from: HistoryStart): Record<string, string> {
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
