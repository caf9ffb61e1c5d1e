import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { and, eq, gt } from 'drizzle-orm';
import type { Context, MiddlewareHandler } from 'hono';
import { zeroHash } from 'viem';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { ContractRefusedError, OfferRetiredError, TransactionRevertedError } from '#sdk/actions/chain-errors';
import type { Market } from '#sdk/actions/connect-market';
import { quoteLicense } from '#sdk/actions/quote-license';
import { readLicense } from '#sdk/actions/read-license';
import { purchaseAddressOf, type PurchaseTerms } from '#sdk/protocol/counterfactual-purchase';
import type { Product } from '#sdk/protocol/discovery';
import { accessQuerySchema, accessSchema, type Access } from '#sdk/protocol/machine-purchase';
import { offerOfRecord } from '#sdk/protocol/offer-of-record';
import { bytes32Schema, type Address, type Hex } from '#sdk/protocol/primitives';
import { problemMediaType } from '#sdk/protocol/problem';
import {
  decodePaymentHeader,
  encodePaymentHeader,
  paymentHeaders,
  paymentPayloadSchema,
  x402Version,
  type PaymentPayload,
  type PaymentRequired,
  type PaymentRequirements,
  type SettlementResponse
} from '#sdk/protocol/x402';
import { PaymentRefusedError, RelayerMissingError } from '../relayer/errors.ts';
import type { Relayer, SettledPayment } from '../relayer/relayer.ts';
import { license as licenses } from '../schema.ts';
import type { View } from '../search/view.ts';
import type { ServerEnvironment } from './environment.ts';
import { IdempotentAnswers } from './idempotency.ts';
import { answer, refusals } from './openapi.ts';
import { problemOf, RequestInvalidError } from './problems.ts';
import { paymentDomain } from './purchases-domain.ts';
import { checkAttestation, offerOf, productOf } from './purchases-offers.ts';
import { rateLimiter } from './rate-limit.ts';
import { createRoutes } from './routes.ts';
import type { Services } from './services.ts';

type AccessQuery = z.output<typeof accessQuerySchema>;

/** Seconds that a payer has to sign and send, and that the quoted end still adds the shortest period after that. */
const paymentTime = 120;
const inclusion = paymentTime + 30;
/** Offers of one product that a licensee may hold licences to and that are asked about. */
const mostOffers = 8;

const access = createRoute({
  method: 'get',
  path: '/v1/products/{productId}/access',
  operationId: 'getAccess',
  summary: 'Access to a product, paid by x402',
  description:
    'With a running licence: what it is and where its streams are. Without: 402 with what to pay (x402 version 2, scheme ' +
    'exact, DATAcoin by ERC-3009); an x402 client pays and asks again by itself. The address that is paid commits to ' +
    'exactly this licence (extra.purchase): whoever sees the payment cannot divert it, it is taken only in the ' +
    'transaction that buys, and what is too much flows back. Clients allow DATAcoin in their spending controls.',
  tags: ['purchases'],
  request: {
    params: z.object({ productId: bytes32Schema }),
    query: accessQuerySchema,
    headers: z.object({
      'payment-signature': z.string().optional().openapi({ description: 'The payment: JSON in base64.' })
    })
  },
  responses: { ...answer('The licence runs.', accessSchema), ...refusals(400, 402, 404, 409, 410, 422, 429, 503, 504) }
});

/** GET /v1/products/{productId}/access. */
export function accessRoutes(services: Services): OpenAPIHono<ServerEnvironment> {
  const { view, relayer } = services;
  const routes = createRoutes();
  const settled = new IdempotentAnswers<SettledPayment>(services.clock);
  const quotes = rateLimiter(services.limits.quote, services.clock);
  const payments = rateLimiter(services.limits.relay, services.clock);
  routes.openAPIRegistry.registerPath(access);
  // Both ask the chain; a payment costs gas too.
  const limited: MiddlewareHandler<ServerEnvironment> = (context, next) =>
    (context.req.header(paymentHeaders.signature) === undefined ? quotes : payments)(context, next);
  routes.use('/v1/products/:productId/access', limited);

  routes.get('/v1/products/:productId/access', async (context) => {
    context.header('Cache-Control', 'private, no-store');
    const { productId } = parse(access.request.params, context.req.param());
    const query = parse(accessQuerySchema, context.req.query());
    const product = await productOf(view, productId);
    const market = await services.market();
    const payment = context.req.header(paymentHeaders.signature);
    const held = await runningLicense(view, market, product, query.licensee);
    if (held !== null && query.renew === 'false') return context.json(accessOf(market, product, held), 200);
    if (relayer === null || market.deployment.contracts.CounterfactualPurchaseFactory === null) {
      throw new RelayerMissingError();
    }
    const quoting = { context, services, market, product, query };
    if (payment === undefined) {
      return paymentRequired(quoting, 'A licence costs DATAcoin. Pay what is asked for and ask again.');
    }
    return pay({ ...quoting, relayer, settled }, decodePaymentHeader(paymentPayloadSchema, payment));
  });
  return routes;
}

