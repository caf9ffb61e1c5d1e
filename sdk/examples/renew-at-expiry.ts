import type { Account } from 'viem';
import { buyLicense } from '#sdk/actions/buy-license';
import { connectAccount } from '#sdk/actions/connect-account';
import type { Market } from '#sdk/actions/connect-market';
import type { KeyState } from '#sdk/actions/event-reader';
import { keepSession } from '#sdk/actions/keep-session';
import { quoteProduct } from '#sdk/actions/quote-product';
import { subscribe } from '#sdk/actions/subscribe';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { addressSchema } from '#sdk/protocol/primitives';
import type { Hex } from '#sdk/protocol/primitives';

/**
 * Reads a stream for as long as the money lasts: whenever the licence ends, it is renewed. Nothing says that a licence
 * has ended; the keys are simply for no later time, which the state of the subscription shows.
 *
 * @param parameters.seconds - Least length of each licence.
 * @param parameters.budget - DATAcoin wei for all of them.
 * @param parameters.onEvent - Called with every event that can be read, as text.
 * @returns How often it bought, when not even the shortest licence fits into what is left of the budget.
 */
export async function renewAtExpiry(parameters: {
  readonly market: Market;
  readonly account: Account;
  readonly productId: Hex;
  readonly seconds: number;
  readonly budget: bigint;
  readonly onEvent: (text: string) => void;
}): Promise<number> {
  const { market, account, productId, seconds, onEvent } = parameters;
  const wallet = connectAccount({ market, account });
  const licensee = addressSchema.parse(account.address);
  const keyPair = await generateKeyPair();
  let left = parameters.budget;
  let purchases = 0;

  /** @returns The first stream of the product, or undefined where the money does not suffice. */
  const buy = async () => {
    const { offer, position, price, until } = await quoteProduct({
      market,
      productId,
      period: { seconds },
      account: licensee
    });
    if (price > left) return undefined;
    const { publicKey } = keyPair;
    const { paid } = await buyLicense({ market, wallet, offer, position, publicKey, period: { until } });
    left -= paid;
    purchases += 1;
    return offer.streams[0];
  };

  const stream = await buy();
  if (stream === undefined) return purchases;
  let renewal = Promise.resolve();
  let before: KeyState = 'waiting';
  const renew = async () => {
    if ((await buy()) === undefined) subscription.close();
  };
  const subscription = await subscribe({
    market,
    stream,
    session: keepSession({ market, wallet }),
    reader: { licensee, keyPair },
    // Between two licences the account may not read: it is asked again until it may.
    waitForAccess: Number.POSITIVE_INFINITY,
    onState: ({ keys }) => {
      // Once for each end: the state stays as it is until the keys of the new licence have come.
      if (keys === 'ended' && before === 'held') {
        renewal = renew();
        renewal.catch(() => {
          subscription.close();
        });
      }
      before = keys;
    }
  });
  for await (const { content, verified } of subscription) {
    if (verified && content !== undefined) onEvent(new TextDecoder().decode(content));
  }
  await renewal;
  return purchases;
}
