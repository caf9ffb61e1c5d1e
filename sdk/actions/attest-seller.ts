import { encodeAttestation } from '../protocol/attestation-schemas.ts';
import type { AttestationSchemaName, AttestationStatement } from '../protocol/attestation-schemas.ts';
import type { Address } from '../protocol/primitives.ts';
import { attest } from './attest.ts';
import type { AttestReturnType } from './attest.ts';
import { AttestationServiceMissingError } from './attestation-errors.ts';
import type { ActParameters } from './send-call.ts';

/** What can be said of a seller: that it acts for a domain, for an organisation, or goes by an ENS name. */
export type SellerSchemaName = Exclude<AttestationSchemaName, 'knownBuyer'>;

export interface AttestSellerParameters<Name extends SellerSchemaName> extends ActParameters {
  readonly seller: Address;
  readonly schema: Name;
  readonly statement: AttestationStatement<Name>;
  /** Unix seconds at which it stops to hold; never unless said otherwise. */
  readonly expiresAt?: number;
}
export type AttestSellerReturnType = AttestReturnType;

/**
 * Attests who a seller is, by the market's schemas. What it is worth is for readers to decide: they see who attested.
 *
 * @throws {@link AttestationDataInvalidError}, {@link AttestationServiceMissingError}, and as {@link attest}.
 *
 * @example
 * await attestSeller({ market, wallet, seller, schema: 'domain', statement: { domain: 'weather.example.org' } });
 */
export async function attestSeller<Name extends SellerSchemaName>(
  parameters: AttestSellerParameters<Name>
): Promise<AttestSellerReturnType> {
  const { seller, schema, statement, ...rest } = parameters;
  const uid = rest.market.deployment.schemas[schema];
  if (uid === null) throw new AttestationServiceMissingError();
  return attest({ ...rest, schema: uid, recipient: seller, data: encodeAttestation(schema, statement) });
}
