import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface ReadRefundParameters {
  readonly market: Market;
  readonly offer: Offer;
  readonly licensee: Address;
}
/** DATAcoin wei that would flow back if the licensee left now; settled by events, more may follow later. */
export type ReadRefundReturnType = bigint;

/**
 * Asks the contract what leaving a licence would give back now; `refundQuote` of the protocol tells it for any time
 * without asking.
 *
 * @throws {@link ChainUnreachableError}, {@link ContractRefusedError}
 *
 * @example
 * const refund = await readRefund({ market, offer, licensee });
 */
export async function readRefund({ market, offer, licensee }: ReadRefundParameters): Promise<ReadRefundReturnType> {
  try {
    return await market.publicClient.readContract({
      address: market.deployment.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'refundOf',
      args: [contractOffer(offer), licensee]
    });
  } catch (error) {
    throw translateChainError(error, [...dataLicenseAbi, ...deliveryEscrowAbi]);
  }
}
