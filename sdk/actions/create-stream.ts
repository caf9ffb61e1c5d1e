import { encodeFunctionData, parseEventLogs } from 'viem';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import { addressSchema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { LogMissingError } from './log-missing-error.ts';
import type { Market } from './connect-market.ts';
import { assertChain, sendTransaction } from './send-transaction.ts';
import type { TransactionStep, Wallet } from './send-transaction.ts';

export interface CreateStreamParameters {
  readonly market: Market;
  readonly wallet: Wallet;
  /** 1 to 128 bytes of UTF-8. */
  readonly name: string;
  /** Up to 1,024 bytes of UTF-8. */
  readonly description?: string;
  /** Seconds per key slot, 1 to 86,400; a licence ends exactly at the end of a slot. 60 unless said otherwise. */
  readonly slotDuration?: number;
  /** 1 to 1,024; 1 unless said otherwise. */
  readonly partitions?: number;
  readonly onStep?: (step: TransactionStep) => void;
}
export interface CreateStreamReturnType {
  /** The stream's contract, which is its id. */
  readonly stream: Address;
  readonly transactionHash: Hex;
}

/**
 * Creates a stream, a contract of its own that the wallet's account owns.
 *
 * @throws as {@link sendTransaction}.
 *
 * @example
 * const { stream } = await createStream({ market, wallet, name: 'Bus positions', slotDuration: 60 });
 */
export async function createStream(parameters: CreateStreamParameters): Promise<CreateStreamReturnType> {
  const { market, wallet, name, description = '', slotDuration = 60, partitions = 1, onStep } = parameters;
  await assertChain(market, wallet);
  const receipt = await sendTransaction({
    market,
    wallet,
    to: market.deployment.contracts.StreamRegistry,
    data: encodeFunctionData({
      abi: streamRegistryAbi,
      functionName: 'createStream',
      args: [name, description, slotDuration, partitions]
    }),
    abi: streamRegistryAbi,
    onStep
  });
  const [log] = parseEventLogs({ abi: streamRegistryAbi, eventName: 'StreamCreated', logs: receipt.logs });
  if (log === undefined) throw new LogMissingError('StreamCreated', receipt.transactionHash);
  return { stream: addressSchema.parse(log.args.stream), transactionHash: receipt.transactionHash };
}
