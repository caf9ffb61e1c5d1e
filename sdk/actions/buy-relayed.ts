import type { PurchaseAuthorization } from '../protocol/authorization.ts';
import { relayedPurchaseSchema } from '../protocol/machine-purchase.ts';
import type { RelayedPurchase } from '../protocol/machine-purchase.ts';
import { TributaryError } from '../protocol/problem.ts';
import { authorizePurchase } from './authorize-purchase.ts';
import type { AuthorizePurchaseParameters } from './authorize-purchase.ts';
import { purchaseOf } from './buy-license.ts';
import type { BuyLicenseReturnType } from './buy-license.ts';
import type { Market } from './connect-market.ts';
import { AnswerInvalidError, MarketRefusedError, MarketUnreachableError } from './market-errors.ts';
import { requestJson } from './request.ts';
import type { TransactionStep } from './send-transaction.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface BuyRelayedParameters extends AuthorizePurchaseParameters {
  readonly onStep?: (step: TransactionStep) => void;
}
export type BuyRelayedReturnType = BuyLicenseReturnType;

/** A signed purchase is with the market, and whether it was carried to the chain is not known. */
export class RelayUncertainError extends TributaryError {
  readonly code = 'relay-uncertain';
  readonly title = 'The market did not say whether you bought';
  override readonly status = 504;

  constructor(validBefore: number, cause: unknown) {
    const end = new Date(validBefore * 1000).toISOString();
    super(
      `The signed purchase was sent and no answer came. It may still be made until ${end}: look at your licences before ` +
        'you buy again. Buying the same once more cannot make you pay twice.',
      { cause }
    );
  }
}

/** Milliseconds in which the market must have carried a purchase, and how often it is asked. */
const patience = 120_000;
const tries = 3;

/**
 * Buys or renews a licence without ether: the buyer signs one payment for exactly this purchase (ERC-3009), and the
 * market carries it to the chain and pays the gas (POST /v1/purchases). What is signed is made here and not by the
 * market, and what it answers is held against the chain.
 *
 * @throws as {@link authorizePurchase}, nothing was sent then; {@link MarketRefusedError} where the market does not carry
 * it, {@link RelayUncertainError}, {@link AnswerInvalidError}, {@link ChainUnreachableError}
 *
 * @example
 * const { until } = await buyRelayed({ market, wallet, offer, position, publicKey, period: { seconds: 3600 } });
 */
export async function buyRelayed(parameters: BuyRelayedParameters): Promise<BuyRelayedReturnType> {
  const { market, onStep } = parameters;
  onStep?.({ step: 'signing' });
  const authorization = await authorizePurchase(parameters);
  onStep?.({ step: 'submitting' });
  const { transactionHash: hash } = await submit(market, authorization);
  onStep?.({ step: 'confirming', hash });
  const receipt = await market.publicClient
    .waitForTransactionReceipt({ hash, timeout: patience })
    .catch((error: unknown) => {
      throw translateChainError(error, []);
    });
  const bought = purchaseOf(receipt);
  const { offerId, buyer, until } = authorization;
  if (bought.offerId !== offerId || bought.licensee !== buyer || bought.until !== until) {
    throw new AnswerInvalidError(`${market.marketUrl}/v1/purchases`, 'a transaction that bought something else');
  }
  onStep?.({ step: 'confirmed', hash });
  return bought;
}

/** The same purchase sent again is made once. */
async function submit(market: Market, authorization: PurchaseAuthorization, attempt = 1): Promise<RelayedPurchase> {
  try {
    return await requestJson({
      fetch: market.fetch,
      url: `${market.marketUrl}/v1/purchases`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(authorization),
      timeout: patience,
      schema: relayedPurchaseSchema
    });
  } catch (error) {
    if (!isUncertain(error)) throw error;
    if (attempt === tries) throw new RelayUncertainError(authorization.validBefore, error);
    return submit(market, authorization, attempt + 1);
  }
}

/** No answer, one of something in between, or one that the transaction is in no block yet. */
const isUncertain = (error: unknown): boolean =>
  error instanceof MarketUnreachableError ||
  (error instanceof MarketRefusedError && (error.status === 502 || error.status === 504));
