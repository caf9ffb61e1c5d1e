import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Hex } from '../protocol/primitives.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface ReplaceKeyParameters extends ActParameters {
  readonly offerId: Hex;
  /** X25519 key to which grants are sealed from now on; keep its private half. */
  readonly publicKey: Hex;
}
export interface ReplaceKeyReturnType {
  readonly transactionHash: Hex;
}

/**
 * Replaces the key of the wallet's running licence: what is left of it is granted again, to the new key. Grants that
 * were sealed to the old one stay readable for whoever holds it.
 *
 * @throws {@link ContractRefusedError} (LicenseNotRunning), and as {@link sendTransaction}.
 *
 * @example
 * const { publicKey, privateKey } = await generateKeyPair();
 * await replaceKey({ market, wallet, offerId, publicKey });
 */
export async function replaceKey(parameters: ReplaceKeyParameters): Promise<ReplaceKeyReturnType> {
  const { market, wallet, offerId, publicKey, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.DataLicense,
    abi: dataLicenseAbi,
    functionName: 'replaceKey',
    args: [offerId, publicKey],
    onStep
  });
  return { transactionHash: receipt.transactionHash };
}
