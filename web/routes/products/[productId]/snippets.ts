import type { OfferRecord } from '#sdk/protocol/discovery';
import { packageName, packagePath } from '#sdk/protocol/package-name';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { m } from '../../../lib/generated/messages/messages.js';
import { plainDatacoin } from '../../../lib/ui/money.ts';

/** What the snippets are filled in with. */
export interface SnippetProduct {
  /** Address of the market, such as "https://market.example". */
  readonly origin: string;
  readonly chainId: number;
  readonly datacoin: Address;
  readonly productId: Hex;
  readonly offer: Pick<OfferRecord, 'pricePerSecond' | 'attestationSchema' | 'streams' | 'termsCid'>;
  /** Anyone may read: no licence is needed. */
  readonly publicRead: boolean;
}

/** A way to get the data, ready to be run. */
export interface Snippet {
  readonly id: 'sdk' | 'cli' | 'curl' | 'x402' | 'websocket' | 'graphql';
  readonly name: string;
  /** What has to be at hand, in one sentence. */
  readonly needs: string;
  readonly code: string;
}

const hour = 3_600n;
/** Twice the price of an hour, in DATA: ends lie on a boundary, so the shortest licence may cost more than an hour. */
const most = ({ pricePerSecond }: SnippetProduct['offer']) => plainDatacoin(2n * hour * BigInt(pricePerSecond));
const firstStream = ({ offer }: SnippetProduct) => offer.streams[0] ?? '';
const demandsAttestation = ({ offer }: SnippetProduct) => !/^0x0+$/.test(offer.attestationSchema);

const sdk = (product: SnippetProduct) => `import { privateKeyToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { buyLicense } from '${packageName}/actions/buy-license';
import { connectAccount } from '${packageName}/actions/connect-account';
import { connectMarket } from '${packageName}/actions/connect-market';
import { keepSession } from '${packageName}/actions/keep-session';
import { quoteProduct } from '${packageName}/actions/quote-product';
import { subscribe } from '${packageName}/actions/subscribe';
import { generateKeyPair } from '${packageName}/protocol/hpke';

const market = await connectMarket('${product.origin}', { webSocket: WebSocket });
const account = privateKeyToAccount(process.env.PRIVATE_KEY);
const wallet = connectAccount({ market, account });
const licensee = account.address.toLowerCase();

const productId = '${product.productId}';
const { offer, position, until } = await quoteProduct({ market, productId, period: { seconds: 3600 }, account: licensee });
// The keys of the stream are sealed to this pair: keep its private half to read again later.
const keyPair = await generateKeyPair();
await buyLicense({
  market,
  wallet,
  offer,
  position,
  publicKey: keyPair.publicKey,${demandsAttestation(product) ? "\n  // EAS uid of your attestation under the offer's schema, by one of its attesters.\n  attestation: process.env.ATTESTATION," : ''}
  period: { until }
});

const events = await subscribe({
  market,
  stream: '${firstStream(product)}',
  session: keepSession({ market, wallet }),
  reader: { licensee, keyPair }
});
for await (const { content, verified } of events) {
  if (verified && content) console.log(new TextDecoder().decode(content));
}
`;

const cli = (product: SnippetProduct) => `export TRIBUTARY_MARKET=${product.origin}
tributary show ${product.productId} --terms
tributary buy ${product.productId} --for 1h --most ${most(product.offer)}${demandsAttestation(product) ? ' --attestation $ATTESTATION' : ''}
tributary subscribe ${product.productId} --from last:10
`;

const curl = (product: SnippetProduct) => `# What it is, whether it is alive, and its terms with their hash
curl -s ${product.origin}/v1/products/${product.productId}
curl -s '${product.origin}/broker/v1/activity?streams=${product.offer.streams.join(',')}'
curl -s ${product.origin}/ipfs/${product.offer.termsCid} | sha256sum
# The transactions that buy an hour, for your account and your X25519 key
curl -s ${product.origin}/v1/purchases/prepare \\
  -H 'content-type: application/json' \\
  -d '{"productId":"${product.productId}","buyer":"'$ACCOUNT'","publicKey":"'$PUBLIC_KEY'","period":3600,"pay":"transaction"${demandsAttestation(product) ? ',"attestation":"\'$ATTESTATION\'"' : ''}}'
# The last ten events${product.publicRead ? '' : ', sealed; the token is of a session (EIP-4361) of the licensee'}
curl -s '${product.origin}/broker/v1/streams/${firstStream(product)}/events?last=10'${product.publicRead ? '' : ' \\\n  -H "authorization: Bearer $TOKEN"'}
`;

