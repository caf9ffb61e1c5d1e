import { parseEventLogs } from 'viem';
import { counterfactualPurchaseAbi } from '#contracts/generated/counterfactualPurchase';
import { counterfactualPurchaseFactoryAbi } from '#contracts/generated/counterfactualPurchaseFactory';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { contractTerms } from '../protocol/counterfactual-purchase.ts';
import type { PurchaseTerms } from '../protocol/counterfactual-purchase.ts';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import { addressSchema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { TributaryError } from '../protocol/problem.ts';
import { LogMissingError } from './log-missing-error.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface SettlePurchaseParameters extends ActParameters {
  /** What the address that was paid commits to; the answer 402 names it (extra.purchase). */
  readonly terms: PurchaseTerms;
  /** The offer whose id the terms name. */
  readonly offer: Offer;
}
export interface SettlePurchaseReturnType {
  readonly transactionHash: Hex;
  /** The address that was paid. */
  readonly account: Address;
  /** Whether the licence was bought; otherwise everything flowed back. */
  readonly bought: boolean;
  /** DATAcoin wei that the licence cost, and that flowed back to where the terms say. */
  readonly paid: bigint;
  readonly refunded: bigint;
}

/** This market has no addresses that are paid for one purchase. */
export class PurchaseFactoryMissingError extends TributaryError {
  readonly code = 'purchase-factory-missing';
  readonly title = 'This market has no addresses that can be paid';
  override readonly status = 404;

  constructor() {
    super(
      'Its contracts were deployed without CounterfactualPurchaseFactory. Buy with buyLicense or authorizePurchase.'
    );
  }
}

/**
 * Settles an address that was paid for one purchase: turns the coins there into the licence, or, where it cannot be
 * bought any more, sends them back. Anybody can, for the fee of the transaction: a market that took a payment of x402
 * and vanished holds nothing back.
 *
 * @throws {@link PurchaseFactoryMissingError}, {@link ContractRefusedError} (PaymentMissing: nothing lies there, or it
 * was settled before), and as {@link sendTransaction}.
 *
 * @example
 * const { bought } = await settlePurchase({ market, wallet, terms: accepts[0].extra.purchase, offer });
 */
export async function settlePurchase(parameters: SettlePurchaseParameters): Promise<SettlePurchaseReturnType> {
  const { market, wallet, terms, offer, onStep } = parameters;
  const factory = market.deployment.contracts.CounterfactualPurchaseFactory;
  if (factory === null) throw new PurchaseFactoryMissingError();
  const receipt = await sendCall({
    market,
    wallet,
    to: factory,
    abi: counterfactualPurchaseFactoryAbi,
    functionName: 'settle',
    args: [contractTerms(terms), contractOffer(offer)],
    errors: [...counterfactualPurchaseAbi, ...dataLicenseAbi],
    onStep
  });
  const [event] = parseEventLogs({ abi: counterfactualPurchaseFactoryAbi, logs: receipt.logs });
  if (event === undefined) throw new LogMissingError('PurchaseSettled', receipt.transactionHash);
  return {
    transactionHash: receipt.transactionHash,
    account: addressSchema.parse(event.args.account),
    bought: event.eventName === 'PurchaseSettled',
    paid: event.eventName === 'PurchaseSettled' ? event.args.paid : 0n,
    refunded: event.args.refunded
  };
}
