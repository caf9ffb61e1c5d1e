import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface CloseDepositParameters extends ActParameters {
  /** Settled by events. */
  readonly offer: Offer;
  readonly licensee: Address;
  /** Unix seconds at which the deposit's time starts: where its purchase is charged from. */
  readonly since: number;
}
export interface CloseDepositReturnType {
  readonly transactionHash: Hex;
  /** DATAcoin wei of the deposit that went to the seller, fee included. */
  readonly spent: bigint;
  /** DATAcoin wei of the deposit that flowed back to the licensee. */
  readonly refund: bigint;
}

/**
 * Closes a deposit whose delivery is judged to the end, or on which the oracle kept silent for seven days: what was not
 * earned flows back to the licensee. Anybody may.
 *
 * @throws {@link ContractRefusedError} (DepositUnknown, DeliveryOpen), and as {@link sendTransaction}.
 *
 * @example
 * const { refund } = await closeDeposit({ market, wallet, offer, licensee, since });
 */
export async function closeDeposit(parameters: CloseDepositParameters): Promise<CloseDepositReturnType> {
  const { market, wallet, offer, licensee, since, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.DeliveryEscrow,
    abi: deliveryEscrowAbi,
    functionName: 'close',
    args: [contractOffer(offer), licensee, BigInt(since)],
    onStep
  });
  const { args } = eventOf(deliveryEscrowAbi, 'DepositClosed', receipt);
  return { transactionHash: receipt.transactionHash, spent: args.spent, refund: args.refund };
}
