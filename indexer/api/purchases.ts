import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { bodyLimit } from 'hono/body-limit';
import { encodeFunctionData, zeroHash } from 'viem';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { permitPeriod, readAllowance } from '#sdk/actions/allow-payment';
import type { BuyLicenseReturnType } from '#sdk/actions/buy-license';
import { ContractRefusedError, TransactionRevertedError } from '#sdk/actions/chain-errors';
import { checkPurchase } from '#sdk/actions/check-purchase';
import type { Market } from '#sdk/actions/connect-market';
import { readLicense } from '#sdk/actions/read-license';
import { authorizationNonceOf, type PurchaseAuthorization } from '#sdk/protocol/authorization';
import {
  prepareRequestSchema,
  preparedPurchaseSchema,
  purchaseRequestSchema,
  relayedPurchaseSchema,
  type PreparedPurchase,
  type PreparedTransaction,
  type RelayedPurchase
} from '#sdk/protocol/machine-purchase';
import { contractOffer, type Offer } from '#sdk/protocol/offer';
import { offerOfRecord } from '#sdk/protocol/offer-of-record';
import { purchaseTypedData } from '#sdk/protocol/purchase-typed-data';
import { RelayerMissingError } from '../relayer/errors.ts';
import { license, purchase as purchases } from '../schema.ts';
import type { View } from '../search/view.ts';
import { ContentTooLargeError } from './content.ts';
import type { ServerEnvironment } from './environment.ts';
import { IdempotentAnswers } from './idempotency.ts';
import { answer, refusals } from './openapi.ts';
import { paymentDomain } from './purchases-domain.ts';
import { checkAttestation, offerOf, productOf } from './purchases-offers.ts';
import { rateLimiter } from './rate-limit.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';

/** Bytes of a request: a signature of 16 KiB in hexadecimal, and the rest. */
const largestRequest = 64 * 1024;

const prepare = createRoute({
  method: 'post',
  path: '/v1/purchases/prepare',
  operationId: 'preparePurchase',
  summary: 'Prepare a purchase',
  description:
    'What a buyer has to do for a licence: transactions to send (pay: "transaction"), or typed data to sign (EIP-712) ' +
    'with which a relayer buys for it (ERC-3009; pay: "authorization"), so that it needs no ether. Nothing is reserved.',
  tags: ['purchases'],
  request: { body: { required: true, content: { 'application/json': { schema: prepareRequestSchema } } } },
  responses: {
    ...answer('What the buyer sends or signs.', preparedPurchaseSchema),
    ...refusals(400, 402, 404, 409, 410, 413, 415, 422, 429, 503)
  }
});

const relay = createRoute({
  method: 'post',
  path: '/v1/purchases',
  operationId: 'relayPurchase',
  summary: 'Relay a purchase',
  description:
    'Carries a purchase that its buyer signed to the chain and pays the gas. Whoever carries it can change nothing. It is ' +
    'tried first: what would fail is refused, and nothing is paid. Asked again, with or without an Idempotency-Key, the ' +
    'same purchase is answered as the first time.',
  tags: ['purchases'],
  request: {
    headers: z.object({ 'idempotency-key': z.string().min(1).max(255).optional() }),
    body: { required: true, content: { 'application/json': { schema: purchaseRequestSchema } } }
  },
  responses: {
    201: { description: 'Bought.', content: { 'application/json': { schema: relayedPurchaseSchema } } },
    ...refusals(400, 404, 409, 410, 413, 415, 422, 429, 503, 504)
  }
});

/** Refusals that mean that the same purchase may have been made already. */
const doneBefore = new Set(['ERC3009UsedAuthorization', 'PeriodTooShort']);

