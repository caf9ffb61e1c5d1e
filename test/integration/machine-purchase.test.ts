import { decodePaymentResponseHeader } from '@x402/fetch';
import { pino } from 'pino';
import { createWalletClient, http, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { counterfactualPurchaseFactoryAbi } from '#contracts/generated/counterfactualPurchaseFactory';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { ContractRefusedError } from '#sdk/actions/chain-errors';
import type { Market } from '#sdk/actions/connect-market';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { fetchIssuer } from '#sdk/actions/fetch-issuer';
import type { ListProductReturnType } from '#sdk/actions/list-product';
import { openNoticeSession } from '#sdk/actions/open-notice-session';
import { openGrant } from '#sdk/actions/open-grant';
import { settlePurchase } from '#sdk/actions/settle-purchase';
import { contractTerms, purchaseAddressOf, type PurchaseTerms } from '#sdk/protocol/counterfactual-purchase';
import { identityCheckSchema } from '#sdk/protocol/identity';
import { accessSchema, relayedPurchaseSchema, type PreparedPurchase } from '#sdk/protocol/machine-purchase';
import type { Address } from '#sdk/protocol/primitives';
import { problemMediaType, problemSchema } from '#sdk/protocol/problem';
import { sessionChallengeSchema, sessionSchema } from '#sdk/protocol/session';
import {
  decodePaymentHeader,
  encodePaymentHeader,
  paymentHeaders,
  paymentPayloadSchema,
  paymentRequiredSchema,
  type PaymentPayload,
  type PaymentRequired
} from '#sdk/protocol/x402';
import { RelayerBusyError } from '../../indexer/relayer/errors.ts';
import { GasAllowance } from '../../indexer/relayer/gas-allowance.ts';
import { NonceLane } from '../../indexer/relayer/nonce-lane.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { until } from '../indexer-tables.ts';
import { type Machine, MachineMarket, watched } from '../machine-market.ts';
import type { TestMarket } from '../market.ts';

let shop: MachineMarket;
let running: TestMarket;
let market: Market;
let stream: Address;
let product: ListProductReturnType;

const machine = (funds?: bigint) => shop.machine(funds);
const api = (path: string) => shop.api(path);
const list = (name: string) => shop.list(name);
const retire = (sold: ListProductReturnType) => shop.retire(sold);
const post = (path: string, body: unknown, headers?: Record<string, string>) => shop.post(path, body, headers);
const balanceOf = (account: Address) => shop.balanceOf(account);
const licensedUntil = (account: Address, sold = product) => shop.licensedUntil(account, sold);
const authorized = (buyer: Machine) => shop.authorized(buyer, product);
const prepare = (buyer: Machine, pay: PreparedPurchase['pay']) => shop.prepare(buyer, pay, product);
const accessUrl = (buyer: Machine, sold = product, more = '') => shop.accessUrl(buyer, sold, more);
const payingFetch = (buyer: Machine, inner?: typeof fetch) => shop.payingFetch(buyer, inner);
const submitAlone = (payment: PaymentPayload) => shop.submitAlone(payment);

async function requiredBy(response: Response): Promise<PaymentRequired> {
  expect(response.status).toBe(402);
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(402);
  return decodePaymentHeader(paymentRequiredSchema, response.headers.get(paymentHeaders.required) ?? '');
}

beforeAll(async () => {
  shop = await MachineMarket.start(inject('databaseUrl'));
  ({ running, market, stream } = shop);
  product = await list('Bus positions');
});

afterAll(() => shop.stop());

describe('a market without ENS', () => {
  it('looks up no ENS names, and says so', async () => {
    const buyer = await machine();
    const answer = await post(`/v1/identity/${buyer.address}/ens`, { ensName: 'tides.eth' });
    expect(identityCheckSchema.parse(await answer.json())).toMatchObject({ state: 'not-offered', steps: [] });
  });
});

describe('a session for notices', () => {
  it('is opened by what accounts with code accept, and by nothing else', async () => {
    const owner = await machine();
    const wallet = createWalletClient({ account: owner.account, chain: market.chain, transport: http(market.rpcUrl) });
    const atMarket = { ...market, marketUrl: api('') };
    const accountWith = async (digit: string, code: Hex) => {
      const account = `0x${digit.repeat(40)}` as const;
      await running.rpc('anvil_setCode', account, code);
      return account;
    };
    const open = (account: Address) => openNoticeSession({ market: atMarket, wallet, account });
    const accepting = await accountWith('a', '0x631626ba7e60e01b60005260206000f3');
    const session = await open(accepting);
    expect(session.account).toBe(accepting);
    const headers = { authorization: `Bearer ${session.token}` };
    expect((await fetch(api('/v1/webhooks'), { headers })).status).toBe(200);
    for (const refusing of [
      // answers another word, undoes, and never ends
      await accountWith('b', '0x63ffffffff60e01b60005260206000f3'),
      await accountWith('c', '0x60006000fd'),
      await accountWith('d', '0x5b600056'),
      `0x${'e'.repeat(40)}` as const
    ]) {
      await expect(open(refusing)).rejects.toMatchObject({ problem: { type: '/problems/notice-signature-invalid' } });
    }
  });
});

describe('a relayed purchase', () => {
  it('needs a signature and no ether, and is made once', async () => {
    const buyer = await machine();
    const before = await balanceOf(buyer.address);
    const body = await authorized(buyer);
    const key = { 'idempotency-key': crypto.randomUUID() };
    const [first, second] = await Promise.all([post('/v1/purchases', body, key), post('/v1/purchases', body, key)]);
    expect([first.status, second.status]).toEqual([201, 201]);
    const bought = relayedPurchaseSchema.parse(await first.json());
    expect(await second.json()).toEqual(bought);
    expect(bought).toMatchObject({ licensee: buyer.address, offerId: product.offerId, until: body.until });
    expect(await licensedUntil(buyer.address)).toBe(bought.until);
    expect(before - (await balanceOf(buyer.address))).toBe(BigInt(bought.paid));
    expect(await market.publicClient.getBalance({ address: buyer.address })).toBe(0n);

    // Without the key, and with another purchase under it.
    expect(await (await post('/v1/purchases', body)).json()).toEqual(bought);
    const other = await post('/v1/purchases', { ...body, validBefore: 1 }, key);
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ type: '/problems/idempotency-key-reused' });
    expect((await fetch(api(first.headers.get('location') ?? ''))).status).toBe(200);
  });

  it('is refused, and costs nobody anything, where it would fail', async () => {
    const buyer = await machine();
    const body = await authorized(buyer);
    const { relayer } = shop;
    const sent = await market.publicClient.getTransactionCount({ address: relayer });
    for (const [change, status] of [
      [{ publicKey: `0x${'7'.repeat(64)}` }, 409],
      [{ value: '1' }, 409],
      [{ signature: '0x1234' }, 409],
      [{ offerId: `0x${'8'.repeat(62)}00` }, 404],
      [{ until: 'soon' }, 422]
    ] as const) {
      const response = await post('/v1/purchases', { ...body, ...change });
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toBe(problemMediaType);
    }
    expect(await market.publicClient.getTransactionCount({ address: relayer })).toBe(sent);
    expect(await licensedUntil(buyer.address)).toBe(0);
  });

  it('is carried for many at once, each under a number of its own', async () => {
    const buyers: Machine[] = [];
    // One after the other: they are paid by one account.
    while (buyers.length < 10) buyers.push(await machine());
    const bodies = await Promise.all(buyers.map((buyer) => authorized(buyer)));
    const answers = await Promise.all(bodies.map((body) => post('/v1/purchases', body)));
    expect(answers.map(({ status }) => status)).toEqual(buyers.map(() => 201));
    const hashes = await Promise.all(answers.map(async (one) => relayedPurchaseSchema.parse(await one.json())));
    expect(new Set(hashes.map(({ transactionHash }) => transactionHash)).size).toBe(buyers.length);
    for (const buyer of buyers) expect(await licensedUntil(buyer.address)).toBeGreaterThan(0);
  });

  it('is carried for accounts with code, unless checking their signature would burn too much gas', async () => {
    const buyer = await machine();
    const body = await authorized(buyer);
    // Counts down, then accepts every signature (ERC-1271).
    const code = (rounds: string) => `0x62${rounds}5b6001900380600457631626ba7e60e01b60005260206000f3`;
    await running.rpc('anvil_setCode', buyer.address, code('00c350'));
    const signed = { ...body, signature: '0x1234' };
    const burning = await post('/v1/purchases', signed);
    expect(burning.status).toBe(409);
    expect(await licensedUntil(buyer.address)).toBe(0);
    await running.rpc('anvil_setCode', buyer.address, code('0003e8'));
    expect((await post('/v1/purchases', signed)).status).toBe(201);
    expect(await licensedUntil(buyer.address)).toBe(body.until);
  });

  it('can be sent by the buyer itself, as it was prepared', async () => {
    const buyer = await machine();
    await running.rpc('anvil_setBalance', buyer.address, '0xde0b6b3a7640000');
    const prepared = await prepare(buyer, 'transaction');
    if (prepared.pay !== 'transaction') throw new TypeError('another way to pay was prepared');
    expect(prepared.transactions).toHaveLength(2);
    const wallet = createWalletClient({ account: buyer.account, chain: market.chain, transport: http(market.rpcUrl) });
    for (const { to, data } of prepared.transactions) {
      const hash = await wallet.sendTransaction({ to, data });
      expect((await market.publicClient.waitForTransactionReceipt({ hash })).status).toBe('success');
    }
    expect(await licensedUntil(buyer.address)).toBe(prepared.until);
    const poor = await machine(1n);
    const refused = await post('/v1/purchases/prepare', {
      productId: product.productId,
      buyer: poor.address,
      publicKey: poor.publicKey,
      period: 3_600
    });
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({ type: '/problems/insufficient-datacoin' });
  });
});

