import { buyLicense } from '#sdk/actions/buy-license';
import type { BuyLicenseReturnType } from '#sdk/actions/buy-license';
import { buyRelayed } from '#sdk/actions/buy-relayed';
import type { Market } from '#sdk/actions/connect-market';
import { MarketRefusedError } from '#sdk/actions/market-errors';
import type { QuoteProductReturnType } from '#sdk/actions/quote-product';
import type { TransactionStep } from '#sdk/actions/send-transaction';
import { translateChainError } from '#sdk/actions/translate-chain-error';
import { generateKeyPair } from '#sdk/protocol/hpke';
import type { Address, Hex } from '#sdk/protocol/primitives';
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
 * one. The licence's key is on disk before anything is sent. An account without ether has the market carry the purchase,
 * which costs it no gas.
 *
 * @throws as {@link buyLicense}, {@link buyRelayed} and the keystore.
 */
export async function buyQuoted(parameters: {
  readonly market: Market;
  readonly account: ActingAccount;
  readonly quote: QuoteProductReturnType;
  /** EAS uid, where the offer demands an attestation. */
  readonly attestation?: Hex | undefined;
  /** The market carries it, whether there is ether or not. */
  readonly relayed?: boolean;
  readonly onStep?: (step: TransactionStep) => void;
}): Promise<BuyLicenseReturnType> {
  const { market, account, quote, attestation, relayed = false, onStep } = parameters;
  const secrets = await account.secrets();
  const { publicKey } = await secrets.licenseKeyFor({
    offerId: quote.offerId,
    streams: quote.offer.streams,
    make: generateKeyPair,
    now: Math.floor(market.clock())
  });
  const purchase = {
    market,
    wallet: account.wallet,
    offer: quote.offer,
    position: quote.position,
    publicKey,
    period: { until: quote.until },
    ...(attestation === undefined ? {} : { attestation }),
    ...(onStep === undefined ? {} : { onStep })
  };
  if (relayed) return buyRelayed(purchase);
  if (!(await hasNoEther(market, account.address))) return buyLicense(purchase);
  try {
    return await buyRelayed(purchase);
  } catch (error) {
    // A market that carries nothing: the chain may take no fee, or says what it wants.
    if (error instanceof MarketRefusedError && error.problem.type === '/problems/relayer-missing') {
      return buyLicense(purchase);
    }
    throw error;
  }
}

/** @throws ChainUnreachableError */
async function hasNoEther({ publicClient }: Market, address: Address): Promise<boolean> {
  try {
    return (await publicClient.getBalance({ address })) === 0n;
  } catch (error) {
    throw translateChainError(error, []);
  }
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
