import type { Abi, Account, Chain, TransactionReceipt, Transport, WalletClient } from 'viem';
import { addressSchema, bytes32Schema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { InsufficientEtherError, WrongChainError } from './chain-errors.ts';
import type { Market } from './connect-market.ts';
import { followTransaction } from './follow-transaction.ts';
import type { SentTransaction } from './follow-transaction.ts';
import { translateChainError } from './translate-chain-error.ts';

/** A wallet with an account, as viem's createWalletClient makes it: a local key, or an injected wallet. */
export type Wallet = WalletClient<Transport, Chain | undefined, Account>;

/** How far an act on the chain has got. */
export type TransactionStep =
  | { readonly step: 'signing' }
  | { readonly step: 'submitting' }
  /** Said again, with another hash, where the wallet sent the same for another fee. */
  | { readonly step: 'confirming'; readonly hash: Hex; readonly sent?: SentTransaction }
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

/**
 * Tries a call, sends it as a transaction and waits until it, or the same for another fee, is mined.
 *
 * @throws {@link WrongChainError}, {@link InsufficientEtherError}, {@link SignatureRejectedError},
 * {@link ContractRefusedError}, {@link TransactionRevertedError}, {@link TransactionReplacedError},
 * {@link TransactionDroppedError}, {@link TransactionNotConfirmedError}, {@link ChainUnreachableError}, {@link WalletFailedError}
 */
export async function sendTransaction(parameters: SendTransactionParameters): Promise<SendTransactionReturnType> {
  const { market, wallet, to, data, abi, onStep } = parameters;
  const { publicClient, chain } = market;
  const account = wallet.account;
  try {
    const from = addressSchema.parse(account.address);
    const [gas, fees, balance, nonce, sentAt] = await Promise.all([
      publicClient.estimateGas({ account: from, to, data }),
      publicClient.estimateFeesPerGas(),
      publicClient.getBalance({ address: from }),
      publicClient.getTransactionCount({ address: from, blockTag: 'pending' }),
      publicClient.getBlockNumber()
    ]);
    const limit = gas + gas / 5n + firstWrites;
    if (balance < limit * fees.maxFeePerGas) throw new InsufficientEtherError(balance, limit * fees.maxFeePerGas);
    onStep?.({ step: 'submitting' });
    const hash = bytes32Schema.parse(await wallet.sendTransaction({ account, chain, to, data, gas: limit }));
    const confirming = (sent: SentTransaction) => onStep?.({ step: 'confirming', hash: sent.hash, sent });
    const sent = { hash, from, to, data, nonce, sentAt };
    confirming(sent);
    const receipt = await followTransaction({ market, sent, onRepriced: confirming });
    onStep?.({ step: 'confirmed', hash: bytes32Schema.parse(receipt.transactionHash) });
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
