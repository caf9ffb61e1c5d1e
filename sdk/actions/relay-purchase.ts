import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { authorizationSchema, OfferNotAuthorizedError } from '../protocol/authorization.ts';
import type { PurchaseAuthorization } from '../protocol/authorization.ts';
import { contractOffer, offerIdOf } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import { purchaseOf } from './buy-license.ts';
import type { BuyLicenseReturnType } from './buy-license.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';
import { translateOfferError } from './translate-offer-error.ts';

export interface RelayPurchaseParameters extends ActParameters {
  readonly offer: Offer;
  /** As `authorizePurchase` made it, also after a way through JSON. */
  readonly authorization: PurchaseAuthorization;
}
export type RelayPurchaseReturnType = BuyLicenseReturnType;

/**
 * Carries a purchase that its buyer authorised to the chain; the wallet pays the transaction's fee and nothing else.
 *
 * @throws {@link OfferNotAuthorizedError}, {@link OfferRetiredError}, {@link ContractRefusedError}
 * (AuthorizationTooSmall, ERC3009...), and as {@link sendTransaction}.
 *
 * @example
 * const { until } = await relayPurchase({ market, wallet: relayer, offer, authorization });
 */
export async function relayPurchase(parameters: RelayPurchaseParameters): Promise<RelayPurchaseReturnType> {
  const { market, wallet, offer, onStep } = parameters;
  const authorization = authorizationSchema.parse(parameters.authorization);
  const offerId = offerIdOf(offer);
  if (offerId !== authorization.offerId) throw new OfferNotAuthorizedError(offerId, authorization.offerId);
  const { position, until, publicKey, attestation, buyer, value, validAfter, validBefore, signature } = authorization;
  try {
    const receipt = await sendCall({
      market,
      wallet,
      to: market.deployment.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'buyWithAuthorization',
      args: [
        contractOffer(offer),
        { position: BigInt(position), until: BigInt(until), publicKey, attestation },
        {
          buyer,
          value: BigInt(value),
          validAfter: BigInt(validAfter),
          validBefore: BigInt(validBefore),
          signature
        }
      ],
      errors: datacoinAbi,
      onStep
    });
    return purchaseOf(receipt);
  } catch (error) {
    throw translateOfferError(error, offer);
  }
}
