import { signedDeliverySchema } from '../protocol/delivery.ts';
import type { SignedDelivery } from '../protocol/delivery.ts';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { requestJson } from './request.ts';

export interface FetchDeliveryParameters {
  readonly market: Market;
  readonly stream: Address;
  /** Unix seconds: a time at which deposits are judged. */
  readonly time: number;
  /** An attestor's broker; the market's own unless said otherwise. */
  readonly brokerUrl?: string;
}
export type FetchDeliveryReturnType = SignedDelivery;

/**
 * Asks an attestor's broker for its signed count of a stream's events before a time. With as many of them, for the same
 * count, as the oracle's threshold says, anybody can {@link reportDelivery}.
 *
 * @throws as {@link requestJson}: MarketRefusedError where the broker attests nothing, or not this yet.
 *
 * @example
 * const { count, attestor, signature } = await fetchDelivery({ market, stream, time });
 */
export function fetchDelivery(parameters: FetchDeliveryParameters): Promise<FetchDeliveryReturnType> {
  const { market, stream, time } = parameters;
  const broker = (parameters.brokerUrl ?? market.brokerUrl).replace(/\/+$/, '');
  return requestJson({
    fetch: market.fetch,
    url: `${broker}/v1/streams/${stream}/deliveries/${String(time)}`,
    schema: signedDeliverySchema,
    limit: 16 * 1024
  });
}
