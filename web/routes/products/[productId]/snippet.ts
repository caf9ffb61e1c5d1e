import type { OfferRecord } from '#sdk/protocol/discovery';

/** A program that buys an hour of an offer and prints its events. */
export function readingProgram(origin: string, offer: OfferRecord): string {
  return `import { privateKeyToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { buyLicense } from '#sdk/actions/buy-license';
import { connectAccount } from '#sdk/actions/connect-account';
import { connectMarket } from '#sdk/actions/connect-market';
import { subscribe } from '#sdk/actions/subscribe';
import { generateKeyPair } from '#sdk/protocol/hpke';

const market = await connectMarket('${origin}', { webSocket: WebSocket });
const account = privateKeyToAccount(process.env.PRIVATE_KEY);
const keyPair = await generateKeyPair();

await buyLicense({
  market,
  wallet: connectAccount({ market, account }),
  publicKey: keyPair.publicKey,
  period: { seconds: 3600 },
  position: ${String(offer.position)},
  offer: {
    seller: '${offer.seller}',
    productNumber: ${offer.productNumber}n,
    beneficiary: '${offer.beneficiary}',
    pricePerSecond: ${offer.pricePerSecond}n,
    minimumPeriod: ${String(offer.minimumPeriod)},
    boundary: ${String(offer.boundary)},
    termsHash: '${offer.termsHash}',
    streams: [${offer.streams.map((stream) => `'${stream}'`).join(', ')}]
  }
});

const reader = { licensee: account.address.toLowerCase(), keyPair };
const events = await subscribe({ market, stream: '${offer.streams[0] ?? ''}', reader });
for await (const { content, verified } of events) {
  if (verified && content) console.log(new TextDecoder().decode(content));
}
`;
}