const x402 = (product: SnippetProduct) => `import { ExactEvmScheme } from '@x402/evm';
import { wrapFetchWithPaymentFromConfig } from '@x402/fetch';
import { privateKeyToAccount } from 'viem/accounts';

const account = privateKeyToAccount(process.env.PRIVATE_KEY);
const network = 'eip155:${String(product.chainId)}';
const payingFetch = wrapFetchWithPaymentFromConfig(fetch, {
  schemes: [{ network, client: new ExactEvmScheme(account) }],
  // DATAcoin wei that one payment may cost at most.
  spendControls: {
    allowedAssets: [
      {
        network,
        asset: '${product.datacoin}',
        maxAmountPerPayment: '${String(2n * hour * BigInt(product.offer.pricePerSecond))}'
      }
    ]
  }
});

// Asks, is told the price (402), pays with one signature and no ether, and asks again.
const access = new URL('${product.origin}/v1/products/${product.productId}/access');
access.search = new URLSearchParams({ licensee: account.address, publicKey: process.env.PUBLIC_KEY, period: '3600' }).toString();
const response = await payingFetch(access);
console.log(response.status, await response.text());
`;

const websocket = (product: SnippetProduct) => `import { WebSocket } from 'ws';
${
  product.publicRead
    ? ''
    : `import { privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';

const account = privateKeyToAccount(process.env.PRIVATE_KEY);`
}
const socket = new WebSocket('${product.origin.replace(/^http/, 'ws')}/broker/v1/ws');
socket.on('message', async (data, binary) => {
  // Events come in binary frames; all else is JSON.
  if (binary) return console.log('event frame of', data.length, 'bytes');
  const answer = JSON.parse(data.toString());
  console.log(answer.type, answer.problem?.detail ?? '');
  ${
    product.publicRead
      ? `if (answer.type === 'challenge') {`
      : `if (answer.type === 'challenge') {
    const { domain, nonce, chainId } = answer;
    const uri = '${product.origin}/broker';
    const message = createSiweMessage({ domain, nonce, chainId, uri, address: account.address, version: '1' });
    const signature = await account.signMessage({ message });
    socket.send(JSON.stringify({ type: 'authenticate', id: 1, message, signature }));
  } else if (answer.type === 'authenticated') {`
  }
    const stream = '${firstStream(product)}';
    socket.send(JSON.stringify({ type: 'subscribe', id: 2, stream, from: { last: 10 }${product.publicRead ? '' : ', licensee: answer.account'} }));
  }
});
`;

const graphql = (product: SnippetProduct) => `const product = '${product.productId}';
const query = \`
  query ($id: ID!, $product: Bytes!) {
    product(id: $id) {
      seller
      purchases
      revenue
      sellerKarma
      currentOffer { id pricePerSecond settlement listed termsHash }
    }
    offers(product: $product, first: 10) {
      nodes { pricePerSecond listed listedAt }
    }
  }
\`;
const response = await fetch('${product.origin}/graphql', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables: { id: product, product } })
});
console.log(JSON.stringify(await response.json(), null, 2));
`;

/** Six ways to the data of a product. */
export function snippetsFor(product: SnippetProduct): readonly Snippet[] {
  const free = BigInt(product.offer.pricePerSecond) === 0n;
  return [
    {
      id: 'sdk',
      name: 'SDK',
      needs: m.product_ways_needs_sdk({ package: `${product.origin}${packagePath}` }),
      code: sdk(product)
    },
    {
      id: 'cli',
      name: m.product_ways_command(),
      needs: m.product_ways_needs_cli(),
      code: cli(product)
    },
    {
      id: 'curl',
      name: 'curl',
      needs: m.product_ways_needs_curl(),
      code: curl(product)
    },
    ...(free || demandsAttestation(product)
      ? []
      : [
          {
            id: 'x402' as const,
            name: 'x402',
            needs: m.product_ways_needs_x402(),
            code: x402(product)
          }
        ]),
    {
      id: 'websocket',
      name: 'WebSocket',
      needs: product.publicRead ? m.product_ways_needs_websocket_public() : m.product_ways_needs_websocket(),
      code: websocket(product)
    },
    { id: 'graphql', name: 'GraphQL', needs: m.product_ways_needs_nothing(), code: graphql(product) }
  ];
}
