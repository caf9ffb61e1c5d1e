import * as z from 'zod';
import { addressSchema, bytes32Schema, hexSchema, secondsSchema } from '../primitives.ts';
import { blockSchema, wholeSchema } from './chain-values.ts';
import { cursorSchema, limitSchema, page, truthSchema } from './lists.ts';

/** What an attester says of an account at the Ethereum Attestation Service. What it is worth depends on the attester. */
export const attestationSchema = z.object({
  /** EAS uid. */
  uid: bytes32Schema,
  schema: bytes32Schema,
  /** Which of the market's schemas it is; null for one that this deployment does not name. */
  name: z.enum(['domain', 'organisation', 'ensName', 'knownBuyer']).nullable(),
  /** What it says, by the fields of that schema; null where its data are not what the schema says. */
  statement: z.record(z.string(), z.string()).nullable(),
  recipient: addressSchema,
  attester: addressSchema,
  /** Unix seconds in decimal digits; "0" never expires. */
  expirationTime: wholeSchema,
  /** ABI-encoded by the schema; null where longer than 4,096 bytes. */
  data: hexSchema.nullable(),
  /** Unix seconds; null where it was not revoked. */
  revokedAt: secondsSchema.nullable(),
  /** Neither revoked nor expired now. */
  valid: z.boolean(),
  recordedAt: blockSchema
});
export type AttestationRecord = z.infer<typeof attestationSchema>;
export const attestationQuerySchema = z.object({
  recipient: addressSchema.optional(),
  attester: addressSchema.optional(),
  schema: bytes32Schema.optional(),
  /** "true": only those neither revoked nor expired. */
  valid: truthSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const attestationPageSchema = page(attestationSchema);
