import type { Account } from 'viem';
import { buyLicense } from '#sdk/actions/buy-license';
import { connectAccount } from '#sdk/actions/connect-account';
import type { Market } from '#sdk/actions/connect-market';
import { keepSession } from '#sdk/actions/keep-session';
import { quoteProduct } from '#sdk/actions/quote-product';
import { subscribe } from '#sdk/actions/subscribe';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { addressSchema } from '#sdk/protocol/primitives';
import type { Hex } from '#sdk/protocol/primitives';

/**
 * Buys a licence if it costs no more than it may, and reads the events that come while it runs.
 *
 * @param parameters.account - The buyer; pays in DATAcoin, and the gas of one transaction.
 * @param parameters.seconds - Least length of the licence.
 * @param parameters.most - DATAcoin wei that it may cost.
 * @param parameters.count - Events after which it stops.
 * @returns The events as text, or undefined where the licence is too dear.
 */
export async function buyAndRead(parameters: {
  readonly market: Market;
  readonly account: Account;
  readonly productId: Hex;
  readonly seconds: number;
  readonly most: bigint;
  readonly count: number;
}): Promise<string[] | undefined> {
  const { market, account, productId, seconds, most, count } = parameters;
  const wallet = connectAccount({ market, account });
  const licensee = addressSchema.parse(account.address);
  const { offer, position, price, until } = await quoteProduct({
    market,
    productId,
    period: { seconds },
    account: licensee
  });
  if (price > most) return undefined;
  // The keys of the stream are sealed to this pair: keep its private half to read again later.
  const keyPair = await generateKeyPair();
  const { publicKey } = keyPair;
  await buyLicense({ market, wallet, offer, position, publicKey, period: { until } });

  const texts: string[] = [];
  const [stream] = offer.streams;
  if (stream === undefined || count === 0) return texts;
  const session = keepSession({ market, wallet });
  const subscription = await subscribe({ market, stream, session, reader: { licensee, keyPair } });
  // Leaving the loop closes the subscription.
  for await (const { content, verified } of subscription) {
    if (!verified || content === undefined) continue;
    texts.push(new TextDecoder().decode(content));
    if (texts.length === count) break;
  }
  return texts;
}
