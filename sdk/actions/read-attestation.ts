import { attestationServiceAbi } from '#contracts/generated/attestationService';
import { addressSchema, bytes32Schema, hexSchema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { AttestationMissingError } from './attestation-errors.ts';
import { attestationServiceOf } from './attest.ts';
import type { Market } from './connect-market.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface ReadAttestationParameters {
  readonly market: Market;
  readonly uid: Hex;
}
export interface ReadAttestationReturnType {
  readonly uid: Hex;
  readonly schema: Hex;
  /** About whom. */
  readonly recipient: Address;
  /** By whom. */
  readonly attester: Address;
  /** Unix seconds at which it was made. */
  readonly attestedAt: number;
  /** Unix seconds; undefined where it never expires, or was not revoked. */
  readonly expiresAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** ABI-encoded by the schema. */
  readonly data: Hex;
}

/**
 * Looks an attestation up at the Ethereum Attestation Service. That it is there says who said something, not that it is
 * true: whether to believe the attester is for the reader.
 *
 * @throws {@link AttestationServiceMissingError}, {@link AttestationMissingError}, {@link ChainUnreachableError}
 *
 * @example
 * const { attester, data } = await readAttestation({ market, uid });
 */
export async function readAttestation(parameters: ReadAttestationParameters): Promise<ReadAttestationReturnType> {
  const { market, uid } = parameters;
  const address = attestationServiceOf(market);
  try {
    const attestation = await market.publicClient.readContract({
      address,
      abi: attestationServiceAbi,
      functionName: 'getAttestation',
      args: [uid]
    });
    if (attestation.time === 0n) throw new AttestationMissingError(uid);
    return {
      uid: bytes32Schema.parse(attestation.uid),
      schema: bytes32Schema.parse(attestation.schema),
      recipient: addressSchema.parse(attestation.recipient),
      attester: addressSchema.parse(attestation.attester),
      attestedAt: Number(attestation.time),
      expiresAt: attestation.expirationTime === 0n ? undefined : Number(attestation.expirationTime),
      revokedAt: attestation.revocationTime === 0n ? undefined : Number(attestation.revocationTime),
      data: hexSchema.parse(attestation.data)
    };
  } catch (error) {
    throw translateChainError(error, attestationServiceAbi);
  }
}
