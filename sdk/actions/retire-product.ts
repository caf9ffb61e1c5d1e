import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Hex } from '../protocol/primitives.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';
import { translateOfferError } from './translate-offer-error.ts';

export interface RetireProductParameters extends ActParameters {
  readonly offer: Offer;
  /** Where the offer stands among those of its first stream. */
  readonly position: number;
}
export interface RetireProductReturnType {
  readonly transactionHash: Hex;
}

/**
 * Ends the sale of an offer; licences that were bought keep running. Only the seller may; or anybody, once the seller no
 * longer holds Grant on one of the streams.
 *
 * @throws {@link OfferRetiredError} when it is not on sale, and as {@link sendTransaction}.
 *
 * @example
 * await retireProduct({ market, wallet, offer, position });
 */
export async function retireProduct(parameters: RetireProductParameters): Promise<RetireProductReturnType> {
  const { market, wallet, offer, position, onStep } = parameters;
  try {
    const receipt = await sendCall({
      market,
      wallet,
      to: market.deployment.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'retire',
      args: [contractOffer(offer), BigInt(position)],
      onStep
    });
    return { transactionHash: receipt.transactionHash };
  } catch (error) {
    throw translateOfferError(error, offer);
  }
}
