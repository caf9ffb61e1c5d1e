import type { TransactionReceipt } from 'viem';
import { encodeFunctionData, zeroHash } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import { addressSchema, bytes32Schema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { allowPayment, permitPeriod, readAllowance, signPermit } from './allow-payment.ts';
import { checkPurchase } from './check-purchase.ts';
import type { LicensePeriod } from './check-purchase.ts';
import { eventOf } from './send-call.ts';
import type { ActParameters } from './send-call.ts';
import { assertChain, sendTransaction } from './send-transaction.ts';
import { translateOfferError } from './translate-offer-error.ts';

export interface BuyLicenseParameters extends ActParameters {
  readonly offer: Offer;
  /** Where the offer stands among those of its first stream. */
  readonly position: number;
  /** X25519 key to which the grants shall be sealed; keep its private half. For a gift it is the licensee's. */
  readonly publicKey: Hex;
  readonly period: LicensePeriod;
  /** Who may read, where that is not the buyer: a gift. */
  readonly licensee?: Address;
  /** EAS uid of the licensee's attestation, where the offer demands one. */
  readonly attestation?: Hex;
}
export interface BuyLicenseReturnType {
  readonly transactionHash: Hex;
  readonly blockNumber: bigint;
  readonly offerId: Hex;
  readonly productId: Hex;
  readonly licensee: Address;
  /** Unix seconds: start of the range that was added. */
  readonly from: number;
  /** Unix seconds: end of the licence. */
  readonly until: number;
  /** DATAcoin wei, fee included. */
  readonly paid: bigint;
}

/**
 * Buys or renews a licence: one signature (ERC-2612) and one transaction; a free offer, or one that an allowance
 * covers already, needs no signature. A gift that no allowance covers takes two transactions: the first approves
 * exactly the price.
 *
 * @throws {@link InsufficientDatacoinError}, {@link OfferRetiredError}, and as {@link sendTransaction}. Nothing was paid
 * in any of these cases.
 *
 * @example
 * const { publicKey, privateKey } = await generateKeyPair();
 * const { until } = await buyLicense({ market, wallet, offer, position, publicKey, period: { seconds: 3600 } });
 */
export async function buyLicense(parameters: BuyLicenseParameters): Promise<BuyLicenseReturnType> {
  const { market, wallet, offer, position, publicKey, period, attestation = zeroHash, onStep } = parameters;
  const payer = addressSchema.parse(wallet.account.address);
  const licensee = addressSchema.parse(parameters.licensee ?? payer);
  const to = market.deployment.contracts.DataLicense;
  await assertChain(market, wallet);
  const { until, price, now } = await checkPurchase({ market, offer, position, period, payer, licensee });
  const sold = contractOffer(offer);
  const purchase = { position: BigInt(position), until: BigInt(until), publicKey, attestation };
  let data: Hex;
  if (licensee !== payer) {
    if (price > 0n) await allowPayment({ market, wallet, spender: to, amount: price });
    data = encodeFunctionData({ abi: dataLicenseAbi, functionName: 'buyFor', args: [licensee, sold, purchase] });
  } else if (price === 0n || (await readAllowance(market, payer, to)) >= price) {
    data = encodeFunctionData({ abi: dataLicenseAbi, functionName: 'buy', args: [sold, purchase] });
  } else {
    onStep?.({ step: 'signing' });
    const deadline = BigInt(now + permitPeriod);
    const permit = { value: price, deadline, signature: await signPermit(market, wallet, price, deadline) };
    data = encodeFunctionData({ abi: dataLicenseAbi, functionName: 'buyWithPermit', args: [sold, purchase, permit] });
  }
  const abi = [...dataLicenseAbi, ...datacoinAbi];
  const receipt = await sendTransaction({ market, wallet, to, data, abi, onStep }).catch((error: unknown) => {
    throw translateOfferError(error, offer);
  });
  return purchaseOf(receipt);
}

/**
 * What a transaction bought.
 *
 * @throws {@link LogMissingError}
 */
export function purchaseOf(receipt: TransactionReceipt): BuyLicenseReturnType {
  const { args } = eventOf(dataLicenseAbi, 'LicensePurchased', receipt);
  return {
    transactionHash: receipt.transactionHash,
    blockNumber: receipt.blockNumber,
    offerId: bytes32Schema.parse(args.offerId),
    productId: bytes32Schema.parse(args.productId),
    licensee: addressSchema.parse(args.licensee),
    from: Number(args.from),
    until: Number(args.until),
    paid: args.paid
  };
}
