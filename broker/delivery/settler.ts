import type { Logger } from 'pino';
import { encodeFunctionData, parseEventLogs } from 'viem';
import type { Market } from '#sdk/actions/connect-market';
import { releaseDelivery } from '#sdk/actions/release-delivery';
import { sendCall } from '#sdk/actions/send-call';
import type { Wallet } from '#sdk/actions/send-transaction';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { contractOffer, type Offer } from '#sdk/protocol/offer';
import type { Head } from '../chain/head.ts';
import type { ChainClient } from '../chain/client.ts';
import type { DepositTable, DueDeposit } from './deposit-table.ts';
import { type DepositRange, earnedSeconds, lastTimeOf, newestTimeOf } from './judgement.ts';
import type { DeliveryMetrics } from './metrics.ts';
import type { Reporter } from './reporter.ts';

/** Seconds that the oracle has after the last time at which a deposit is judged (DeliveryEscrow.REPORTING_TIME). */
const reportingTime = 7 * 86_400;
/** Seconds after which a deposit that was closed in a block without enough confirmations is looked at again. */
const recheckTime = 15;
/** Deposits closed in one transaction: some 100,000 gas each. */
const closedTogether = 20;

export interface SettlerOptions {
  readonly client: ChainClient;
  readonly market: Market;
  readonly wallet: Wallet;
  readonly table: DepositTable;
  readonly reporter: Reporter;
  readonly metrics: DeliveryMetrics;
  readonly logger: Logger;
  readonly confirmations: number;
}

/** The time of one look at the deposits. */
export interface Moment {
  readonly head: Head;
  /** Unix seconds by the broker's clock. */
  readonly now: number;
  /** Unix seconds up to which events are counted. */
  readonly settled: number;
  /** Seconds between a time and the moment from which on its events are counted. */
  readonly lag: number;
}

/** Brings deposits forward: has counts reported, releases what they earned, closes what is judged to the end. */
export class Settler {
  private readonly options: SettlerOptions;

  constructor(options: SettlerOptions) {
    this.options = options;
  }

  /**
   * Does what can be done now for deposits of one offer with the same start and end, and notes when to look again.
   * Asks the chain first what was done already, by whomever, so that doing it twice is harmless.
   *
   * @throws as {@link Reporter.report}, releaseDelivery and sendCall; errors of chain and database.
   */
  async settle(deposits: readonly DueDeposit[], moment: Moment): Promise<void> {
    const [first] = deposits;
    if (first === undefined) return;
    const { table } = this.options;
    const ends = await Promise.all(deposits.map((deposit) => this.endOf(deposit)));
    const together: DueDeposit[] = [];
    for (const [place, deposit] of deposits.entries()) {
      const end = ends[place] ?? 0;
      if (end === 0) await this.forget(deposit, moment);
      else if (end === deposit.until) together.push(deposit);
      else await this.settleAlone(deposit, end, moment);
    }
    if (together.length === 0) return;
    if (await this.settleCohort(first, moment)) {
      await this.close(together, moment);
      return;
    }
    await table.postpone(together, this.nextLook(first, moment), 0);
  }

  /** @returns Whether nothing more can be earned, so that the deposits can be closed. */
  private async settleCohort({ offer, offerId, since, until }: DueDeposit, moment: Moment): Promise<boolean> {
    const { market, wallet, metrics, logger } = this.options;
    const [, paid, isFinal] = await this.options.client.readContract({
      address: market.deployment.contracts.DeliveryEscrow,
      abi: deliveryEscrowAbi,
      functionName: 'cohortOf',
      args: [offerId, BigInt(since), BigInt(until)]
    });
    const range = { since, until };
    const last = lastTimeOf(offer, range);
    if (isFinal || moment.head.timestamp >= last + reportingTime) return true;
    if (moment.settled < since) return false;
    const time = newestTimeOf(offer, range, moment.settled);
    const events = await this.eventsBetween(offer, since, time);
    if (time === undefined) return false;
    const earned = earnedSeconds(offer, range, time, events);
    if (earned <= Number(paid) && time < last) return false;
    const { amount, final } = await releaseDelivery({ market, wallet, offer, since, until, time });
    metrics.transactions.inc({ kind: 'release' });
    logger.info({ offerId, since, until, time, amount: String(amount), final }, 'delivery released');
    return time === last || earned === until - since;
  }

