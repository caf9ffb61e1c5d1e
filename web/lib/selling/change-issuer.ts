import { appointIssuer } from '#sdk/actions/appoint-issuer';
import type { ActParameters } from '#sdk/actions/send-call';
import type { Address } from '#sdk/protocol/primitives';
import { renewKeys, type Entrusted } from './renew-keys.ts';

export interface ChangeIssuerParameters extends ActParameters {
  readonly stream: Address;
  /** The account of the seller's own issuer, or the market's. */
  readonly issuer: Address | 'market';
  /** Newest era of which anybody is known to have keys. */
  readonly newestEra: number;
  /** Accounts from which the Grant permission is taken. */
  readonly insteadOf: readonly Address[];
}
export interface ChangedIssuer {
  /** The seller's own issuer; null for the market's. */
  readonly issuer: Address | null;
  /** What the market's was entrusted with; null for the seller's own, which makes keys of its own. */
  readonly entrusted: Entrusted | null;
}

/**
 * Changes who grants the keys of a stream, with fresh keys either way: the seller's own issuer makes them when it is given
 * the stream, the market's is entrusted with some that are made here. The one before loses its permission afterwards, so
 * that there is always one that grants.
 *
 * @throws as {@link renewKeys} and appointIssuer of the sdk.
 */
export async function changeIssuer(parameters: ChangeIssuerParameters): Promise<ChangedIssuer> {
  const { stream, issuer, newestEra, insteadOf, ...act } = parameters;
  const { market, wallet } = act;
  // Issuers of a seller's own number eras by the second in which they begin them.
  const era = Math.max(newestEra + 1, Math.floor(market.clock() / 1000));
  const entrusted = issuer === 'market' ? await renewKeys({ market, wallet, stream, era }) : null;
  await appointIssuer({ ...act, stream, issuer, insteadOf });
  return { issuer: issuer === 'market' ? null : issuer, entrusted };
}
