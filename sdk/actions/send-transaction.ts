import type { Abi, Account, Chain, TransactionReceipt, Transport, WalletClient } from 'viem';
import { WaitForTransactionReceiptTimeoutError } from 'viem';
import type { Address, Hex } from '../protocol/primitives.ts';
import {
  InsufficientEtherError,
  TransactionNotConfirmedError,
  TransactionRevertedError,
  WrongChainError
} from './chain-errors.ts';
import type { Market } from './connect-market.ts';
import { translateChainError } from './translate-chain-error.ts';

/** A wallet with an account, as viem's createWalletClient makes it: a local key, or an injected wallet. */
export type Wallet = WalletClient<Transport, Chain | undefined, Account>;

/** How far an act on the chain has got. */
export type TransactionStep =
  | { readonly step: 'signing' }
  | { readonly step: 'submitting' }
  | { readonly step: 'confirming'; readonly hash: Hex }
  | { readonly step: 'confirmed'; readonly hash: Hex };

export interface SendTransactionParameters {
  readonly market: Market;
  readonly wallet: Wallet;
  readonly to: Address;
  readonly data: Hex;
  /** Names the errors that the contract may answer. */
  readonly abi: Abi;
  readonly onStep?: ((step: TransactionStep) => void) | undefined;
}
export type SendTransactionReturnType = TransactionReceipt;

/**
 * Gas for four slots that are written for the first time, beside a fifth of the estimate: what is estimated in one second
 * is mined in another. A licence ended in the second in which it was bought has nothing to settle, and one second later
 * gives karma to two accounts. What is not used is not paid.
 */
const firstWrites = 4n * 22_100n;
/** Milliseconds to wait for a block. */
const confirmationTimeout = 180_000;

/**
 * Tries a call, sends it as a transaction and waits until it is mined.
 *
 * @throws {@link WrongChainError}, {@link InsufficientEtherError}, {@link SignatureRejectedError},
 * {@link ContractRefusedError}, {@link TransactionRevertedError}, {@link TransactionNotConfirmedError},
 * {@link ChainUnreachableError}, {@link WalletFailedError}
 */
export async function sendTransaction(parameters: SendTransactionParameters): Promise<SendTransactionReturnType> {
  const { market, wallet, to, data, abi, onStep } = parameters;
  const { publicClient, chain } = market;
  const account = wallet.account;
  try {
    const [gas, fees, balance] = await Promise.all([
      publicClient.estimateGas({ account: account.address, to, data }),
      publicClient.estimateFeesPerGas(),
      publicClient.getBalance({ address: account.address })
    ]);
    const limit = gas + gas / 5n + firstWrites;
    if (balance < limit * fees.maxFeePerGas) throw new InsufficientEtherError(balance, limit * fees.maxFeePerGas);
    onStep?.({ step: 'submitting' });
    const hash = await wallet.sendTransaction({ account, chain, to, data, gas: limit });
    onStep?.({ step: 'confirming', hash });
    const receipt = await confirm(market, hash);
    onStep?.({ step: 'confirmed', hash });
    return receipt;
  } catch (error) {
    throw translateChainError(error, abi);
  }
}

/** @throws {@link WrongChainError} when the wallet is not on the market's chain. */
export async function assertChain(market: Market, wallet: Wallet): Promise<void> {
  let chainId: number;
  try {
    chainId = await wallet.getChainId();
  } catch (error) {
    throw translateChainError(error, []);
  }
  if (chainId !== market.chainId) throw new WrongChainError(chainId, market.chainId);
}

async function confirm(market: Market, hash: Hex): Promise<TransactionReceipt> {
  let receipt: TransactionReceipt;
  try {
    receipt = await market.publicClient.waitForTransactionReceipt({ hash, timeout: confirmationTimeout });
  } catch (error) {
    if (error instanceof WaitForTransactionReceiptTimeoutError) throw new TransactionNotConfirmedError(hash, error);
    throw error;
  }
  if (receipt.status === 'reverted') throw new TransactionRevertedError(receipt.transactionHash);
  return receipt;
}