  /** A licence that ended early: its last deposit is judged by itself, at its own end. */
  private async settleAlone(deposit: DueDeposit, end: number, moment: Moment): Promise<void> {
    const { offer, since } = deposit;
    const isLate = moment.head.timestamp >= lastTimeOf(offer, { since, until: end }) + reportingTime;
    if (!isLate && moment.settled < end) {
      await this.options.table.postpone([deposit], end + moment.lag, 0);
      return;
    }
    if (!isLate) await this.eventsBetween(offer, since, end);
    await this.close([deposit], moment);
  }

  /** Events of the offer between two times, once both are reported for each of its streams. */
  private async eventsBetween(offer: Offer, since: number, time: number | undefined): Promise<bigint> {
    const { reporter } = this.options;
    let events = 0n;
    for (const stream of offer.streams) {
      const before = await reporter.report(stream, since);
      const after = time === undefined ? before : await reporter.report(stream, time);
      if (after > before) events += after - before;
    }
    return events;
  }

  /**
   * Closes deposits, some in each transaction. Where somebody else closes one of them meanwhile, the transaction fails
   * and the next look leaves that one out.
   */
  private async close(deposits: readonly DueDeposit[], moment: Moment): Promise<void> {
    const { market, wallet, metrics, logger } = this.options;
    for (let start = 0; start < deposits.length; start += closedTogether) {
      const some = deposits.slice(start, start + closedTogether);
      const calls = some.map(({ offer, licensee, since }) =>
        encodeFunctionData({
          abi: deliveryEscrowAbi,
          functionName: 'close',
          args: [contractOffer(offer), licensee, BigInt(since)]
        })
      );
      const { logs } = await sendCall({
        market,
        wallet,
        to: market.deployment.contracts.DeliveryEscrow,
        abi: deliveryEscrowAbi,
        functionName: 'multicall',
        args: [calls]
      });
      metrics.transactions.inc({ kind: 'close' });
      for (const { args } of parseEventLogs({ abi: deliveryEscrowAbi, eventName: 'DepositClosed', logs })) {
        const { offerId, licensee, since, spent, refund } = args;
        const amounts = { spent: String(spent), refund: String(refund) };
        logger.info({ offerId, licensee, since: Number(since), ...amounts }, 'deposit closed');
      }
      for (const deposit of some) await this.forget(deposit, moment);
    }
  }

  /** Leaves a closed deposit alone, once the block in which it was closed has enough confirmations. */
  private async forget(deposit: DueDeposit, moment: Moment): Promise<void> {
    const { table, confirmations } = this.options;
    const blockNumber = BigInt(Math.max(0, moment.head.number - confirmations));
    if (confirmations === 0 || (await this.endOf(deposit, blockNumber)) === 0) await table.close([deposit]);
    else await table.postpone([deposit], moment.now + recheckTime, 0);
  }

  /** Unix seconds at which the deposit ends; 0 when it is closed. */
  private async endOf({ offerId, licensee, since }: DueDeposit, blockNumber?: bigint): Promise<number> {
    const [until] = await this.options.client.readContract({
      address: this.options.market.deployment.contracts.DeliveryEscrow,
      abi: deliveryEscrowAbi,
      functionName: 'depositOf',
      args: [offerId, licensee, BigInt(since)],
      ...(blockNumber === undefined ? {} : { blockNumber })
    });
    return Number(until);
  }

  /** Unix seconds at which a cohort's next boundary is settled. */
  private nextLook({ offer, since, until }: DueDeposit, moment: Moment): number {
    const range: DepositRange = { since, until };
    const reached = newestTimeOf(offer, range, moment.settled);
    const next =
      moment.settled < since ? since : Math.min((reached ?? since) + offer.boundary, lastTimeOf(offer, range));
    return Math.max(next + moment.lag, moment.now + 1);
  }
}
