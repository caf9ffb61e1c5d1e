import { zeroHash } from 'viem';
import { attestationServiceAbi } from '#contracts/generated/attestationService';
import { bytes32Schema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { AttestationServiceMissingError } from './attestation-errors.ts';
import type { Market } from './connect-market.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface AttestParameters extends ActParameters {
  /** Uid of a schema at the Ethereum Attestation Service, such as market.deployment.schemas.knownBuyer. */
  readonly schema: Hex;
  /** About whom. */
  readonly recipient: Address;
  /** ABI-encoded by the schema. */
  readonly data: Hex;
  /** Unix seconds at which it stops to hold; never unless said otherwise. */
  readonly expiresAt?: number;
}
export interface AttestReturnType {
  readonly transactionHash: Hex;
  /** By which it can be read, revoked, and presented when buying. */
  readonly uid: Hex;
}

/**
 * Attests something about an account at the Ethereum Attestation Service (EAS); it can be revoked.
 *
 * @throws {@link AttestationServiceMissingError}, {@link ContractRefusedError} (InvalidSchema, InvalidExpirationTime),
 * and as {@link sendTransaction}.
 *
 * @example
 * const { uid } = await attest({ market, wallet, schema, recipient, data });
 */
export async function attest(parameters: AttestParameters): Promise<AttestReturnType> {
  const { market, wallet, schema, recipient, data, expiresAt = 0, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: attestationServiceOf(market),
    abi: attestationServiceAbi,
    functionName: 'attest',
    args: [
      {
        schema,
        data: { recipient, expirationTime: BigInt(expiresAt), revocable: true, refUID: zeroHash, data, value: 0n }
      }
    ],
    onStep
  });
  const { args } = eventOf(attestationServiceAbi, 'Attested', receipt);
  return { transactionHash: receipt.transactionHash, uid: bytes32Schema.parse(args.uid) };
}

/** @throws {@link AttestationServiceMissingError} */
export function attestationServiceOf(market: Market): Address {
  const { AttestationService } = market.deployment.contracts;
  if (AttestationService === null) throw new AttestationServiceMissingError();
  return AttestationService;
}
