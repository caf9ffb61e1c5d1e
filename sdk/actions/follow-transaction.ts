import { TransactionNotFoundError, TransactionReceiptNotFoundError } from 'viem';
import type { Transaction, TransactionReceipt } from 'viem';
import type { Address, Hex } from '../protocol/primitives.ts';
import { TributaryError } from '../protocol/problem.ts';
import {
  TransactionDroppedError,
  TransactionNotConfirmedError,
  TransactionReplacedError,
  TransactionRevertedError
} from './chain-errors.ts';
import type { Market } from './connect-market.ts';

/** What must be known of a transaction to find out what became of it, also after a restart. */
export interface SentTransaction {
  readonly hash: Hex;
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
  /** Number of the sender's transaction; whichever one with it is mined first rules out the others. */
  readonly nonce: number;
  /** Block number at which it was sent: nothing before can have taken its place. */
  readonly sentAt: bigint;
}

export interface FollowTransactionParameters {
  readonly market: Pick<Market, 'publicClient'>;
  readonly sent: SentTransaction;
  /** Milliseconds to wait for a block at most. */
  readonly timeout?: number;
  /** Called with the transaction that took the place of the one sent and does the same, for another fee. */
  readonly onRepriced?: (sent: SentTransaction) => void;
}

/** Milliseconds in which a node may not know a transaction before it counts as lost. */
const dropPatience = 60_000;
const defaultTimeout = 180_000;

/**
 * Waits for what becomes of a transaction. A wallet may have sent it again with another fee (EIP-1559 calls for the
 * same nonce): then the one that was mined counts. It may have cancelled it, or used its number for something else.
 *
 * @throws {@link TransactionRevertedError}, {@link TransactionReplacedError}, {@link TransactionDroppedError},
 * {@link TransactionNotConfirmedError}
 */
export async function followTransaction(parameters: FollowTransactionParameters): Promise<TransactionReceipt> {
  const { market, timeout = defaultTimeout, onRepriced } = parameters;
  const end = Date.now() + timeout;
  let { sent } = parameters;
  let lastSeen = Date.now();
  let fault: unknown;
  for (;;) {
    try {
      const round = await look(market, sent);
      fault = undefined;
      if (round.state === 'mined') return round.receipt;
      if (round.state === 'repriced') {
        sent = round.sent;
        onRepriced?.(sent);
        continue;
      }
      if (round.state === 'waiting') {
        lastSeen = Date.now();
        sent = round.sent;
      }
    } catch (error) {
      if (error instanceof TributaryError) throw error;
      // A node that is away for a moment says nothing of the transaction.
      fault = error;
      lastSeen = Date.now();
    }
    const now = Date.now();
    if (now - lastSeen >= dropPatience) throw new TransactionDroppedError(sent.hash);
    if (now >= end) throw new TransactionNotConfirmedError(sent.hash, fault);
    await new Promise<void>((resolve) => setTimeout(resolve, market.publicClient.pollingInterval));
  }
}

type Round =
  | { readonly state: 'mined'; readonly receipt: TransactionReceipt }
  | { readonly state: 'repriced'; readonly sent: SentTransaction }
  | { readonly state: 'waiting'; readonly sent: SentTransaction }
  | { readonly state: 'unknown' };

/** What the node says of a transaction now. */
async function look(market: Pick<Market, 'publicClient'>, sent: SentTransaction): Promise<Round> {
  const { publicClient } = market;
  const receipt = await orNull(publicClient.getTransactionReceipt({ hash: sent.hash }));
  if (receipt !== null) return { state: 'mined', receipt: succeeded(receipt) };
  const found = await orNull(publicClient.getTransaction({ hash: sent.hash }));
  // Wallets may choose another number than the next one.
  if (found !== null) return { state: 'waiting', sent: { ...sent, nonce: found.nonce } };
  if ((await publicClient.getTransactionCount({ address: sent.from })) <= sent.nonce) return { state: 'unknown' };
  // It may have been mined between the questions.
  const late = await orNull(publicClient.getTransactionReceipt({ hash: sent.hash }));
  if (late !== null) return { state: 'mined', receipt: succeeded(late) };
  const other = await findByNonce(market, sent);
  if (other !== null && doesTheSame(other, sent)) return { state: 'repriced', sent: { ...sent, hash: other.hash } };
  throw new TransactionReplacedError(sent.hash, other?.hash ?? null, other !== null && isCancellation(other));
}

function succeeded(receipt: TransactionReceipt): TransactionReceipt {
  if (receipt.status === 'reverted') throw new TransactionRevertedError(receipt.transactionHash);
  return receipt;
}

/**
 * The mined transaction of the sender with the same number: in the first block after which the sender's count is past
 * it. Null where the node has forgotten the states between.
 */
async function findByNonce({ publicClient }: Pick<Market, 'publicClient'>, sent: SentTransaction) {
  const { from: address, nonce } = sent;
  let [before, after] = [sent.sentAt, await publicClient.getBlockNumber()];
  try {
    while (after - before > 1n) {
      const middle = (before + after) / 2n;
      const count = await publicClient.getTransactionCount({ address, blockNumber: middle });
      if (count > nonce) after = middle;
      else before = middle;
    }
    for (const blockNumber of [after, before]) {
      const { transactions } = await publicClient.getBlock({ blockNumber, includeTransactions: true });
      const found = transactions.find((one) => one.from.toLowerCase() === address && one.nonce === nonce);
      if (found !== undefined) return found;
    }
    return null;
  } catch {
    // States of long ago are kept by few nodes: what it was stays unknown, that it was replaced does not.
    return null;
  }
}

type Mined = Pick<Transaction, 'from' | 'to' | 'input' | 'value'>;

const doesTheSame = ({ to, input }: Mined, sent: SentTransaction) =>
  to?.toLowerCase() === sent.to && input.toLowerCase() === sent.data.toLowerCase();

/** Wallets cancel by sending nothing to oneself. */
const isCancellation = ({ from, to, input, value }: Mined) =>
  to?.toLowerCase() === from.toLowerCase() && value === 0n && input === '0x';

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TransactionNotFoundError || error instanceof TransactionReceiptNotFoundError) return null;
    throw error;
  }
}
