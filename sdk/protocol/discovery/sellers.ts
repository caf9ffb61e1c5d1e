import * as z from 'zod';
import { identitySchema } from './identities.ts';
import { addressSchema, weiSchema } from '../primitives.ts';
import { attestationSchema } from './attestations.ts';

/** What the chain says of an account that sells. */
export const sellerSchema = z.object({
  seller: addressSchema,
  /** Products on sale. */
  products: z.int(),
  /** DATAcoin wei paid so far for all its products. */
  revenue: weiSchema,
  /** Karma points as a seller now, wei. */
  karma: weiSchema,
  /** Flags of licensees, and how many of them the seller answered. */
  flags: z.int(),
  answeredFlags: z.int(),
  /** What is proved of it by attesters that the market trusts, the newest first; at most 50. */
  identities: z.array(identitySchema),
  /** What anybody attests of it now, the newest first; at most 20. */
  attestations: z.array(attestationSchema)
});
export type SellerRecord = z.infer<typeof sellerSchema>;
