import { buyLicense } from '#sdk/actions/buy-license';
import type { BuyLicenseReturnType } from '#sdk/actions/buy-license';
import type { Market } from '#sdk/actions/connect-market';
import type { QuoteProductReturnType } from '#sdk/actions/quote-product';
import type { TransactionStep } from '#sdk/actions/send-transaction';
import { generateKeyPair } from '#sdk/protocol/hpke';
import type { Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import type { ActingAccount } from './acting-account.ts';
import { dataWords } from './terminal/words.ts';

/** The price is above what the buyer said it may be. */
export class PriceTooHighError extends TributaryError {
  readonly code = 'price-too-high';
  readonly title = 'It costs more than you allow';
  override readonly status = 402;

  constructor(price: bigint, most: bigint) {
    super(
      `It costs ${dataWords(price)} and you allow ${dataWords(most)}. Nothing was signed. Buy less, or allow more.`
    );
  }
}

/** Somebody said no. */
export class DeclinedError extends TributaryError {
  readonly code = 'declined';
  readonly title = 'You declined';

  constructor() {
    super('Nothing was signed and nothing was paid.');
  }
}

/**
 * Buys exactly what was quoted: the end of the licence is that of the quote, and its price therefore at most the quoted
 * one. The licence's key is on disk before anything is sent.
 *
 * @throws as {@link buyLicense} and the keystore.
 */
export async function buyQuoted(parameters: {
  readonly market: Market;
  readonly account: ActingAccount;
  readonly quote: QuoteProductReturnType;
  /** EAS uid, where the offer demands an attestation. */
  readonly attestation?: Hex | undefined;
  readonly onStep?: (step: TransactionStep) => void;
}): Promise<BuyLicenseReturnType> {
  const { market, account, quote, attestation, onStep } = parameters;
  const secrets = await account.secrets();
  const { publicKey } = await secrets.licenseKeyFor({
    offerId: quote.offerId,
    streams: quote.offer.streams,
    make: generateKeyPair,
    now: Math.floor(market.clock())
  });
  return buyLicense({
    market,
    wallet: account.wallet,
    offer: quote.offer,
    position: quote.position,
    publicKey,
    period: { until: quote.until },
    ...(attestation === undefined ? {} : { attestation }),
    ...(onStep === undefined ? {} : { onStep })
  });
}

/** What happens during a transaction, for people. */
export function stepWords(step: TransactionStep): string {
  switch (step.step) {
    case 'signing':
      return 'Signing the permission to pay …';
    case 'submitting':
      return 'Sending the transaction …';
    case 'confirming':
      return `Waiting for a block: ${step.hash}`;
    case 'confirmed':
      return 'Confirmed.';
  }
}
