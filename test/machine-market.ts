import { ExactEvmScheme } from '@x402/evm';
import { wrapFetchWithPaymentFromConfig } from '@x402/fetch';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEther, type Hex, type PrivateKeyAccount } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { connectAccount } from '#sdk/actions/connect-account';
import { openMarket, type Market } from '#sdk/actions/connect-market';
import { createStream } from '#sdk/actions/create-stream';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { listProduct, type ListProductReturnType } from '#sdk/actions/list-product';
import { retireProduct } from '#sdk/actions/retire-product';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { generateKeyPair, type KeyPair } from '#sdk/protocol/hpke';
import { preparedPurchaseSchema, type PreparedPurchase } from '#sdk/protocol/machine-purchase';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { decodePaymentHeader, paymentHeaders, paymentPayloadSchema, type PaymentPayload } from '#sdk/protocol/x402';
import { localPrivateKey } from '../scripts/start/accounts.ts';
import { payDatacoin } from '../scripts/start/chain-state.ts';
import { until } from './indexer-tables.ts';
import { startTestMarket, type TestMarket } from './market.ts';

const sellerKey = localPrivateKey(1);
const relayerKey = localPrivateKey(7);

/** A machine: a key that holds DATAcoin and no ether. */
export interface Machine {
  readonly account: PrivateKeyAccount;
  readonly address: Address;
  readonly publicKey: Hex;
  readonly keyPair: KeyPair;
}

/** A market that carries purchases, with a product, and machines that buy from it over HTTP alone. */
export class MachineMarket {
  readonly running: TestMarket;
  readonly market: Market;
  readonly stream: Address;
  /** Carries the purchases. */
  readonly relayer = privateKeyToAccount(relayerKey).address;
  /** Neither buys nor sells. */
  readonly bystander: ReturnType<typeof connectAccount>;
  /** DATAcoin wei per second of every product. */
  readonly price = parseEther('0.0001');
  private readonly folder: string;

  private constructor(running: TestMarket, market: Market, stream: Address, folder: string) {
    this.running = running;
    this.market = market;
    this.stream = stream;
    this.folder = folder;
    this.bystander = connectAccount({ market, account: privateKeyToAccount(localPrivateKey(6)) });
  }

  static async start(databaseUrl: string): Promise<MachineMarket> {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-relayer-'));
    chmodSync(folder, 0o700);
    const keyFile = join(folder, 'relayer.key');
    writeFileSync(keyFile, relayerKey, { mode: 0o600 });
    const running = await startTestMarket({ databaseUrl, environment: { RELAYER_KEY_FILE: keyFile } });
    const { configuration, deployment, chain } = running;
    const market = openMarket(
      {
        chainId: deployment.chainId,
        rpcUrl: chain.url,
        deployment,
        brokerUrl: configuration.BROKER_URL,
        marketUrl: configuration.INDEXER_URL,
        local: true
      },
      { baseUrl: configuration.INDEXER_URL, webSocket: WebSocket, clock: () => running.now() }
    );
    await payDatacoin(chain.url, deployment, 9, parseEther('1000'));
    const wallet = connectAccount({ market, account: privateKeyToAccount(sellerKey) });
    const { stream } = await createStream({ market, wallet, name: 'Bus positions' });
    await delegateKeys({ market, stream, signer: privateKeySigner(sellerKey), keys: createStreamKeys() });
    return new MachineMarket(running, market, stream, folder);
  }

