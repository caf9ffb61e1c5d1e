import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { offerIdOf } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import { priceOf } from '../protocol/price.ts';
import { bytes32Schema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { InsufficientDatacoinError, OfferRetiredError } from './chain-errors.ts';
import type { Market } from './connect-market.ts';
import { quoteLicense } from './quote-license.ts';
import { readLicense } from './read-license.ts';
import { translateChainError } from './translate-chain-error.ts';

/** Seconds that the licence shall at least last, or Unix seconds at which it shall end, as quoteLicense gave them. */
export type LicensePeriod = { readonly seconds: number } | { readonly until: number };

export interface CheckPurchaseParameters {
  readonly market: Market;
  readonly offer: Offer;
  readonly position: number;
  readonly period: LicensePeriod;
  readonly payer: Address;
  readonly licensee: Address;
}
export interface CheckPurchaseReturnType {
  readonly offerId: Hex;
  /** Unix seconds. */
  readonly until: number;
  /** DATAcoin wei; a purchase that is mined later costs no more. */
  readonly price: bigint;
  /** Unix seconds: time of the newest block. */
  readonly now: number;
}

/**
 * Asks the chain all that could make a purchase fail, so that nobody signs in vain.
 *
 * @throws {@link InsufficientDatacoinError}, {@link OfferRetiredError}, {@link ChainUnreachableError}
 */
export async function checkPurchase(parameters: CheckPurchaseParameters): Promise<CheckPurchaseReturnType> {
  const { market, offer, position, period, payer, licensee } = parameters;
  const { DataLicense, DATAcoin } = market.deployment.contracts;
  const offerId = offerIdOf(offer);
  const [running, [listedId, listed], balance] = await Promise.all([
    readLicense({ market, offerId, account: licensee }),
    market.publicClient.readContract({
      address: DataLicense,
      abi: dataLicenseAbi,
      functionName: 'offerAt',
      args: [offer.streams[0] ?? DataLicense, BigInt(position)]
    }),
    market.publicClient.readContract({
      address: DATAcoin,
      abi: datacoinAbi,
      functionName: 'balanceOf',
      args: [payer]
    })
  ]).catch((error: unknown) => {
    throw translateChainError(error, dataLicenseAbi);
  });
  if (!listed || bytes32Schema.parse(listedId) !== offerId) throw new OfferRetiredError(offerId);
  const from = Math.max(running.now, running.until);
  const until =
    'until' in period
      ? period.until
      : quoteLicense({ offer, seconds: period.seconds, now: running.now, runningUntil: running.until }).until;
  const price = until > from ? priceOf(offer, from, until) : 0n;
  if (balance < price) throw new InsufficientDatacoinError(balance, price);
  return { offerId, until, price, now: running.now };
}
