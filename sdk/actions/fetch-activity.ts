import { activityListSchema } from '../protocol/activity.ts';
import type { Activity } from '../protocol/activity.ts';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { requestJson } from './request.ts';

export interface FetchActivityParameters {
  readonly market: Market;
  /** 1 to 64. */
  readonly streams: readonly Address[];
}
export type FetchActivityReturnType = readonly Activity[];

/**
 * Asks the broker how much streams publish: public counters, for anybody.
 *
 * @throws as {@link requestJson}.
 *
 * @example
 * const [activity] = await fetchActivity({ market, streams: [stream] });
 */
export async function fetchActivity({ market, streams }: FetchActivityParameters): Promise<FetchActivityReturnType> {
  const url = `${market.brokerUrl}/v1/activity?streams=${streams.join(',')}`;
  return (await requestJson({ fetch: market.fetch, url, schema: activityListSchema })).items;
}