interface Quoting {
  readonly context: Context<ServerEnvironment>;
  readonly services: Services;
  readonly market: Market;
  readonly product: Product;
  readonly query: AccessQuery;
}
interface Paying extends Quoting {
  readonly relayer: Relayer;
  readonly settled: IdempotentAnswers<SettledPayment>;
}

/** A licence that runs now by the word of the chain. */
interface RunningLicense {
  readonly offerId: Hex;
  readonly licensee: Address;
  readonly from: number;
  readonly until: number;
  readonly streams: readonly Address[];
  readonly publicKey: Hex | null;
  readonly transactionHash: Hex | null;
}

/** Takes a payment and buys, or says why not; a refused payment is answered with what would be taken. */
async function pay(paying: Paying, payment: PaymentPayload): Promise<Response> {
  const { context, services, market, product, query, relayer, settled } = paying;
  const network = networkOf(market);
  const payer = payment.payload.authorization.from;
  const terms = payment.accepted.extra.purchase;
  const { payTo } = payment.accepted;
  const refuse = (reason: string, detail: string, transaction: Hex | '' = '') =>
    paymentRequired(paying, detail, reason, { success: false, errorReason: reason, payer, transaction, network });
  let outcome: SettledPayment;
  const carried = { now: false };
  try {
    checkPayment(market, query, payment);
    const offer = await offerOf(services.view, terms.offerId);
    if (offer.productId !== product.productId) {
      throw new PaymentRefusedError('invalid_payment_requirements', 'It pays for another product.');
    }
    outcome = await settled.once(`${payTo} ${payer} ${payment.payload.authorization.nonce}`, '', () => {
      carried.now = true;
      return relayer.settle(market, offerOfRecord(offer), terms, payment);
    });
  } catch (error) {
    if (!(error instanceof PaymentRefusedError || error instanceof TransactionRevertedError)) throw error;
    // Somebody else may have settled it meanwhile: then all is well.
    const bought = await boughtBefore(services.view, market, product, terms);
    if (bought !== null && (await isSpent(market, payment))) {
      return granted(context, accessOf(market, product, bought), {
        payer,
        network,
        transaction: bought.transactionHash
      });
    }
    return refuse(error instanceof PaymentRefusedError ? error.reason : 'unexpected_settle_error', error.message);
  }
  const { transactionHash, purchase, refunded } = outcome;
  if (purchase === null) {
    return refuse(
      'invalid_transaction_state',
      `The licence could not be bought any more; ${String(refunded)} wei flowed back to ${terms.refundTo}.`,
      transactionHash
    );
  }
  // Asked again with a payment that was taken: it is good for the licence that it bought, while that runs.
  if (!carried.now && (await runningLicense(services.view, market, product, terms.licensee)) === null) {
    return refuse('invalid_transaction_state', 'What this payment bought has ended. Pay again.', transactionHash);
  }
  const { offerId, licensee, from, until } = purchase;
  const { streams } = await offerOf(services.view, offerId);
  const bought = { offerId, licensee, from, until, streams, publicKey: terms.publicKey, transactionHash };
  return granted(context, accessOf(market, product, bought), { payer, network, transaction: transactionHash });
}

/**
 * Whether a payment is for what its terms and the request say; the chain says whether it is good.
 *
 * @throws {@link PaymentRefusedError}
 */
