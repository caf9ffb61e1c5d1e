import { zeroHash } from 'viem';
import type { PurchaseAuthorization } from '../protocol/authorization.ts';
import type { Offer } from '../protocol/offer.ts';
import { addressSchema } from '../protocol/primitives.ts';
import type { Hex } from '../protocol/primitives.ts';
import { purchaseTypedData } from '../protocol/purchase-typed-data.ts';
import type { UnsignedPurchase } from '../protocol/purchase-typed-data.ts';
import { permitPeriod, tokenDomain, withRecoveryNumber } from './allow-payment.ts';
import { checkPurchase } from './check-purchase.ts';
import type { LicensePeriod } from './check-purchase.ts';
import type { Market } from './connect-market.ts';
import { assertChain } from './send-transaction.ts';
import type { Wallet } from './send-transaction.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface AuthorizePurchaseParameters {
  readonly market: Market;
  /** The buyer, who pays and will hold the licence. */
  readonly wallet: Wallet;
  readonly offer: Offer;
  /** Where the offer stands among those of its first stream. */
  readonly position: number;
  /** X25519 key to which the grants shall be sealed; keep its private half. */
  readonly publicKey: Hex;
  readonly period: LicensePeriod;
  /** EAS uid of the buyer's attestation, where the offer demands one. */
  readonly attestation?: Hex;
  /** Seconds for which the authorisation holds; half an hour unless said otherwise. */
  readonly validFor?: number;
}
export type AuthorizePurchaseReturnType = PurchaseAuthorization;

/**
 * Signs, without a transaction, the payment for exactly one purchase (ERC-3009, receiveWithAuthorization). Whoever gets
 * the result may carry it to the chain with `relayPurchase` and pay the fee for it, and can change nothing: offer, end,
 * key and attestation are bound by the nonce. What the price has fallen by until then flows back at once.
 *
 * @throws {@link InsufficientDatacoinError}, {@link OfferRetiredError}, {@link WrongChainError},
 * {@link SignatureRejectedError}, {@link ChainUnreachableError}, {@link WalletFailedError}
 *
 * @example
 * const authorization = await authorizePurchase({ market, wallet, offer, position, publicKey, period: { seconds: 3600 } });
 */
export async function authorizePurchase(parameters: AuthorizePurchaseParameters): Promise<AuthorizePurchaseReturnType> {
  const { market, wallet, offer, position, publicKey, period, attestation = zeroHash } = parameters;
  const { account } = wallet;
  const { DataLicense } = market.deployment.contracts;
  const buyer = addressSchema.parse(account.address);
  await assertChain(market, wallet);
  const checked = await checkPurchase({ market, offer, position, period, payer: buyer, licensee: buyer });
  const { offerId, until, price, now } = checked;
  const validBefore = now + (parameters.validFor ?? permitPeriod);
  const purchase: UnsignedPurchase = {
    offerId,
    position,
    until,
    publicKey,
    attestation,
    buyer,
    value: String(price),
    validAfter: 0,
    validBefore
  };
  const domain = await tokenDomain(market);
  try {
    const signature = await wallet.signTypedData({ account, ...purchaseTypedData(domain, DataLicense, purchase) });
    return { ...purchase, signature: withRecoveryNumber(signature) };
  } catch (error) {
    throw translateChainError(error, []);
  }
}
