import { parseEventLogs } from 'viem';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Hex } from '../protocol/primitives.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface ReleaseDeliveryParameters extends ActParameters {
  /** Settled by events. */
  readonly offer: Offer;
  /** Unix seconds at which the deposits' time starts: where their purchases are charged from. */
  readonly since: number;
  /** Unix seconds at which it ends. */
  readonly until: number;
  /** Unix seconds, a boundary, up to which delivery is judged; the oracle must have reported it and `since`. */
  readonly time: number;
}
export interface ReleaseDeliveryReturnType {
  readonly transactionHash: Hex;
  /** DATAcoin wei that were paid out, fee included; 0n where the events did not earn more than before. */
  readonly amount: bigint;
  /** DATAcoin wei of it that went to the treasury. */
  readonly fee: bigint;
  /** Whether these deposits can earn nothing more: then licensees can close theirs. */
  readonly final: boolean;
}

/**
 * Judges by the oracle's counts what was delivered to all licences with the same start and end, and pays the
 * beneficiary what it newly earned. Anybody may.
 *
 * @throws {@link ContractRefusedError} (CohortUnknown, JudgementTimeInvalid, CountNotReported, ReportingOver), and as
 * {@link sendTransaction}.
 *
 * @example
 * const { amount } = await releaseDelivery({ market, wallet, offer, since, until, time: until });
 */
export async function releaseDelivery(parameters: ReleaseDeliveryParameters): Promise<ReleaseDeliveryReturnType> {
  const { market, wallet, offer, since, until, time, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.DeliveryEscrow,
    abi: deliveryEscrowAbi,
    functionName: 'release',
    args: [contractOffer(offer), BigInt(since), BigInt(until), BigInt(time)],
    onStep
  });
  const [log] = parseEventLogs({ abi: deliveryEscrowAbi, eventName: 'DeliveryReleased', logs: receipt.logs });
  return {
    transactionHash: receipt.transactionHash,
    amount: log?.args.amount ?? 0n,
    fee: log?.args.fee ?? 0n,
    final: log?.args.final_ ?? false
  };
}
