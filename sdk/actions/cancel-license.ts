import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Hex } from '../protocol/primitives.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface CancelLicenseParameters extends ActParameters {
  readonly offer: Offer;
}
export interface CancelLicenseReturnType {
  readonly transactionHash: Hex;
  /** Unix seconds at which the licence now ends. */
  readonly until: number;
  /** DATAcoin wei that flowed back with it. */
  readonly refund: bigint;
}

/**
 * Ends the wallet's running licence early and takes back what was not used: settled by the second, now; settled by
 * event, at the next boundary, yet not before the minimum period of a purchase is over (what was not earned until then
 * follows when the deposit is closed). Other settlements
 * hold nothing that could flow back.
 *
 * @throws {@link ContractRefusedError} (LicenseNotRunning, NotRefundable), and as {@link sendTransaction}.
 *
 * @example
 * const { refund } = await cancelLicense({ market, wallet, offer });
 */
export async function cancelLicense(parameters: CancelLicenseParameters): Promise<CancelLicenseReturnType> {
  const { market, wallet, offer, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.DataLicense,
    abi: dataLicenseAbi,
    functionName: 'cancel',
    args: [contractOffer(offer)],
    errors: deliveryEscrowAbi,
    onStep
  });
  const { args } = eventOf(dataLicenseAbi, 'LicenseCancelled', receipt);
  return { transactionHash: receipt.transactionHash, until: Number(args.until), refund: args.refund };
}