  async stop(): Promise<void> {
    await this.running.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  readonly api = (path: string) => `${this.market.marketUrl}${path}`;

  async machine(funds = parseEther('10')): Promise<Machine> {
    const { market } = this;
    const account = privateKeyToAccount(generatePrivateKey());
    const keyPair = await generateKeyPair();
    const faucet = connectAccount({ market, account: privateKeyToAccount(localPrivateKey(9)) });
    const hash = await faucet.writeContract({
      address: market.deployment.contracts.DATAcoin,
      abi: datacoinAbi,
      functionName: 'transfer',
      args: [account.address, funds]
    });
    await market.publicClient.waitForTransactionReceipt({ hash });
    return { account, address: addressSchema.parse(account.address), publicKey: keyPair.publicKey, keyPair };
  }

  readonly balanceOf = (account: Address): Promise<bigint> =>
    this.market.publicClient.readContract({
      address: this.market.deployment.contracts.DATAcoin,
      abi: datacoinAbi,
      functionName: 'balanceOf',
      args: [account]
    });

  readonly licensedUntil = async (account: Address, { offerId }: ListProductReturnType): Promise<number> => {
    const [, end] = await this.market.publicClient.readContract({
      address: this.market.deployment.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'licenseOf',
      args: [offerId, account]
    });
    return Number(end);
  };

  /** @returns Once the index knows it. */
  readonly list = async (name: string): Promise<ListProductReturnType> => {
    const { market, stream, price } = this;
    const listed = await listProduct({
      market,
      wallet: connectAccount({ market, account: privateKeyToAccount(sellerKey) }),
      terms: 'Read it.',
      document: { name, summary: 'Where every bus is.', category: 'transport', streams: [{ address: stream }] },
      pricePerSecond: price
    });
    await until(async () => (await fetch(this.api(`/v1/products/${listed.productId}`))).ok);
    return listed;
  };

  readonly retire = ({ offer, position }: ListProductReturnType) => {
    const { market } = this;
    const wallet = connectAccount({ market, account: privateKeyToAccount(sellerKey) });
    return retireProduct({ market, wallet, offer, position });
  };

  readonly post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(this.api(path), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body)
    });

  readonly prepare = async (
    buyer: Machine,
    pay: 'transaction' | 'authorization',
    { productId }: ListProductReturnType
  ): Promise<PreparedPurchase> => {
    const { address, publicKey } = buyer;
    const response = await this.post('/v1/purchases/prepare', {
      productId,
      buyer: address,
      publicKey,
      period: 3_600,
      pay
    });
    if (response.status !== 200) throw new RangeError(await response.text());
    return preparedPurchaseSchema.parse(await response.json());
  };

  /** What the machine sends to POST /v1/purchases: it signs what it was handed, whatever library it uses. */
  readonly authorized = async (buyer: Machine, product: ListProductReturnType): Promise<Record<string, unknown>> => {
    const prepared = await this.prepare(buyer, 'authorization', product);
    if (prepared.pay !== 'authorization') throw new TypeError('another way to pay was prepared');
    const { domain, types, primaryType, message } = prepared.typedData;
    const signature = await buyer.account.signTypedData({ domain, types, primaryType, message });
    return { ...prepared.purchase, signature };
  };

  readonly accessUrl = ({ address, publicKey }: Machine, { productId }: ListProductReturnType, more = ''): string =>
    this.api(`/v1/products/${productId}/access?licensee=${address}&publicKey=${publicKey}&period=3600${more}`);

  /** An x402 client as its package makes it; the spending controls are its owner's. */
  readonly payingFetch = (buyer: Machine, inner: typeof fetch = fetch): typeof fetch => {
    const network = `eip155:${String(this.market.chainId)}` as const;
    return wrapFetchWithPaymentFromConfig(inner, {
      schemes: [{ network, client: new ExactEvmScheme(buyer.account) }],
      spendControls: {
        allowedAssets: [
          { network, asset: this.market.deployment.contracts.DATAcoin, maxAmountPerPayment: String(parseEther('5')) }
        ]
      }
    });
  };

  /** Takes the transfer out of the purchase and submits it alone. */
  readonly submitAlone = async ({ payload }: PaymentPayload): Promise<void> => {
    const { from, to, value, validAfter, validBefore, nonce } = payload.authorization;
    const hash = await this.bystander.writeContract({
      address: this.market.deployment.contracts.DATAcoin,
      abi: datacoinAbi,
      functionName: 'transferWithAuthorization',
      args: [from, to, BigInt(value), BigInt(validAfter), BigInt(validBefore), nonce, payload.signature]
    });
    await this.market.publicClient.waitForTransactionReceipt({ hash });
  };
}

/** Does something with the payment on its way, as somebody would who sees it. */
export function watched(see: (payment: PaymentPayload) => Promise<void>): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const header = request.headers.get(paymentHeaders.signature);
    if (header !== null) await see(decodePaymentHeader(paymentPayloadSchema, header));
    return fetch(request);
  };
}
