import { attestationServiceAbi } from '#contracts/generated/attestationService';
import type { Hex } from '../protocol/primitives.ts';
import { attestationServiceOf } from './attest.ts';
import { readAttestation } from './read-attestation.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface RevokeAttestationParameters extends ActParameters {
  readonly uid: Hex;
}
export interface RevokeAttestationReturnType {
  readonly transactionHash: Hex;
}

/**
 * Takes an attestation back; only who made it may. Licences that were bought with it keep running.
 *
 * @throws {@link AttestationServiceMissingError}, {@link AttestationMissingError}, {@link ContractRefusedError}
 * (AccessDenied, AlreadyRevoked), and as {@link sendTransaction}.
 *
 * @example
 * await revokeAttestation({ market, wallet, uid });
 */
export async function revokeAttestation(parameters: RevokeAttestationParameters): Promise<RevokeAttestationReturnType> {
  const { market, wallet, uid, onStep } = parameters;
  const { schema } = await readAttestation({ market, uid });
  const receipt = await sendCall({
    market,
    wallet,
    to: attestationServiceOf(market),
    abi: attestationServiceAbi,
    functionName: 'revoke',
    args: [{ schema, data: { uid, value: 0n } }],
    onStep
  });
  return { transactionHash: receipt.transactionHash };
}
