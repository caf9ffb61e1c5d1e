import type { Hex } from '../protocol/primitives.ts';
import { TributaryError } from '../protocol/problem.ts';
import { formatDecimal } from './format-decimal.ts';
import { refusalSentence } from './refusal-sentences.ts';

/** The owner of the wallet declined to sign, or to send. */
export class SignatureRejectedError extends TributaryError {
  readonly code = 'signature-rejected';
  readonly title = 'You declined in your wallet';

  constructor(cause?: unknown) {
    super('Nothing was signed and nothing was paid. Try again when you are ready.', { cause });
  }
}

/** The account holds less DATAcoin than the price. */
export class InsufficientDatacoinError extends TributaryError {
  readonly code = 'insufficient-datacoin';
  readonly title = 'Not enough DATAcoin';
  override readonly status = 402;
  /** Wei. */
  readonly balance: bigint;
  /** Wei. */
  readonly price: bigint;

  constructor(balance: bigint, price: bigint) {
    const [has, costs] = [formatDecimal(balance, 18), formatDecimal(price, 18)];
    super(`You have ${has} DATA and the licence costs ${costs} DATA. Get more DATAcoin, or buy a shorter period.`);
    this.balance = balance;
    this.price = price;
  }
}

/** The account holds too little ether for the transaction's fee. */
export class InsufficientEtherError extends TributaryError {
  readonly code = 'insufficient-ether';
  readonly title = 'Not enough ether for the fee';
  override readonly status = 402;
  /** Wei. */
  readonly balance: bigint;
  /** Wei. */
  readonly needed: bigint;

  constructor(balance: bigint, needed: bigint) {
    const [has, needs] = [formatDecimal(balance, 18), formatDecimal(needed, 18)];
    super(`The transaction's fee can be up to ${needs} ETH and the account has ${has} ETH. Send it some ether first.`);
    this.balance = balance;
    this.needed = needed;
  }
}

/** The wallet is connected to another chain than the market's. */
export class WrongChainError extends TributaryError {
  readonly code = 'wrong-chain';
  readonly title = 'The wallet is on another network';
  readonly chainId: number;
  readonly expected: number;

  constructor(chainId: number, expected: number) {
    super(
      `Your wallet is on chain ${String(chainId)} and this market on chain ${String(expected)}. Switch the network in your wallet.`
    );
    this.chainId = chainId;
    this.expected = expected;
  }
}

/** The offer is not on sale: its seller took it back, or it was never listed. */
export class OfferRetiredError extends TributaryError {
  readonly code = 'offer-retired';
  readonly title = 'The offer is no longer on sale';
  override readonly status = 410;
  readonly offerId: Hex;

  constructor(offerId: Hex) {
    super('The seller has withdrawn this offer. Look at the product again: there may be a newer one.');
    this.offerId = offerId;
  }
}

/** A contract refused what was asked of it, before anything was sent. */
export class ContractRefusedError extends TributaryError {
  readonly code = 'contract-refused';
  readonly title = 'The contract refuses this';
  override readonly status = 409;
  /** Name of the contract's error, such as "PeriodTooShort"; undefined where it gave none. */
  readonly reason: string | undefined;
  readonly args: readonly unknown[];

  constructor(reason: string | undefined, args: readonly unknown[], cause?: unknown) {
    super(refusalSentence(reason, args), { cause });
    this.reason = reason;
    this.args = args;
  }
}

/** A transaction was mined and had no effect. */
export class TransactionRevertedError extends TributaryError {
  readonly code = 'transaction-reverted';
  readonly title = 'The transaction failed';
  override readonly status = 409;
  readonly hash: Hex;

  constructor(hash: Hex) {
    super(`Transaction ${hash} failed on the chain; only its fee was spent. Something changed meanwhile: try again.`);
    this.hash = hash;
  }
}

/** A transaction was sent and was not mined in time. */
export class TransactionNotConfirmedError extends TributaryError {
  readonly code = 'transaction-not-confirmed';
  readonly title = 'The transaction is not confirmed yet';
  override readonly status = 504;
  readonly hash: Hex;

  constructor(hash: Hex, cause?: unknown) {
    super(`Transaction ${hash} was sent and is not in a block yet. Look at it later before you try again.`, { cause });
    this.hash = hash;
  }
}

/** The sender's wallet put another transaction in the place of one that was sent. */
export class TransactionReplacedError extends TributaryError {
  readonly code = 'transaction-replaced';
  readonly title: string;
  override readonly status = 409;
  readonly hash: Hex;
  /** The one that was mined instead; null where it could not be found. */
  readonly replacement: Hex | null;
  /** It does nothing: the sender cancelled. */
  readonly cancelled: boolean;

  constructor(hash: Hex, replacement: Hex | null, cancelled: boolean) {
    super(
      cancelled
        ? `Transaction ${hash} was cancelled in your wallet. It had no effect: nothing was paid but the fee of cancelling.`
        : `Your wallet sent another transaction${replacement === null ? '' : `, ${replacement},`} in the place of ${hash}, ` +
            'which can no longer happen and had no effect. Try again if you still want it.'
    );
    this.title = cancelled ? 'You cancelled the transaction' : 'The transaction was replaced';
    this.hash = hash;
    this.replacement = replacement;
    this.cancelled = cancelled;
  }
}

/** A transaction was sent, and the network does not know it any more. */
export class TransactionDroppedError extends TributaryError {
  readonly code = 'transaction-dropped';
  readonly title = 'The network lost the transaction';
  override readonly status = 504;
  readonly hash: Hex;

  constructor(hash: Hex) {
    super(
      `The network no longer knows transaction ${hash}; so far nothing was paid. Look in your wallet: as long as it shows ` +
        'the transaction as pending, cancel it there or send it again before you try anew.'
    );
    this.hash = hash;
  }
}

/** The chain does not answer. */
export class ChainUnreachableError extends TributaryError {
  readonly code = 'chain-unreachable';
  readonly title = 'The chain does not answer';
  override readonly status = 503;

  constructor(cause?: unknown) {
    super('The chain did not answer, so nothing was sent. Try again in a moment.', { cause });
  }
}

/** The wallet failed for a reason of its own. */
export class WalletFailedError extends TributaryError {
  readonly code = 'wallet-failed';
  readonly title = 'The wallet could not do this';

  constructor(reason: string, cause?: unknown) {
    super(`The wallet answered: ${reason}`, { cause });
  }
}
