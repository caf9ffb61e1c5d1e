import * as z from 'zod';
import { authorizationSchema } from './authorization.ts';
import { addressSchema, bytes32Schema, hexSchema, secondsSchema, weiSchema } from './primitives.ts';

/** Shapes of buying over HTTP without a person: prepared, relayed, or paid by x402. */

/** Seconds that a licence shall at least last. */
const periodSchema = z.coerce
  .number()
  .pipe(z.int().min(1).max(157_680_000))
  .describe('Seconds that the licence shall at least last; it ends on the next boundary of the offer.');
const publicKeySchema = bytes32Schema.describe('X25519 public key to which grants are sealed; keep its private half.');
const attestationSchema = bytes32Schema.describe("EAS uid of the licensee's attestation, where the offer demands one.");

/** POST /v1/purchases/prepare */
export const prepareRequestSchema = z.object({
  productId: bytes32Schema,
  /** Pays and will hold the licence. */
  buyer: addressSchema,
  publicKey: publicKeySchema,
  period: periodSchema,
  attestation: attestationSchema.optional(),
  /** How the buyer pays: it sends a transaction itself, or signs one payment for a relayer to carry. */
  pay: z.enum(['transaction', 'authorization']).default('authorization')
});

/** A call for the buyer to send; `value` is ether wei. */
const transactionSchema = z.object({
  chainId: z.int(),
  from: addressSchema,
  to: addressSchema,
  data: hexSchema,
  value: weiSchema,
  /** What it does, in words. */
  does: z.string()
});
export type PreparedTransaction = z.infer<typeof transactionSchema>;

/** EIP-712 typed data as eth_signTypedData_v4 takes it. */
const typedDataSchema = z.object({
  domain: z.object({
    name: z.string(),
    version: z.string(),
    chainId: z.int(),
    verifyingContract: addressSchema
  }),
  types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
  primaryType: z.literal('ReceiveWithAuthorization'),
  message: z.object({
    from: addressSchema,
    to: addressSchema,
    value: weiSchema,
    validAfter: z.string(),
    validBefore: z.string(),
    nonce: bytes32Schema
  })
});

const quotedSchema = z.object({
  productId: bytes32Schema,
  offerId: bytes32Schema,
  /** Unix seconds: now, or the end of the running licence; and the end that is bought. */
  from: secondsSchema,
  until: secondsSchema,
  /** DATAcoin wei; mined later it costs less by the seconds that have passed. */
  price: weiSchema
});

export const preparedPurchaseSchema = z.discriminatedUnion('pay', [
  quotedSchema.extend({
    pay: z.literal('transaction'),
    /** One or two, in this order: the first allows the payment where that was not done before. */
    transactions: z.array(transactionSchema).min(1).max(2)
  }),
  quotedSchema.extend({
    pay: z.literal('authorization'),
    /** What the buyer signs. */
    typedData: typedDataSchema,
    /** Body of POST /v1/purchases but for the signature. */
    purchase: authorizationSchema.omit({ signature: true })
  })
]);
export type PreparedPurchase = z.infer<typeof preparedPurchaseSchema>;

/** POST /v1/purchases */
export const purchaseRequestSchema = authorizationSchema;

/** A purchase that was carried to the chain. */
export const relayedPurchaseSchema = z.object({
  transactionHash: bytes32Schema,
  blockNumber: z.int(),
  productId: bytes32Schema,
  offerId: bytes32Schema,
  licensee: addressSchema,
  /** Unix seconds: the range that was added. */
  from: secondsSchema,
  until: secondsSchema,
  /** DATAcoin wei, fee included. */
  paid: weiSchema
});
export type RelayedPurchase = z.infer<typeof relayedPurchaseSchema>;

/** GET /v1/products/{productId}/access */
export const accessQuerySchema = z.object({
  licensee: addressSchema.describe('Who shall read.'),
  publicKey: publicKeySchema,
  period: periodSchema,
  attestation: attestationSchema.optional(),
  refundTo: addressSchema
    .optional()
    .describe(
      'Receives what was paid too much, or everything where the licence cannot be bought; the licensee by default.'
    ),
  renew: z
    .enum(['true', 'false'])
    .default('false')
    .describe('"true": asks for payment also while a licence runs, and adds to it.')
});

/** Where a licensee finds one stream of a product. Addresses are absolute. */
const streamAccessSchema = z.object({
  stream: addressSchema,
  /** GET: keys, sealed to the licence's public key; there within seconds of the purchase. */
  grants: z.string(),
  /** GET, with the session's token where the stream is not public: stored events as lines of JSON. */
  history: z.string(),
  /** GET, likewise: live events as server-sent events. */
  live: z.string()
});

/** How a licensee reads, which is asked to sign in: EIP-4361, ERC-1271. */
const sessionAccessSchema = z.object({
  /** GET: the challenge; POST: the signed message, for the session and its token. */
  url: z.string(),
  /** What to do, in words and in this order. */
  steps: z.array(z.string())
});

export const accessSchema = z.object({
  productId: bytes32Schema,
  offerId: bytes32Schema,
  licensee: addressSchema,
  /** Unix seconds. */
  from: secondsSchema,
  until: secondsSchema,
  /** Key of the latest purchase that is known; null where the index has not seen it yet. */
  publicKey: bytes32Schema.nullable(),
  /** Transaction of that purchase. */
  transactionHash: bytes32Schema.nullable(),
  /** The broker of this market: where to publish and subscribe, over WebSocket and HTTP. */
  broker: z.object({ url: z.string(), webSocket: z.string(), session: sessionAccessSchema }),
  streams: z.array(streamAccessSchema)
});
export type Access = z.infer<typeof accessSchema>;
