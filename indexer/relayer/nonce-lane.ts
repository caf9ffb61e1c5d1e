import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { keccak256, TransactionReceiptNotFoundError, type TransactionReceipt } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { TransactionNotConfirmedError } from '#sdk/actions/chain-errors';
import type { Market } from '#sdk/actions/connect-market';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { GasAllowance } from './gas-allowance.ts';
import { RelayerBusyError, RelayerPoorError } from './errors.ts';

/** A call that was tried and would succeed now. */
export interface TriedCall {
  readonly to: Address;
  readonly data: Hex;
  /** What it needed when it was tried. */
  readonly gas: bigint;
}

interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

interface SentCall extends TriedCall {
  readonly nonce: number;
  readonly fees: Fees;
  /** One for each time that it was sent, at rising fees; one of them will be mined. */
  readonly hashes: Hex[];
}

export interface NonceLaneOptions {
  readonly account: PrivateKeyAccount;
  readonly allowance: GasAllowance;
  readonly logger: Logger;
  /** Milliseconds after which a transaction that is in no block is sent again at higher fees; half a minute by default. */
  readonly resendAfter?: number;
}

/** Calls that wait for their turn or for a block. */
const mostWaiting = 64;
const usualResendAfter = 30_000;
/** How often a transaction is sent. */
const mostSendings = 4;
/** Milliseconds after which nobody waits for it any more. */
const patience = 180_000;
/** Gas for slots that are written for the first time, beside a fifth: what is tried in one second is mined in another. */
const firstWrites = 4n * 22_100n;

/**
 * Sends transactions of one account, one number after the other. Each call is tried and signed in its turn, so that no
 * number is used twice or left out; then the next one has its turn while it waits for a block.
 */
export class NonceLane {
  private readonly options: NonceLaneOptions;
  /** Settled when the last one in the queue has had its turn. */
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  /** Number of the next transaction; unknown while none is on its way. */
  private next: number | null = null;
  private readonly stopped = new AbortController();

  constructor(options: NonceLaneOptions) {
    this.options = options;
  }

  /** How many calls wait for their turn or for a block. */
  get size(): number {
    return this.waiting;
  }

  /**
   * Tries a call in its turn, sends it, and waits for its block.
   *
   * @param attempt Tries the call against the newest state; throws where it would fail, and then nothing is sent.
   * @returns The receipt, also of a transaction that failed.
   * @throws what `attempt` throws; {@link RelayerBusyError}, {@link RelayerPoorError}, {@link GasAllowanceSpentError}
   * (nothing was sent); {@link TransactionNotConfirmedError}; viem's errors where the chain does not answer.
   */
  async carry(market: Market, attempt: () => Promise<TriedCall>): Promise<TransactionReceipt> {
    if (this.waiting >= mostWaiting || this.stopped.signal.aborted) throw new RelayerBusyError();
    this.waiting += 1;
    try {
      const sent = await this.inTurn(async () => this.send(market, await attempt()));
      const receipt = await this.mined(market, sent);
      this.options.allowance.giveBack(limitOf(sent.gas) - receipt.gasUsed);
      return receipt;
    } finally {
      this.waiting -= 1;
      // With nothing on its way the chain knows best, also one that was made anew.
      if (this.waiting === 0) this.next = null;
    }
  }

  /** Takes nothing more and waits for nothing more; what was sent is on its way. */
  stop(): void {
    this.stopped.abort();
  }

  private async inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const before = this.turn;
    const mine = before.then(act, act);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async send(market: Market, call: TriedCall): Promise<SentCall> {
    const { account, allowance } = this.options;
    const { publicClient } = market;
    const gas = limitOf(call.gas);
    const [pending, fees, balance] = await Promise.all([
      publicClient.getTransactionCount({ address: account.address, blockTag: 'pending' }),
      publicClient.estimateFeesPerGas(),
      publicClient.getBalance({ address: account.address })
    ]);
    if (balance < gas * fees.maxFeePerGas) throw new RelayerPoorError();
    allowance.take(gas);
    const nonce = Math.max(this.next ?? 0, pending);
    const sent: SentCall = { ...call, nonce, fees, hashes: [] };
    try {
      await this.submit(market, sent, fees);
    } catch (error) {
      // What of it reached the chain is not known.
      this.next = null;
      allowance.giveBack(gas);
      throw error;
    }
    this.next = nonce + 1;
    return sent;
  }

  private async submit(market: Market, sent: SentCall, fees: Fees): Promise<void> {
    const { account } = this.options;
    const serialized = await account.signTransaction({
      type: 'eip1559',
      chainId: market.chainId,
      nonce: sent.nonce,
      to: sent.to,
      data: sent.data,
      gas: limitOf(sent.gas),
      ...fees
    });
    await market.publicClient.sendRawTransaction({ serializedTransaction: serialized });
    sent.hashes.push(keccak256(serialized));
  }

  private async mined(market: Market, sent: SentCall): Promise<TransactionReceipt> {
    const { logger, resendAfter = usualResendAfter } = this.options;
    const start = performance.now();
    const elapsed = () => performance.now() - start;
    while (elapsed() < patience && !this.stopped.signal.aborted) {
      for (const hash of sent.hashes) {
        const receipt = await this.receiptOf(market, hash);
        if (receipt !== null) return receipt;
      }
      if (sent.hashes.length < mostSendings && elapsed() > resendAfter * sent.hashes.length) {
        await this.resend(market, sent).catch((error: unknown) => {
          logger.warn({ error, nonce: sent.nonce }, 'a transaction could not be sent again');
        });
      }
      await sleep(market.publicClient.pollingInterval, undefined, { signal: this.stopped.signal }).catch(
        () => undefined
      );
    }
    throw new TransactionNotConfirmedError(sent.hashes.at(-1) ?? '0x');
  }

  private async receiptOf(market: Market, hash: Hex): Promise<TransactionReceipt | null> {
    try {
      return await market.publicClient.getTransactionReceipt({ hash });
    } catch (error) {
      // It was sent: a chain that does not answer for a while is no reason to say otherwise.
      if (!(error instanceof TransactionReceiptNotFoundError)) {
        this.options.logger.debug({ error, hash }, 'the chain did not say whether a transaction was mined');
      }
      return null;
    }
  }

  /** The same number at a quarter more each time: nodes want a tenth more at least. */
  private async resend(market: Market, sent: SentCall): Promise<void> {
    const raised = (fee: bigint) => (fee * 5n ** BigInt(sent.hashes.length)) / 4n ** BigInt(sent.hashes.length) + 1n;
    const { maxFeePerGas, maxPriorityFeePerGas } = sent.fees;
    await this.submit(market, sent, {
      maxFeePerGas: raised(maxFeePerGas),
      maxPriorityFeePerGas: raised(maxPriorityFeePerGas)
    });
  }
}

const limitOf = (gas: bigint): bigint => gas + gas / 5n + firstWrites;
