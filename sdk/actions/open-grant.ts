import { openGrantContent as openSealedGrant, verifyGrantSignature } from '../protocol/grant-sealing.ts';
import type { GrantContent } from '../protocol/grant-sealing.ts';
import type { Grant } from '../protocol/grant.ts';
import type { KeyPair } from '../protocol/hpke.ts';
import type { Address } from '../protocol/primitives.ts';
import { TributaryError } from '../protocol/problem.ts';
import type { Seed } from '../protocol/slot-keys.ts';

export interface OpenGrantParameters {
  readonly grant: Grant;
  /** The key pair whose public half was given with the purchase. */
  readonly keyPair: KeyPair;
  /** Accounts whose grants are believed: the broker's issuer (fetchIssuer) and the stream's owner (readStream). */
  readonly issuers: readonly Address[];
}
export type OpenGrantReturnType = readonly Seed[];

/** A grant is not from whom it should be. */
export class GrantIssuerError extends TributaryError {
  readonly code = 'grant-issuer-invalid';
  readonly title = 'The grant is not from an issuer of this stream';
  override readonly status = 403;
}

/**
 * Checks who issued a grant and opens it.
 *
 * @returns Seeds that open exactly the slots that the grant names.
 * @throws {@link GrantIssuerError}; GrantUnopenableError when it was sealed to another key.
 *
 * @example
 * const seeds = await openGrant({ grant, keyPair, issuers: [(await fetchIssuer({ market })).issuer] });
 */
export async function openGrant(parameters: OpenGrantParameters): Promise<OpenGrantReturnType> {
  return (await openGrantContent(parameters)).seeds;
}

/**
 * The same, with the path keys that a grant of version 2 brings: by them era changes open.
 *
 * @throws as {@link openGrant}.
 */
export async function openGrantContent({ grant, keyPair, issuers }: OpenGrantParameters): Promise<GrantContent> {
  if (!issuers.includes(grant.issuer)) {
    throw new GrantIssuerError(`${grant.issuer} does not issue grants for stream ${grant.stream}. Ignore this grant.`);
  }
  if (!(await verifyGrantSignature(grant))) {
    throw new GrantIssuerError(`${grant.issuer} did not sign this grant. Ignore it.`);
  }
  return openSealedGrant(grant, keyPair);
}
