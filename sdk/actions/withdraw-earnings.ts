import { parseEventLogs } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Hex } from '../protocol/primitives.ts';
import { readWithdrawable } from './read-withdrawable.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface WithdrawEarningsParameters extends ActParameters {
  /** Settled by the second. */
  readonly offer: Offer;
  /** Unix seconds of the licences' ends, as the index knows them; looked up on the chain unless given. */
  readonly ends?: readonly number[];
}
export interface WithdrawEarningsReturnType {
  /** Empty where nothing was earned that was not paid out before: then no transaction was sent. */
  readonly transactionHashes: readonly Hex[];
  /** DATAcoin wei that were paid out, fee included. */
  readonly amount: bigint;
  /** DATAcoin wei of it that went to the treasury. */
  readonly fee: bigint;
}

/** Ends paid out in one transaction: each costs a read and a write, and karma is counted once. */
const endsPerTransaction = 200;

/**
 * Pays the beneficiary what the licences to an offer have earned by the second so far. Anybody may; the money goes to
 * the beneficiary whoever pays the fee for the transaction.
 *
 * @throws {@link ContractRefusedError} (NotSettledBySecond), and as {@link sendTransaction}.
 *
 * @example
 * const { amount } = await withdrawEarnings({ market, wallet, offer });
 */
export async function withdrawEarnings(parameters: WithdrawEarningsParameters): Promise<WithdrawEarningsReturnType> {
  const { market, wallet, offer, onStep } = parameters;
  const { ends } = await readWithdrawable(parameters);
  const transactionHashes: Hex[] = [];
  let [amount, fee] = [0n, 0n];
  for (let first = 0; first < ends.length; first += endsPerTransaction) {
    const receipt = await sendCall({
      market,
      wallet,
      to: market.deployment.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'withdraw',
      args: [contractOffer(offer), ends.slice(first, first + endsPerTransaction).map(BigInt)],
      onStep
    });
    transactionHashes.push(receipt.transactionHash);
    // None where somebody else withdrew the same between the look and the block.
    for (const { args } of parseEventLogs({ abi: dataLicenseAbi, eventName: 'Withdrawn', logs: receipt.logs })) {
      amount += args.amount;
      fee += args.fee;
    }
  }
  return { transactionHashes, amount, fee };
}
