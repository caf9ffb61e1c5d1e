import { z } from 'zod';
import { eventFromJson, eventJsonSchema } from '../protocol/event-json.ts';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { createEventReader } from './event-reader.ts';
import type { Reader, ReceivedEvent } from './event-reader.ts';
import { fetchEraChanges } from './fetch-era-changes.ts';
import { fetchGrants } from './fetch-grants.ts';
import { AnswerInvalidError } from './market-errors.ts';
import { requestBytes } from './request.ts';
import type { StreamKeys } from './stream-keys.ts';

export interface ReadHistoryParameters {
  readonly market: Market;
  readonly stream: Address;
  /** 0 unless said otherwise. */
  readonly partition?: number;
  /** Where to begin: at an offset, at a time (Unix milliseconds), or with the last n events. */
  readonly from: { readonly offset: number } | { readonly timestamp: number } | { readonly last: number };
  /** Most events to read, 1 to 1,000; 100 unless said otherwise. */
  readonly limit?: number;
  /** Who reads; its grants are fetched and opened. Without one, encrypted events stay locked. */
  readonly reader?: Reader;
  /** Keys that are at hand already. */
  readonly keys?: readonly StreamKeys[];
}
export type ReadHistoryReturnType = readonly ReceivedEvent[];

const lineSchema = z.object({ offset: z.int().min(0), event: eventJsonSchema });
const answerLimit = 64 * 1024 * 1024;

/**
 * Reads stored events of one partition, verified and, where keys are held, decrypted.
 *
 * @throws as {@link readStream} and {@link requestBytes}.
 *
 * @example
 * const events = await readHistory({ market, stream, from: { last: 20 }, reader: { licensee, keyPair } });
 */
export async function readHistory(parameters: ReadHistoryParameters): Promise<ReadHistoryReturnType> {
  const { market, stream, partition = 0, from, limit = 100, reader, keys = [] } = parameters;
  const query = new URLSearchParams({ partition: String(partition), limit: String(limit), ...startOf(from) });
  const url = `${market.brokerUrl}/v1/streams/${stream}/events?${query.toString()}`;
  const [eventReader, bytes, grants, eraChanges] = await Promise.all([
    createEventReader({ market, stream, partition, reader, keys }),
    requestBytes({ fetch: market.fetch, url, limit: answerLimit, headers: { accept: 'application/x-ndjson' } }),
    reader === undefined ? [] : fetchGrants({ market, stream, licensee: reader.licensee }),
    reader === undefined ? [] : fetchEraChanges({ market, stream })
  ]);
  for (const grant of grants) await eventReader.addGrant(grant);
  for (const change of eraChanges) await eventReader.addEraChange(change);
  const events: ReceivedEvent[] = [];
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    if (line === '') continue;
    const { offset, event } = parseLine(line, url);
    events.push(await eventReader.read({ offset, event: eventFromJson(event) }));
  }
  return events;
}

function startOf(from: ReadHistoryParameters['from']): Record<string, string> {
  if ('offset' in from) return { fromOffset: String(from.offset) };
  if ('timestamp' in from) return { fromTimestamp: String(from.timestamp) };
  return { last: String(from.last) };
}

function parseLine(line: string, url: string) {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new AnswerInvalidError(url, 'a line that is no JSON');
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) throw new AnswerInvalidError(url, z.prettifyError(parsed.error));
  return parsed.data;
}
