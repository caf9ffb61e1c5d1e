import type { Abi, ContractEventName, ContractFunctionArgs, ContractFunctionName, Log, TransactionReceipt } from 'viem';
import { encodeFunctionData, parseEventLogs } from 'viem';
import type { EncodeFunctionDataParameters, ParseEventLogsReturnType } from 'viem';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { LogMissingError } from './log-missing-error.ts';
import { assertChain, sendTransaction } from './send-transaction.ts';
import type { TransactionStep, Wallet } from './send-transaction.ts';

/** What every act on the chain takes. */
export interface ActParameters {
  readonly market: Market;
  /** Whoever acts and pays the transaction's fee. */
  readonly wallet: Wallet;
  readonly onStep?: ((step: TransactionStep) => void) | undefined;
}

export interface SendCallParameters<
  A extends Abi,
  N extends ContractFunctionName<A, 'nonpayable' | 'payable'>
> extends ActParameters {
  readonly to: Address;
  readonly abi: A;
  readonly functionName: N;
  readonly args: ContractFunctionArgs<A, 'nonpayable' | 'payable', N>;
  /** Names the errors of contracts further down that may come through. */
  readonly errors?: Abi;
}

/**
 * Calls a function of a contract in a transaction and waits until it is mined.
 *
 * @throws as {@link sendTransaction}.
 */
export async function sendCall<const A extends Abi, N extends ContractFunctionName<A, 'nonpayable' | 'payable'>>(
  parameters: SendCallParameters<A, N>
): Promise<TransactionReceipt> {
  const { market, wallet, to, abi, functionName, args, errors = [], onStep } = parameters;
  await assertChain(market, wallet);
  const data = encodeFunctionData({ abi, functionName, args } as unknown as EncodeFunctionDataParameters);
  return sendTransaction({ market, wallet, to, data, abi: [...abi, ...errors], onStep });
}

/**
 * The first event of a name that a transaction left.
 *
 * @throws {@link LogMissingError}
 */
export function eventOf<const A extends Abi, N extends ContractEventName<A>>(
  abi: A,
  eventName: N,
  receipt: { readonly transactionHash: `0x${string}`; readonly logs: Log[] }
): ParseEventLogsReturnType<A, N, true>[number] {
  const [log] = parseEventLogs<A, true, N>({ abi, eventName, logs: receipt.logs });
  if (log === undefined) throw new LogMissingError(eventName, receipt.transactionHash);
  return log;
}
