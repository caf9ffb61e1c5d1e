import * as z from 'zod';
import { fromBase64, toBase64 } from './base64.ts';
import { purchaseTermsSchema } from './counterfactual-purchase.ts';
import { addressSchema, bytes32Schema, hexUpTo, weiSchema } from './primitives.ts';
import { TributaryError } from './problem.ts';

/**
 * The messages of x402, version 2 (https://www.x402.org, x402-specification-v2 and transports-v2/http): scheme "exact"
 * on EVM chains, paid by ERC-3009 transferWithAuthorization. Each travels in a header, as JSON in base64.
 */

export const x402Version = 2;

/** The headers of the HTTP transport. */
export const paymentHeaders = {
  /** With status 402: what would be accepted ({@link PaymentRequired}). */
  required: 'PAYMENT-REQUIRED',
  /** With the request that pays ({@link PaymentPayload}). */
  signature: 'PAYMENT-SIGNATURE',
  /** With the answer to it ({@link SettlementResponse}). */
  response: 'PAYMENT-RESPONSE'
} as const;

/** Characters that a payment may have; Node takes headers of 16 KiB together. */
const headerLimit = 12_000;

/** Unix seconds as the authorisation has them: decimal digits, also far beyond any time. */
const timeSchema = z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/, 'must be Unix seconds in decimal digits');

/** What a payment must be, and how it is signed. */
export const paymentRequirementsSchema = z.object({
  scheme: z.literal('exact'),
  /** CAIP-2, such as "eip155:31337". */
  network: z.string().regex(/^eip155:[1-9][0-9]{0,15}$/, 'must be eip155: and the number of a chain'),
  /** DATAcoin wei. */
  amount: weiSchema,
  /** DATAcoin. */
  asset: addressSchema,
  /** The address that commits to the terms (purchaseAddressOf). */
  payTo: addressSchema,
  /** Seconds for which a payment should hold. */
  maxTimeoutSeconds: z.int().positive(),
  extra: z.object({
    /** EIP-712 domain of the token. */
    name: z.string().max(100),
    version: z.string().max(20),
    assetTransferMethod: z.literal('eip3009').optional(),
    /** What payTo commits to; the payer checks it. */
    purchase: purchaseTermsSchema
  })
});
export type PaymentRequirements = z.infer<typeof paymentRequirementsSchema>;

const resourceSchema = z.object({
  url: z.string().max(4_000),
  description: z.string().max(1_000).optional(),
  mimeType: z.string().max(100).optional()
});

/** The 402 answer. */
export const paymentRequiredSchema = z.object({
  x402Version: z.literal(x402Version),
  /** Why payment is required, or why the one that came was not taken. */
  error: z.string().optional(),
  resource: resourceSchema,
  accepts: z.array(paymentRequirementsSchema).min(1)
});
export type PaymentRequired = z.infer<typeof paymentRequiredSchema>;

/** A payment by ERC-3009. */
export const paymentPayloadSchema = z.object({
  x402Version: z.literal(x402Version),
  resource: resourceSchema.nullish(),
  accepted: paymentRequirementsSchema,
  payload: z.object({
    /** 65 bytes r, s, v, or what the payer's contract answers for (ERC-1271). */
    signature: hexUpTo(2_048),
    authorization: z.object({
      from: addressSchema,
      to: addressSchema,
      value: weiSchema,
      validAfter: timeSchema,
      validBefore: timeSchema,
      nonce: bytes32Schema
    })
  })
});
export type PaymentPayload = z.infer<typeof paymentPayloadSchema>;

/** What became of a payment. */
export const settlementResponseSchema = z.object({
  success: z.boolean(),
  /** A code of x402, where it did not succeed. */
  errorReason: z.string().optional(),
  payer: addressSchema.optional(),
  /** Hash of the transaction; empty where there is none. */
  transaction: z.union([bytes32Schema, z.literal('')]),
  network: z.string()
});
export type SettlementResponse = z.infer<typeof settlementResponseSchema>;

/** A payment that is none by the specification. */
export class PaymentInvalidError extends TributaryError {
  readonly code = 'payment-invalid';
  readonly title = 'The payment cannot be read';
}

/** A message of x402 as the value of its header. */
export function encodePaymentHeader(message: PaymentRequired | PaymentPayload | SettlementResponse): string {
  return toBase64(new TextEncoder().encode(JSON.stringify(message)));
}

/**
 * The message in the value of a header.
 *
 * @param schema - One of this file.
 * @throws {@link PaymentInvalidError}
 */
export function decodePaymentHeader<Schema extends z.ZodType>(schema: Schema, value: string): z.output<Schema> {
  const bytes = value.length > headerLimit ? undefined : fromBase64(value.trim());
  let json: unknown;
  try {
    json = bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    json = undefined;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [fault] = parsed.error.issues;
  const where = fault === undefined || fault.path.length === 0 ? '' : ` At ${fault.path.join('.')}: ${fault.message}.`;
  throw new PaymentInvalidError(
    `Send a payment of x402, version 2, scheme exact by ERC-3009, as JSON in base64, with what was offered as accepted.${where}`
  );
}
