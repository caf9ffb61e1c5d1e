import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Address, Hex } from '../protocol/primitives.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface SetEnsNameParameters extends ActParameters {
  readonly stream: Address;
  /** Normalised (ENSIP-15), such as "weather.example.eth"; its address record is the stream. Empty gives it up. */
  readonly name: string;
}
export interface SetEnsNameReturnType {
  readonly transactionHash: Hex;
}

/**
 * Gives a stream an ENS name; the wallet holds Edit on the stream, and the name resolves to it already.
 *
 * @throws {@link ContractRefusedError} (EnsUnavailable, EnsNameInvalid, EnsNameElsewhere, NotEditor), and as
 * {@link sendTransaction}.
 *
 * @example
 * await setEnsName({ market, wallet, stream, name: 'weather.example.eth' });
 */
export async function setEnsName(parameters: SetEnsNameParameters): Promise<SetEnsNameReturnType> {
  const { market, wallet, stream, name, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.StreamRegistry,
    abi: streamRegistryAbi,
    functionName: 'setEnsName',
    args: [stream, name],
    onStep
  });
  return { transactionHash: receipt.transactionHash };
}