/** Prepared and relayed purchases. */
export function purchaseRoutes(services: Services): OpenAPIHono<ServerEnvironment> {
  const { view, relayer } = services;
  const routes = createRoutes();
  const byKey = new IdempotentAnswers<RelayedPurchase>(services.clock);
  const byNonce = new IdempotentAnswers<RelayedPurchase>(services.clock);
  routes.use('/v1/purchases', rateLimiter(services.limits.relay, services.clock));
  const bounded = bodyLimit({
    maxSize: largestRequest,
    onError: () => {
      throw new ContentTooLargeError(`A request may have ${String(largestRequest)} bytes.`);
    }
  });
  routes.use('/v1/purchases/prepare', rateLimiter(services.limits.quote, services.clock));
  routes.use('/v1/purchases', bounded);
  routes.use('/v1/purchases/prepare', bounded);

  routes.openapi(prepare, async (context) => {
    const { productId, buyer, publicKey, period, attestation = zeroHash, pay } = context.req.valid('json');
    const { offer: record } = await productOf(view, productId);
    const offer = offerOfRecord(record);
    const market = await services.market();
    const { position } = record;
    const checked = await checkPurchase({
      market,
      offer,
      position,
      period: { seconds: period },
      payer: buyer,
      licensee: buyer
    });
    const { offerId, until, price, now } = checked;
    await checkAttestation(market, offer, { attestation, licensee: buyer, now });
    const running = await readLicense({ market, offerId, account: buyer });
    const quoted = { productId, offerId, from: Math.max(running.until, now), until, price: String(price) };
    context.header('Cache-Control', 'no-store');
    if (pay === 'transaction') {
      const bought = { position: BigInt(position), until: BigInt(until), publicKey, attestation };
      const transactions = await transactionsOf(market, { buyer, offer, price, bought });
      return context.json({ ...quoted, pay, transactions } satisfies PreparedPurchase, 200);
    }
    const purchase = {
      offerId,
      position,
      until,
      publicKey,
      attestation,
      buyer,
      value: String(price),
      validAfter: 0,
      validBefore: now + permitPeriod
    };
    const domain = await paymentDomain(market);
    const { DataLicense } = market.deployment.contracts;
    const { types, primaryType, message } = purchaseTypedData(domain, DataLicense, purchase);
    const typedData = {
      domain,
      types: { ReceiveWithAuthorization: types.ReceiveWithAuthorization.map((field) => ({ ...field })) },
      primaryType,
      message: {
        ...message,
        value: String(message.value),
        validAfter: String(message.validAfter),
        validBefore: String(message.validBefore)
      }
    };
    return context.json({ ...quoted, pay, typedData, purchase } satisfies PreparedPurchase, 200);
  });

  routes.openapi(relay, async (context) => {
    if (relayer === null) throw new RelayerMissingError();
    const authorization = context.req.valid('json');
    const key = context.req.valid('header')['idempotency-key'];
    const { offerId, buyer, until, publicKey, attestation } = authorization;
    const nonce = authorizationNonceOf(offerId, buyer, { until: BigInt(until), publicKey, attestation });
    const carryOnce = () =>
      byNonce.once(nonce, '', async () => {
        const offer = offerOfRecord(await offerOf(view, offerId));
        const market = await services.market();
        try {
          return relayedOf(await relayer.buy(market, offer, authorization));
        } catch (error) {
          const before = mayBeDone(error) ? await madeBefore(view, authorization) : undefined;
          if (before === undefined) throw error;
          return before;
        }
      });
    const relayed = await (key === undefined ? carryOnce() : byKey.once(key, JSON.stringify(authorization), carryOnce));
    return context.json(relayed, 201, {
      Location: `/v1/licenses?offerId=${relayed.offerId}&licensee=${relayed.licensee}`,
      'Cache-Control': 'no-store'
    });
  });
  return routes;
}

/** What the buyer sends: where it did not allow the payment before, it does so for exactly the price first. */
async function transactionsOf(
  market: Market,
  purchase: {
    readonly buyer: `0x${string}`;
    readonly offer: Offer;
    readonly price: bigint;
    readonly bought: Parameters<typeof buyData>[1];
  }
): Promise<PreparedTransaction[]> {
  const { buyer, offer, price, bought } = purchase;
  const { DATAcoin, DataLicense } = market.deployment.contracts;
  const common = { chainId: market.chainId, from: buyer, value: '0' };
  const buying: PreparedTransaction = {
    ...common,
    to: DataLicense,
    data: buyData(offer, bought),
    does: `Buys a licence until ${new Date(Number(bought.until) * 1_000).toISOString()} for at most ${String(price)} wei of DATAcoin.`
  };
  if (price === 0n || (await readAllowance(market, buyer, DataLicense)) >= price) return [buying];
  const allowing: PreparedTransaction = {
    ...common,
    to: DATAcoin,
    data: encodeFunctionData({ abi: datacoinAbi, functionName: 'approve', args: [DataLicense, price] }),
    does: `Lets the contract that sells licences take exactly ${String(price)} wei of DATAcoin.`
  };
  return [allowing, buying];
}

function buyData(
  offer: Offer,
  bought: {
    readonly position: bigint;
    readonly until: bigint;
    readonly publicKey: `0x${string}`;
    readonly attestation: `0x${string}`;
  }
) {
  return encodeFunctionData({ abi: dataLicenseAbi, functionName: 'buy', args: [contractOffer(offer), bought] });
}

function relayedOf(bought: BuyLicenseReturnType): RelayedPurchase {
  return { ...bought, blockNumber: Number(bought.blockNumber), paid: String(bought.paid) };
}

function mayBeDone(error: unknown): boolean {
  return (
    error instanceof TransactionRevertedError ||
    (error instanceof ContractRefusedError && error.reason !== undefined && doneBefore.has(error.reason))
  );
}

/** The same purchase as the index knows it, whoever carried it. */
async function madeBefore(view: View, authorization: PurchaseAuthorization): Promise<RelayedPurchase | undefined> {
  const { offerId, buyer, until, publicKey } = authorization;
  const [row] = await view.database
    .select({ purchase: purchases, license })
    .from(purchases)
    .innerJoin(license, eq(license.id, purchases.license))
    .where(
      and(
        eq(license.offer, offerId),
        eq(license.licensee, buyer),
        eq(purchases.payer, buyer),
        eq(purchases.until, until),
        eq(purchases.publicKey, publicKey)
      )
    )
    .limit(1);
  if (row === undefined) return undefined;
  return {
    transactionHash: row.purchase.transactionHash,
    blockNumber: row.purchase.block,
    productId: row.license.product,
    offerId,
    licensee: buyer,
    from: row.purchase.from,
    until,
    paid: row.purchase.paid
  };
}
