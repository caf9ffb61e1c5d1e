import { streamAbi } from '#contracts/generated/stream';
import type { Address, Hex } from '../protocol/primitives.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface RegisterKeyParameters extends ActParameters {
  readonly stream: Address;
  /** X25519 key to which grants are sealed from now on; keep its private half. */
  readonly publicKey: Hex;
}
export interface RegisterKeyReturnType {
  readonly transactionHash: Hex;
}

/**
 * Registers the wallet's key on a stream, so that it is granted what its own Read or Write permission (or owning the
 * stream) allows it to read: without a licence. Buyers need not, a purchase carries their key.
 *
 * @throws as {@link sendTransaction}.
 *
 * @example
 * const keyPair = await generateKeyPair();
 * await registerKey({ market, wallet, stream, publicKey: keyPair.publicKey });
 */
export async function registerKey(parameters: RegisterKeyParameters): Promise<RegisterKeyReturnType> {
  const { market, wallet, stream, publicKey, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: stream,
    abi: streamAbi,
    functionName: 'registerPublicKey',
    args: [publicKey],
    onStep
  });
  return { transactionHash: receipt.transactionHash };
}