function checkPayment(market: Market, query: AccessQuery, { accepted, payload }: PaymentPayload): void {
  const { DATAcoin, CounterfactualPurchaseFactory: factory } = market.deployment.contracts;
  const { authorization } = payload;
  const terms = accepted.extra.purchase;
  if (accepted.network !== networkOf(market)) {
    throw new PaymentRefusedError('invalid_network', `This market is on ${networkOf(market)}.`);
  }
  if (factory === null) throw new RelayerMissingError();
  if (authorization.to !== purchaseAddressOf(factory, terms) || accepted.payTo !== authorization.to) {
    throw new PaymentRefusedError(
      'invalid_exact_evm_payload_recipient_mismatch',
      'The address that it pays is not the one of the purchase that was accepted.'
    );
  }
  if (authorization.value !== terms.amount || accepted.amount !== terms.amount) {
    throw new PaymentRefusedError(
      'invalid_exact_evm_payload_authorization_value',
      'It pays another amount than was asked for.'
    );
  }
  const same =
    accepted.asset === DATAcoin &&
    terms.licensee === query.licensee &&
    terms.publicKey === query.publicKey &&
    terms.attestation === (query.attestation ?? zeroHash) &&
    terms.refundTo === (query.refundTo ?? query.licensee);
  if (!same) {
    throw new PaymentRefusedError(
      'invalid_payment_requirements',
      'It pays for another licensee, key or attestation than the request names. Send it with the request it was asked for.'
    );
  }
}

/** 402 with what would be taken now; with the reason, where a payment came and was not taken. */
async function paymentRequired(
  quoting: Quoting,
  detail: string,
  error?: string,
  failed?: SettlementResponse
): Promise<Response> {
  const { context, services } = quoting;
  if (failed !== undefined) context.header(paymentHeaders.response, encodePaymentHeader(failed));
  let required: PaymentRequired;
  try {
    required = await requirementsOf(quoting, error ?? `${paymentHeaders.signature} header is required`);
  } catch (cause) {
    if (failed === undefined) throw cause;
    // It is on sale no more: nothing would be taken instead of the payment that was refused.
    const problem = problemOf(cause, services.logger);
    context.header('Content-Type', problemMediaType);
    return context.body(
      JSON.stringify({ ...problem, detail: `${detail} ${problem.detail ?? ''}` }),
      problem.status as 410
    );
  }
  context.header(paymentHeaders.required, encodePaymentHeader(required));
  context.header('Content-Type', problemMediaType);
  const problem = { type: '/problems/payment-required', title: 'Payment is required', status: 402, detail };
  return context.body(JSON.stringify({ ...problem, paymentRequired: required }), 402);
}

/**
 * @throws {@link OfferRetiredError}, {@link ContractRefusedError} where nobody could buy it, so that nobody is asked to
 * pay; {@link ChainUnreachableError}
 */
async function requirementsOf(quoting: Quoting, error: string): Promise<PaymentRequired> {
  const { context, services, market, product, query } = quoting;
  const { offer: record } = product;
  const { licensee, publicKey, attestation = zeroHash, refundTo = licensee } = query;
  const { DATAcoin, CounterfactualPurchaseFactory: factory } = market.deployment.contracts;
  if (factory === null) throw new RelayerMissingError();
  if (!record.listed) throw new OfferRetiredError(record.offerId);
  const offer = offerOfRecord(record);
  const { now, until: runningUntil } = await readLicense({ market, offerId: record.offerId, account: licensee });
  await checkAttestation(market, offer, { attestation, licensee, now });
  const quote = quoteLicense({ offer, seconds: query.period, now, runningUntil, inclusion });
  if (quote.until > quote.latest) {
    throw new ContractRefusedError('PeriodTooLong', [BigInt(quote.until), BigInt(quote.latest)]);
  }
  const terms: PurchaseTerms = {
    offerId: record.offerId,
    licensee,
    position: record.position,
    until: quote.until,
    publicKey,
    attestation,
    amount: String(quote.price),
    refundTo
  };
  const { name, version } = await paymentDomain(market);
  // Payers count by their own clocks, the chain by its own: where that is ahead, a payment has to hold longer.
  const ahead = Math.max(0, now - Math.floor(services.clock() / 1_000));
  const accepts: PaymentRequirements = {
    scheme: 'exact',
    network: networkOf(market),
    amount: terms.amount,
    asset: DATAcoin,
    payTo: purchaseAddressOf(factory, terms),
    maxTimeoutSeconds: paymentTime + ahead,
    extra: { name, version, assetTransferMethod: 'eip3009', purchase: terms }
  };
  const sold = product.document?.name ?? product.productId;
  return {
    x402Version,
    error,
    resource: {
      url: `${market.marketUrl}${context.req.path}${new URL(context.req.url).search}`.slice(0, 4_000),
      description: `A licence to ${sold} until ${new Date(quote.until * 1_000).toISOString()}`.slice(0, 1_000),
      mimeType: 'application/json'
    },
    accepts: [accepts]
  };
}

