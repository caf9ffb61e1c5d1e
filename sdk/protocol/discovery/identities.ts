import * as z from 'zod';
import { addressSchema, bytes32Schema, secondsSchema } from '../primitives.ts';

/** How somebody shows who an account belongs to: names are those of the market's schemas. */
export const identityMethodSchema = z.enum(['domain', 'ensName', 'organisation']);
export type IdentityMethod = z.infer<typeof identityMethodSchema>;

/** Something that is proved of a seller, by the word of an attester that the market trusts. */
export const identitySchema = z.object({
  method: identityMethodSchema,
  /** The domain, the ENS name, or name and register number of the organisation. */
  name: z.string(),
  /** EAS uid of the attestation. */
  uid: bytes32Schema,
  attester: addressSchema,
  /** Unix seconds. */
  since: secondsSchema,
  /** Unix seconds at which the market last found the proof in place; null for what others attest. */
  lastChecked: secondsSchema.nullable()
});
export type Identity = z.infer<typeof identitySchema>;
