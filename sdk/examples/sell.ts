import type { Account } from 'viem';
import { connectAccount } from '#sdk/actions/connect-account';
import type { Market } from '#sdk/actions/connect-market';
import { createStream } from '#sdk/actions/create-stream';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { listProduct } from '#sdk/actions/list-product';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import type { EventSigner } from '#sdk/protocol/signature';

/**
 * Creates a stream and puts it on sale. Keep `keys.root` secret and safe: nothing else opens the stream.
 *
 * @param parameters.account - The seller, such as privateKeyToAccount of viem/accounts makes it; pays the gas.
 * @param parameters.signer - The same key for events, such as privateKeySigner makes it.
 * @param parameters.pricePerHour - DATAcoin wei.
 */
export async function sell(parameters: {
  readonly market: Market;
  readonly account: Account;
  readonly signer: EventSigner;
  readonly name: string;
  readonly pricePerHour: bigint;
}) {
  const { market, account, signer, name, pricePerHour } = parameters;
  const wallet = connectAccount({ market, account });
  const { stream } = await createStream({ market, wallet, name });
  const keys = createStreamKeys();
  // The market's broker grants keys to whoever buys, also while this program sleeps; of 90 days and no more.
  await delegateKeys({ market, stream, signer, keys });
  const { productId } = await listProduct({
    market,
    wallet,
    terms: 'You may use the data for yourself. Do not pass it on.',
    document: {
      name,
      summary: 'Where every bus is.',
      category: 'transport',
      streams: [
        { address: stream, fields: [{ name: 'line', description: 'Number of the line' }], sample: [{ line: 7 }] }
      ]
    },
    pricePerSecond: pricePerHour / 3600n,
    settlement: 'by-second'
  });
  return { stream, keys, productId };
}
