import { sealDelegation } from '../protocol/grant-sealing.ts';
import type { Address } from '../protocol/primitives.ts';
import type { EventSigner } from '../protocol/signature.ts';
import { slotAt } from '../protocol/slot-keys.ts';
import type { Market } from './connect-market.ts';
import { fetchIssuer } from './fetch-issuer.ts';
import { readStream } from './read-stream.ts';
import { requestBytes } from './request.ts';
import type { StreamKeys } from './stream-keys.ts';

/** Seconds for which keys are entrusted unless said otherwise: 90 days. */
export const usualDelegation = 90 * 24 * 3600;

export interface DelegateKeysParameters {
  readonly market: Market;
  readonly stream: Address;
  /** Signs as the stream's owner, or as a holder of its Grant permission. */
  readonly signer: EventSigner;
  readonly keys: StreamKeys;
  /** Unix seconds at which the delegated range starts; now unless said otherwise. */
  readonly from?: number;
  /** Unix seconds at which it ends; 90 days from now, or the longest that the issuer takes, unless said otherwise. */
  readonly until?: number;
}
export interface DelegateKeysReturnType {
  readonly issuer: Address;
  /** Unix seconds; the delegation covers whole slots. */
  readonly from: number;
  readonly until: number;
}

/**
 * Trusts the market's broker with the keys of a bounded range of time, so that licences sold while the seller's program
 * sleeps get their grants at once. Do it again before the range ends.
 *
 * @throws {@link MarketRefusedError} when the broker does not take it, and as {@link readStream}.
 *
 * @example
 * await delegateKeys({ market, stream, signer: privateKeySigner(privateKey), keys });
 */
export async function delegateKeys(parameters: DelegateKeysParameters): Promise<DelegateKeysReturnType> {
  const { market, stream, signer, keys } = parameters;
  const [issuer, { slotDuration }] = await Promise.all([fetchIssuer({ market }), readStream({ market, stream })]);
  const now = Math.floor(market.clock() / 1000);
  const from = parameters.from ?? now;
  const until = parameters.until ?? now + Math.min(usualDelegation, issuer.longestDelegation - slotDuration);
  const fromSlot = slotAt(from * 1000, slotDuration);
  const untilSlot = slotAt(until * 1000, slotDuration) + 1;
  const delegation = await sealDelegation(
    {
      stream,
      era: keys.era,
      fromSlot,
      untilSlot,
      issuer: issuer.issuer,
      recipient: issuer.publicKey,
      seeds: keys.seeds
    },
    signer
  );
  await requestBytes({
    fetch: market.fetch,
    url: `${market.brokerUrl}/v1/streams/${stream}/delegation`,
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(delegation)
  });
  return { issuer: issuer.issuer, from: fromSlot * slotDuration, until: untilSlot * slotDuration };
}
