import { findGrantHolders } from './find-grant-holders.ts';
import type { Address } from '../protocol/primitives.ts';
import type { ActParameters } from './send-call.ts';
import { setStreamPermission } from './set-stream-permission.ts';

export interface AppointIssuerParameters extends ActParameters {
  readonly stream: Address;
  /** The seller's own issuer; "market" for the market's, which needs no permission but keys (delegateKeys). */
  readonly issuer: Address | 'market';
  /** Accounts that may no longer grant from then on, such as the issuer before. */
  readonly insteadOf?: readonly Address[];
}
export interface AppointIssuerReturnType {
  /** Accounts that may grant now, beside the stream's owner. */
  readonly holders: readonly Address[];
}

/**
 * Lets an issuer of the seller's own hand out the keys of a stream, and takes that from others: the new one first, so
 * that there is always somebody who grants. One transaction each; what stands already takes none, so that an attempt that
 * broke off is done again. An issuer that is given a stream (again) begins an era with keys of its own.
 *
 * @throws as {@link setStreamPermission} and {@link findGrantHolders}.
 *
 * @example
 * const before = await findOwnIssuers({ market, stream });
 * await appointIssuer({ market, wallet, stream, issuer, insteadOf: before });
 */
export async function appointIssuer(parameters: AppointIssuerParameters): Promise<AppointIssuerReturnType> {
  const { market, wallet, stream, issuer, insteadOf = [], onStep } = parameters;
  const act = { market, wallet, stream, permission: 'grant', ...(onStep === undefined ? {} : { onStep }) } as const;
  const before = await findGrantHolders({ market, stream });
  if (issuer !== 'market' && !before.includes(issuer)) await setStreamPermission({ ...act, account: issuer });
  const leaving = before.filter((account) => account !== issuer && insteadOf.includes(account));
  for (const account of leaving) await setStreamPermission({ ...act, account, until: 0 });
  return { holders: await findGrantHolders({ market, stream }) };
}
