import { parseArgs } from 'node:util';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { authenticate } from '#sdk/actions/authenticate';
import { buyLicense } from '#sdk/actions/buy-license';
import { connectAccount } from '#sdk/actions/connect-account';
import { connectMarket, type Market } from '#sdk/actions/connect-market';
import { requestJson } from '#sdk/actions/request';
import { subscribe } from '#sdk/actions/subscribe';
import { productPageSchema, type Product } from '#sdk/protocol/discovery';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { offerOfRecord } from '#sdk/protocol/offer-of-record';
import { addressSchema } from '#sdk/protocol/primitives';

/**
 * From a purchase to its first decrypted event, in a market that runs (`npm start`): a new account is funded, buys an
 * hour of a product with one signature and one transaction, and reads. The target is 2 seconds from the confirmed
 * purchase on a chain with a block every second.
 */
const target = 2_000;

interface Sale {
  readonly product: string;
  /** Milliseconds from the click to the receipt. */
  readonly confirmed: number;
  /** Milliseconds from the receipt to the first event in the clear. */
  readonly decrypted: number;
}

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:4400' },
    sales: { type: 'string', default: '10' }
  }
});
const market = await connectMarket(values.url, { webSocket: WebSocket });
const { items } = await requestJson({
  fetch: market.fetch,
  url: new URL('/v1/products?free=false&limit=50', values.url).href,
  schema: productPageSchema
});
// Whoever demands an attestation does not sell to a new account.
const products = items.filter(({ offer }) => offer.attesters.length === 0);
if (products.length === 0) throw new RangeError('The market has no paid product yet: try again when it has.');

const sales: Sale[] = [];
console.log(`${'product'.padEnd(44)} confirmed  first event after`);
for (let number = 0; number < Number(values.sales); number += 1) {
  const product = products[number % products.length];
  if (product === undefined) break;
  const sale = await sell(market, product);
  sales.push(sale);
  console.log(`${sale.product.padEnd(44)} ${seconds(sale.confirmed)}     ${seconds(sale.decrypted)}`);
}
const times = sales.map(({ decrypted }) => decrypted).sort((a, b) => a - b);
const median = times[Math.floor(times.length / 2)] ?? 0;
const worst = times.at(-1) ?? 0;
console.log(
  `\nconfirmed purchase to first decrypted event: median ${seconds(median)}, worst ${seconds(worst)}; ` +
    `${(worst / target).toFixed(2)} of the ${seconds(target)} allowed`
);

async function sell(market: Market, product: Product): Promise<Sale> {
  const { offer } = product;
  const [stream] = offer.streams;
  if (stream === undefined) throw new RangeError('an offer has at least one stream');
  const account = privateKeyToAccount(generatePrivateKey());
  const funded = await fetch(new URL('/demo/fund', values.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(values.url).origin },
    body: JSON.stringify({ account: account.address })
  });
  if (!funded.ok) throw new RangeError(`The demo wallet was not filled: ${await funded.text()}`);
  const keyPair = await generateKeyPair();
  const wallet = connectAccount({ market, account });
  // Programs sign in when they start, people when they first open what they bought.
  const session = await authenticate({ market, wallet });
  const clicked = performance.now();
  await buyLicense({
    market,
    wallet,
    offer: offerOfRecord(offer),
    position: offer.position,
    publicKey: keyPair.publicKey,
    period: { seconds: Math.max(3_600, offer.minimumPeriod) }
  });
  const bought = performance.now();
  const licensee = addressSchema.parse(account.address);
  const subscription = await subscribe({ market, stream, session, reader: { licensee, keyPair }, from: { last: 20 } });
  try {
    for await (const { content, verified } of subscription) {
      if (verified && content !== undefined) break;
    }
  } finally {
    subscription.close();
  }
  const decrypted = performance.now() - bought;
  return { product: product.document?.name ?? product.productId, confirmed: bought - clicked, decrypted };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}