/** The licensee's licence to any offer of the product; the index knows which to ask the chain about. */
async function runningLicense(
  view: View,
  market: Market,
  product: Product,
  licensee: Address
): Promise<RunningLicense | null> {
  const rows = await view.database
    .select()
    .from(licenses)
    .where(
      and(eq(licenses.product, product.productId), eq(licenses.licensee, licensee), gt(licenses.until, view.now()))
    )
    .limit(mostOffers);
  const offerIds = [...new Set([product.offer.offerId, ...rows.map((row) => row.offer)])];
  for (const offerId of offerIds) {
    const { from, until, now } = await readLicense({ market, offerId, account: licensee });
    if (until <= now) continue;
    const row = rows.find((one) => one.offer === offerId && one.until === until);
    const { streams } = offerId === product.offer.offerId ? product.offer : await offerOf(view, offerId);
    const { publicKey = null, transactionHash = null } = row ?? {};
    return { offerId, licensee, from, until, streams, publicKey, transactionHash };
  }
  return null;
}

/** The licence that the terms name, if it runs at least as long. */
async function boughtBefore(
  view: View,
  market: Market,
  product: Product,
  terms: PurchaseTerms
): Promise<RunningLicense | null> {
  const held = await runningLicense(view, market, product, terms.licensee);
  return held !== null && held.offerId === terms.offerId && held.until >= terms.until ? held : null;
}

/** Whether the payment was made, by whomever. */
async function isSpent(market: Market, { payload: { authorization } }: PaymentPayload): Promise<boolean> {
  return market.publicClient.readContract({
    address: market.deployment.contracts.DATAcoin,
    abi: datacoinAbi,
    functionName: 'authorizationState',
    args: [authorization.from, authorization.nonce]
  });
}

function granted(
  context: Context<ServerEnvironment>,
  body: Access,
  paid: { readonly payer: Address; readonly network: string; readonly transaction: Hex | null }
): Response {
  const { payer, network, transaction } = paid;
  const response: SettlementResponse = { success: true, payer, transaction: transaction ?? '', network };
  context.header(paymentHeaders.response, encodePaymentHeader(response));
  return context.json(body, 200);
}

function accessOf(market: Market, product: Product, held: RunningLicense): Access {
  const { streams, ...license } = held;
  return {
    productId: product.productId,
    ...license,
    broker: { url: market.brokerUrl, webSocket: market.webSocketUrl, session: sessionOf(market, license.licensee) },
    streams: streams.map((stream) => ({
      stream,
      grants: `${market.brokerUrl}/v1/streams/${stream}/grants?licensee=${license.licensee}`,
      history: `${market.brokerUrl}/v1/streams/${stream}/events`,
      live: `${market.brokerUrl}/v1/streams/${stream}/events/live`
    }))
  };
}

/** How the licensee signs in at the broker, which gives events to nobody else. */
function sessionOf({ brokerUrl, webSocketUrl }: Market, licensee: Address): Access['broker']['session'] {
  const url = `${brokerUrl}/v1/session`;
  return {
    url,
    steps: [
      `GET ${url} for a nonce, a domain and a chain id.`,
      `Sign an EIP-4361 message with them and ${licensee} as its address (personal_sign), URI ${brokerUrl}, version 1.`,
      `POST {"message", "signature"} to ${url}: the answer holds a token, which is good until its "until" (Unix milliseconds).`,
      'GET a stream\'s "history" or "live" with the header Authorization: Bearer <token>.',
      `Or over one WebSocket, ${webSocketUrl}: send {"type":"resume","id":1,"token":<token>}, then per stream ` +
        `{"type":"subscribe","id":2,"stream":<stream>,"licensee":"${licensee}"}; its grants come with it.`,
      'Open the grants with the private half of the public key: their keys decrypt the events. The sdk does all of this.'
    ]
  };
}

const networkOf = (market: Market): string => `eip155:${String(market.chainId)}`;

/** @throws {@link RequestInvalidError} */
function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new RequestInvalidError(parsed.error.issues);
  return parsed.data;
}
