import type { OfferRecord } from '#sdk/protocol/discovery';

const addresses = (list: readonly string[]) => list.map((address) => `'${address}'`).join(', ');

/** A program that buys an hour of an offer and prints its events. */
export function readingProgram(origin: string, offer: OfferRecord): string {
  return `import { privateKeyToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { authenticate } from '#sdk/actions/authenticate';
import { buyLicense } from '#sdk/actions/buy-license';
import { connectAccount } from '#sdk/actions/connect-account';
import { connectMarket } from '#sdk/actions/connect-market';
import { subscribe } from '#sdk/actions/subscribe';
import { generateKeyPair } from '#sdk/protocol/hpke';

const market = await connectMarket('${origin}', { webSocket: WebSocket });
const account = privateKeyToAccount(process.env.PRIVATE_KEY);
const wallet = connectAccount({ market, account });
const keyPair = await generateKeyPair();

await buyLicense({
  market,
  wallet,
  publicKey: keyPair.publicKey,
  period: { seconds: 3600 },
${/^0x0+$/.test(offer.attestationSchema) ? '' : `  // EAS uid of your attestation under the offer's schema, by one of its attesters.\n  attestation: process.env.ATTESTATION,\n`}  position: ${String(offer.position)},
  offer: {
    seller: '${offer.seller}',
    productNumber: ${offer.productNumber}n,
    beneficiary: '${offer.beneficiary}',
    pricePerSecond: ${offer.pricePerSecond}n,
    minimumPeriod: ${String(offer.minimumPeriod)},
    maximumPeriod: ${String(offer.maximumPeriod)},
    boundary: ${String(offer.boundary)},
    feeBasisPoints: ${String(offer.feeBasisPoints)},
    settlement: '${offer.settlement}',
    oracle: '${offer.oracle}',
    events: ${offer.events}n,
    deliveryPeriod: ${String(offer.deliveryPeriod)},
    attestationSchema: '${offer.attestationSchema}',
    termsHash: '${offer.termsHash}',
    attesters: [${addresses(offer.attesters)}],
    streams: [${addresses(offer.streams)}]
  }
});

// Signs a message: the broker hands events only to those who may read them.
const session = await authenticate({ market, wallet });
const reader = { licensee: session.account, keyPair };
const events = await subscribe({ market, stream: '${offer.streams[0] ?? ''}', session, reader });
for await (const { content, verified } of events) {
  if (verified && content) console.log(new TextDecoder().decode(content));
}
`;
}
