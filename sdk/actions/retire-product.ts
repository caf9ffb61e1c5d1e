import { encodeFunctionData } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Offer } from '../protocol/offer.ts';
import type { Hex } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { assertChain, sendTransaction } from './send-transaction.ts';
import type { TransactionStep, Wallet } from './send-transaction.ts';
import { translateOfferError } from './translate-offer-error.ts';

export interface RetireProductParameters {
  readonly market: Market;
  /** The seller. */
  readonly wallet: Wallet;
  readonly offer: Offer;
  /** Where the offer stands among those of its first stream. */
  readonly position: number;
  readonly onStep?: (step: TransactionStep) => void;
}
export interface RetireProductReturnType {
  readonly transactionHash: Hex;
}

/**
 * Ends the sale of an offer; licences that were bought keep running.
 *
 * @throws {@link OfferRetiredError} when it is not on sale, and as {@link sendTransaction}.
 *
 * @example
 * await retireProduct({ market, wallet, offer, position });
 */
export async function retireProduct(parameters: RetireProductParameters): Promise<RetireProductReturnType> {
  const { market, wallet, offer, position, onStep } = parameters;
  await assertChain(market, wallet);
  try {
    const receipt = await sendTransaction({
      market,
      wallet,
      to: market.deployment.contracts.DataLicense,
      data: encodeFunctionData({ abi: dataLicenseAbi, functionName: 'retire', args: [offer, BigInt(position)] }),
      abi: dataLicenseAbi,
      onStep
    });
    return { transactionHash: receipt.transactionHash };
  } catch (error) {
    throw translateOfferError(error, offer);
  }
}
