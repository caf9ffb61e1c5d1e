import * as z from 'zod';
import { eraChangeJsonSchema } from '../protocol/era-change.ts';
import type { EraChange } from '../protocol/era-change.ts';
import { eraChangeFromJson } from '../protocol/era-change-encoding.ts';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { requestJson } from './request.ts';

export interface FetchEraChangesParameters {
  readonly market: Market;
  readonly stream: Address;
}
export type FetchEraChangesReturnType = readonly EraChange[];

const eraChangesSchema = z.object({ items: z.array(eraChangeJsonSchema).max(1_000) });
/** Bytes of an answer: many changes of usual size, or a few of the largest. */
const answerLimit = 64 * 1024 * 1024;

/**
 * Fetches the era changes of a stream, oldest first, as they lie in the broker's log: sealed, for anyone to see.
 *
 * @throws as {@link requestJson}; EraChangeMalformedError.
 *
 * @example
 * const eraChanges = await fetchEraChanges({ market, stream });
 */
export async function fetchEraChanges(parameters: FetchEraChangesParameters): Promise<FetchEraChangesReturnType> {
  const { market, stream } = parameters;
  const url = `${market.brokerUrl}/v1/streams/${stream}/era-changes`;
  const answer = await requestJson({ fetch: market.fetch, url, schema: eraChangesSchema, limit: answerLimit });
  return answer.items.map(eraChangeFromJson);
}
