import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  defineChain,
  encodeDeployData,
  encodeFunctionData,
  http,
  publicActions,
  WaitForTransactionReceiptTimeoutError,
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type TransactionReceipt
} from 'viem';
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import * as z from 'zod';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { localPrivateKey } from '../../start/accounts.ts';
import { MeasuredTransactionFailedError } from './errors.ts';

/** A call of a contract's function in a transaction of its own. */
export interface Call<abi extends Abi, name extends ContractFunctionName<abi, 'nonpayable' | 'payable'>> {
  readonly from: PrivateKeyAccount;
  readonly to: Address;
  readonly abi: abi;
  readonly functionName: name;
  readonly args: ContractFunctionArgs<abi, 'nonpayable' | 'payable', name>;
}

/** One frame of a transaction's calls. */
export interface Frame {
  readonly to?: string | undefined;
  /** Gas that the frame and those within it used. */
  readonly gasUsed: bigint;
  readonly calls?: readonly Frame[] | undefined;
}

const frameSchema: z.ZodType<Frame> = z.lazy(() =>
  z.object({
    to: z.string().optional(),
    gasUsed: z.string().transform((gas) => BigInt(gas)),
    calls: z.array(frameSchema).optional()
  })
);

export type Session = ReturnType<typeof openSession>;

/**
 * Gas that every transaction may use: less than a transaction may by EIP-7825. A fixed limit rather than an estimate,
 * since a contract that catches its own calls' failures (Unlock) behaves otherwise where gas is just enough.
 */
const gasLimit = 16_000_000n;

/** Talks to the bench's own anvil, on which every transaction is a block. */
export function openSession(url: string, chainId: number) {
  const chain = defineChain({
    id: chainId,
    name: 'local',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [url] } }
  });
  const transport = http(url);
  const reader = createPublicClient({ chain, transport, pollingInterval: 10 });
  const writer = createWalletClient({ chain, transport });
  const test = createTestClient({ chain, mode: 'anvil', transport }).extend(publicActions);

  const receiptOf = (hash: Hex) =>
    reader.waitForTransactionReceipt({ hash, timeout: 5000 }).catch(async (error: unknown) => {
      if (!(error instanceof WaitForTransactionReceiptTimeoutError)) throw error;
      // now and then anvil leaves a transaction waiting until it is told to mine
      await test.mine({ blocks: 1 });
      return reader.waitForTransactionReceipt({ hash, timeout: 60_000 });
    });
  const transact = async (from: PrivateKeyAccount, to: Address | undefined, data: Hex): Promise<TransactionReceipt> => {
    const fees = { gas: gasLimit, maxFeePerGas: 10_000_000_000n, maxPriorityFeePerGas: 1n };
    const hash = await writer.sendTransaction({ account: from, ...(to === undefined ? {} : { to }), data, ...fees });
    const receipt = await receiptOf(hash);
    if (receipt.status === 'success') return receipt;
    // the same call on the state before it says why
    const block = receipt.blockNumber - 1n;
    const reason = await reader
      .call({ account: from, ...(to === undefined ? {} : { to }), data, gas: gasLimit, blockNumber: block })
      .then(() => 'its call alone succeeds', String);
    throw new MeasuredTransactionFailedError(`Transaction ${hash} failed; run the contract tests first. ${reason}`);
  };

  const send = <const abi extends Abi, name extends ContractFunctionName<abi, 'nonpayable' | 'payable'>>(
    call: Call<abi, name>
  ): Promise<TransactionReceipt> =>
    transact(
      call.from,
      call.to,
      encodeFunctionData<Abi, string>({ abi: call.abi, functionName: call.functionName, args: call.args as unknown[] })
    );

  return {
    reader,
    /** Account number `index` of the chain's phrase. */
    account: (index: number): PrivateKeyAccount => privateKeyToAccount(localPrivateKey(index)),
    /** Sends bare calldata. */
    transact,
    /** Calls a function. @returns the receipt. @throws MeasuredTransactionFailedError */
    send,
    /** Calls a function. @returns the gas that the receipt names. @throws MeasuredTransactionFailedError */
    gas: async <const abi extends Abi, name extends ContractFunctionName<abi, 'nonpayable' | 'payable'>>(
      call: Call<abi, name>
    ): Promise<bigint> => (await send(call)).gasUsed,
    /** Deploys creation code with its arguments. @returns the address in lowercase. */
    deploy: async (
      from: PrivateKeyAccount,
      bytecode: Hex,
      constructor?: { readonly abi: Abi; readonly args: readonly unknown[] }
    ): Promise<Address> => {
      const data = constructor === undefined ? bytecode : encodeDeployData<Abi>({ ...constructor, bytecode });
      const { contractAddress } = await transact(from, undefined, data);
      if (!contractAddress) throw new MeasuredTransactionFailedError('A deployment named no address; try again.');
      return contractAddress.toLowerCase() as Address;
    },
    /** The calls that a mined transaction made. */
    trace: async (hash: Hex): Promise<Frame> =>
      frameSchema.parse(
        await reader.request<{ Method: string; Parameters: unknown[]; ReturnType: unknown }>({
          method: 'debug_traceTransaction',
          params: [hash, { tracer: 'callTracer' }]
        })
      ),
    /** Unix seconds of the latest block. */
    now: async (): Promise<number> => Number((await reader.getBlock()).timestamp),
    /** Mines a block at this time, Unix seconds; the next transaction comes not before. */
    passUntil: async (time: number): Promise<void> => {
      await test.setNextBlockTimestamp({ timestamp: BigInt(time) });
      await test.mine({ blocks: 1 });
    }
  };
}

/** Gas of the first frame below `frame` that calls `to`; undefined where none does. */
export function gasOfCallTo(frame: Frame, to: Address): bigint | undefined {
  for (const inner of frame.calls ?? []) {
    if (inner.to?.toLowerCase() === to) return inner.gasUsed;
    const found = gasOfCallTo(inner, to);
    if (found !== undefined) return found;
  }
  return undefined;
}
