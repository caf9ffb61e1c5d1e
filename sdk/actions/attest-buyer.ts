import { encodeAttestation } from '../protocol/attestation-schemas.ts';
import type { Address } from '../protocol/primitives.ts';
import { attest } from './attest.ts';
import type { AttestReturnType } from './attest.ts';
import { AttestationServiceMissingError } from './attestation-errors.ts';
import type { ActParameters } from './send-call.ts';

export interface AttestBuyerParameters extends ActParameters {
  readonly buyer: Address;
  /** How well the buyer is known, in the attester's own words. */
  readonly level: string;
  /** Unix seconds at which it stops to hold; never unless said otherwise. */
  readonly expiresAt?: number;
}
export type AttestBuyerReturnType = AttestReturnType;

/**
 * Attests that a buyer is known, by the market's schema; sellers can demand it of their licensees and name whose word
 * counts.
 *
 * @throws {@link AttestationDataInvalidError}, {@link AttestationServiceMissingError}, and as {@link attest}.
 *
 * @example
 * const { uid } = await attestBuyer({ market, wallet, buyer, level: 'identity document' });
 */
export async function attestBuyer(parameters: AttestBuyerParameters): Promise<AttestBuyerReturnType> {
  const { buyer, level, ...rest } = parameters;
  const uid = rest.market.deployment.schemas.knownBuyer;
  if (uid === null) throw new AttestationServiceMissingError();
  return attest({ ...rest, schema: uid, recipient: buyer, data: encodeAttestation('knownBuyer', { level }) });
}