describe('access by x402', () => {
  it('is paid for by an unmodified client, once, and the machine opens its grant', async () => {
    const buyer = await machine();
    const before = await balanceOf(buyer.address);
    const response = await payingFetch(buyer)(accessUrl(buyer));
    expect(response.status).toBe(200);
    const access = accessSchema.parse(await response.json());
    expect(access).toMatchObject({ licensee: buyer.address, offerId: product.offerId, publicKey: buyer.publicKey });
    expect(access.streams.map((one) => one.stream)).toEqual([stream]);
    expect(access.streams[0]?.grants).toContain(`/broker/v1/streams/${stream}/grants?licensee=${buyer.address}`);
    const paid = decodePaymentResponseHeader(response.headers.get(paymentHeaders.response) ?? '');
    expect(paid).toMatchObject({ success: true, payer: buyer.address, network: 'eip155:31337' });
    const receipt = await market.publicClient.getTransactionReceipt({ hash: paid.transaction as Hex });
    expect(receipt.status).toBe('success');
    // Payment and purchase are one transaction, sent by the market's account.
    expect(receipt.from).toBe(shop.relayer.toLowerCase());
    expect(await licensedUntil(buyer.address)).toBe(access.until);
    expect(before - (await balanceOf(buyer.address))).toBe(shop.price * BigInt(access.until - access.from));
    expect(await market.publicClient.getBalance({ address: buyer.address })).toBe(0n);

    // With a running licence nothing is asked for.
    const afterwards = await balanceOf(buyer.address);
    const again = await fetch(accessUrl(buyer));
    expect(again.status).toBe(200);
    expect(accessSchema.parse(await again.json()).until).toBe(access.until);
    expect(await balanceOf(buyer.address)).toBe(afterwards);

    // The keys are there, sealed to the key that the request named.
    await expect
      .poll(async () => (await fetchGrants({ market, stream, licensee: buyer.address })).length)
      .toBeGreaterThan(0);
    const [grant] = await fetchGrants({ market, stream, licensee: buyer.address });
    if (grant === undefined) throw new TypeError('no grant');
    const { issuer } = await fetchIssuer({ market });
    expect((await openGrant({ grant, keyPair: buyer.keyPair, issuers: [issuer] })).length).toBeGreaterThan(0);

    // The answer says how to sign in for the events, which are for nobody else. The one origin is not running here.
    const at = (url = '') => url.replace(/^.*\/broker(?=\/v1\/)/, running.configuration.BROKER_URL);
    const { session } = access.broker;
    const history = `${at(access.streams[0]?.history)}?last=1`;
    expect((await fetch(history)).status).toBe(401);
    const challenge = sessionChallengeSchema.parse(await (await fetch(at(session.url))).json());
    const uri = access.broker.url;
    const message = createSiweMessage({ ...challenge, address: buyer.account.address, uri, version: '1' });
    const signature = await buyer.account.signMessage({ message });
    const opened = await fetch(at(session.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message, signature })
    });
    const { token } = sessionSchema.parse(await opened.json());
    expect((await fetch(history, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect(session.steps.join(' ')).toContain('Authorization: Bearer');
  });

  it('renews a running licence where that is asked for', async () => {
    const buyer = await machine();
    await payingFetch(buyer)(accessUrl(buyer));
    const end = await licensedUntil(buyer.address);
    const response = await payingFetch(buyer)(accessUrl(buyer, product, '&renew=true'));
    expect(response.status).toBe(200);
    expect(accessSchema.parse(await response.json()).until).toBe(end + 3_600);
  });

  it('names an address that commits to exactly this licence, as the contract computes it', async () => {
    const buyer = await machine();
    const { accepts } = await requiredBy(await fetch(accessUrl(buyer)));
    const [offered] = accepts;
    if (offered === undefined) throw new TypeError('nothing is offered');
    const { CounterfactualPurchaseFactory: factory } = market.deployment.contracts;
    if (factory === null) throw new TypeError('no factory');
    const terms = offered.extra.purchase;
    expect(terms).toMatchObject({ licensee: buyer.address, publicKey: buyer.publicKey, refundTo: buyer.address });
    expect(purchaseAddressOf(factory, terms)).toBe(offered.payTo);
    const computed = await market.publicClient.readContract({
      address: factory,
      abi: counterfactualPurchaseFactoryAbi,
      functionName: 'addressOf',
      args: [contractTerms(terms)]
    });
    expect(computed.toLowerCase()).toBe(offered.payTo);
  });

  it('is given all the same when a bystander takes the transfer out and submits it alone', async () => {
    const buyer = await machine();
    const before = await balanceOf(buyer.address);
    const response = await payingFetch(buyer, watched(submitAlone))(accessUrl(buyer));
    expect(response.status).toBe(200);
    const access = accessSchema.parse(await response.json());
    expect(await licensedUntil(buyer.address)).toBe(access.until);
    expect(before - (await balanceOf(buyer.address))).toBe(shop.price * BigInt(access.until - access.from));
  });

  it('takes no payment for what is no longer on sale', async () => {
    const sold = await list('Soon retired');
    const buyer = await machine();
    const before = await balanceOf(buyer.address);
    let nonce: Hex = '0x';
    const response = await payingFetch(
      buyer,
      watched(async ({ payload }) => {
        nonce = payload.authorization.nonce;
        await retire(sold);
      })
    )(accessUrl(buyer, sold));
    expect([402, 410]).toContain(response.status);
    expect(decodePaymentResponseHeader(response.headers.get(paymentHeaders.response) ?? '')).toMatchObject({
      success: false,
      transaction: ''
    });
    expect(await balanceOf(buyer.address)).toBe(before);
    const used = await market.publicClient.readContract({
      address: market.deployment.contracts.DATAcoin,
      abi: datacoinAbi,
      functionName: 'authorizationState',
      args: [buyer.address, nonce]
    });
    expect(used).toBe(false);
  });

  it('pays back what a bystander had submitted for it', async () => {
    const sold = await list('Retired under a payment');
    const buyer = await machine();
    const before = await balanceOf(buyer.address);
    const response = await payingFetch(
      buyer,
      watched(async (payment) => {
        await submitAlone(payment);
        await retire(sold);
      })
    )(accessUrl(buyer, sold));
    expect([402, 410]).toContain(response.status);
    const paid = decodePaymentResponseHeader(response.headers.get(paymentHeaders.response) ?? '');
    expect(paid.success).toBe(false);
    expect(paid.transaction).toMatch(/^0x[0-9a-f]{64}$/);
    expect(await balanceOf(buyer.address)).toBe(before);
    expect(await licensedUntil(buyer.address, sold)).toBe(0);
  });

  it('refuses a payment that was changed, is not covered or cannot be read', async () => {
    const buyer = await machine();
    const poor = await machine(1n);
    const answerTo = async (payer: Machine, change: (payment: PaymentPayload) => unknown) => {
      const required = await fetch(accessUrl(payer));
      let header = '';
      await payingFetch(payer, (input, init) => {
        header = new Request(input, init).headers.get(paymentHeaders.signature) ?? '';
        return Promise.resolve(header === '' ? required : new Response(null, { status: 204 }));
      })(accessUrl(payer));
      const payment = change(decodePaymentHeader(paymentPayloadSchema, header)) as PaymentPayload;
      const response = await fetch(accessUrl(payer), {
        headers: { [paymentHeaders.signature]: encodePaymentHeader(payment) }
      });
      return decodePaymentResponseHeader(response.headers.get(paymentHeaders.response) ?? '').errorReason;
    };
    const before = await balanceOf(buyer.address);
    expect(
      await answerTo(buyer, (payment) => {
        const { payload } = payment;
        return { ...payment, payload: { ...payload, signature: payload.signature.replace(/....$/, '1b1b') } };
      })
    ).toBe('invalid_exact_evm_payload_signature');
    expect(
      await answerTo(buyer, ({ accepted, ...payment }) => {
        const purchase = { ...accepted.extra.purchase, refundTo: stream };
        return { ...payment, accepted: { ...accepted, extra: { ...accepted.extra, purchase } } };
      })
    ).toBe('invalid_exact_evm_payload_recipient_mismatch');
    expect(
      await answerTo(buyer, (payment) => ({ ...payment, accepted: { ...payment.accepted, network: 'eip155:1' } }))
    ).toBe('invalid_network');
    expect(await answerTo(poor, (payment) => payment)).toBe('insufficient_funds');
    expect(await balanceOf(buyer.address)).toBe(before);

    const junk = await fetch(accessUrl(buyer), { headers: { [paymentHeaders.signature]: 'bm9uc2Vuc2U=' } });
    expect(junk.status).toBe(400);
    expect(problemSchema.parse(await junk.json()).type).toBe('/problems/payment-invalid');
    expect((await fetch(api(`/v1/products/${product.productId}/access?licensee=0x12`))).status).toBe(422);
  });

  it('can be settled by anybody where the market took a payment and vanished', async () => {
    const buyer = await machine();
    let terms: PurchaseTerms | undefined;
    const before = await balanceOf(buyer.address);
    await payingFetch(buyer, async (input, init) => {
      const request = new Request(input, init);
      const header = request.headers.get(paymentHeaders.signature);
      if (header === null) return fetch(request);
      const payment = decodePaymentHeader(paymentPayloadSchema, header);
      terms = payment.accepted.extra.purchase;
      await submitAlone(payment);
      return new Response(null, { status: 502 });
    })(accessUrl(buyer));
    if (terms === undefined) throw new TypeError('nothing was paid');
    const { bystander } = shop;
    const settled = await settlePurchase({ market, wallet: bystander, terms, offer: product.offer });
    expect(settled.bought).toBe(true);
    expect(await licensedUntil(buyer.address)).toBe(terms.until);
    expect(before - (await balanceOf(buyer.address))).toBe(settled.paid);
    expect(settled.paid + settled.refunded).toBe(BigInt(terms.amount));
    await expect(settlePurchase({ market, wallet: bystander, terms, offer: product.offer })).rejects.toThrow(
      ContractRefusedError
    );
  });

  it('answers a payment that is sent twice at once, and later, with the one licence; when that ended it asks again', async () => {
    const buyer = await machine();
    let header = '';
    const before = await balanceOf(buyer.address);
    await payingFetch(buyer, (input, init) => {
      const request = new Request(input, init);
      header = request.headers.get(paymentHeaders.signature) ?? '';
      return header === '' ? fetch(request) : Promise.resolve(new Response(null, { status: 502 }));
    })(accessUrl(buyer));
    const send = () => fetch(accessUrl(buyer), { headers: { [paymentHeaders.signature]: header } });
    const answers = await Promise.all([send(), send(), send()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const [access] = await Promise.all(answers.map(async (one) => accessSchema.parse(await one.json())));
    if (access === undefined) throw new TypeError('no access');
    const paid = shop.price * BigInt(access.until - access.from);
    expect(before - (await balanceOf(buyer.address))).toBe(paid);
    expect((await send()).status).toBe(200);

    await running.advance(access.until - Math.floor(running.now() / 1_000) + 60);
    await until(async () => (await fetch(accessUrl(buyer))).status === 402);
    const late = await send();
    expect(late.status).toBe(402);
    expect(decodePaymentResponseHeader(late.headers.get(paymentHeaders.response) ?? '').success).toBe(false);
    expect(before - (await balanceOf(buyer.address))).toBe(paid);
    // The chain's clock is ahead of the client's now: what is asked for holds long enough all the same.
    expect((await payingFetch(buyer)(accessUrl(buyer))).status).toBe(200);
  });
});

describe('the relayer', () => {
  it('sends a transaction that is in no block again, at higher fees and under the same number', async () => {
    const account = privateKeyToAccount(localPrivateKey(6));
    const allowance = new GasAllowance(10_000_000, Date.now);
    const lane = new NonceLane({ account, allowance, logger: pino({ level: 'silent' }), resendAfter: 100 });
    const { publicClient } = market;
    const number = await publicClient.getTransactionCount({ address: account.address });
    await running.rpc('evm_setAutomine', false);
    try {
      const carried = [1, 2].map(() =>
        lane.carry(market, () => Promise.resolve({ to: stream, data: '0x', gas: 100_000n }))
      );
      const waiting = async () => {
        const pool = (await running.rpc('txpool_content')) as {
          pending: Record<string, Record<string, { maxFeePerGas: Hex; hash: Hex }>>;
        };
        const own = Object.entries(pool.pending).find(([from]) => from.toLowerCase() === account.address.toLowerCase());
        return own === undefined ? [] : Object.values(own[1]);
      };
      await until(async () => (await waiting()).length === 2);
      const first = new Map((await waiting()).map((one) => [one.hash, BigInt(one.maxFeePerGas)]));
      await until(async () => (await waiting()).every(({ hash }) => !first.has(hash)));
      const later = await waiting();
      expect(later).toHaveLength(2);
      const least = [...first.values()].reduce((low, fee) => (fee < low ? fee : low));
      for (const { maxFeePerGas } of later) expect(BigInt(maxFeePerGas)).toBeGreaterThan(least);
      expect(lane.size).toBe(2);
      await running.rpc('evm_mine');
      await Promise.all(carried);
    } finally {
      await running.rpc('evm_setAutomine', true);
    }
    expect(await publicClient.getTransactionCount({ address: account.address })).toBe(number + 2);
    expect(lane.size).toBe(0);
    lane.stop();
    await expect(lane.carry(market, () => Promise.resolve({ to: stream, data: '0x', gas: 100_000n }))).rejects.toThrow(
      RelayerBusyError
    );
  });
});
