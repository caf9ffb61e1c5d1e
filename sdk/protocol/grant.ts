import * as z from 'zod';
import { leafCount, pathKeysBytes } from './complete-subtree.ts';
import { addressSchema, bytes32Schema, hexUpTo } from './primitives.ts';

const slot = z
  .int()
  .min(0)
  .max(2 ** 32);

/** Bytes of sealed seeds: count, 1,024 seeds, path keys, tag; a range needs at most 62 seeds. */
export const sealedSeedsLimit = 2 + 1024 * 37 + pathKeysBytes + 16;

/** Where a licence sits for early cut-offs: at a leaf of the complete-subtree tree of an expiry bucket. */
const bucketSchema = z.object({
  /** First slot that the bucket does not open any more. */
  end: slot,
  leaf: z
    .int()
    .min(0)
    .max(leafCount - 1)
});
export type BucketLeaf = z.infer<typeof bucketSchema>;

const grantFields = z.object({
  version: z.literal([1, 2]),
  stream: addressSchema,
  era: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  /** First slot that the seeds open. */
  fromSlot: slot,
  /** First slot that they do not open any more. */
  untilSlot: slot,
  licensee: addressSchema,
  /** Offer id of the licence, or 32 zero bytes where the licensee reads by a permission of its own. */
  offerId: bytes32Schema,
  /** Of version 2: the leaf whose path keys are sealed with the seeds. */
  bucket: bucketSchema.optional(),
  /** X25519 key to which the seeds are sealed. */
  recipient: bytes32Schema,
  /** HPKE's encapsulated key. */
  encapsulation: bytes32Schema,
  /** Sealed seeds. */
  ciphertext: hexUpTo(sealedSeedsLimit),
  issuer: addressSchema,
  /** secp256k1 signature (EIP-191) of the issuer over everything above. */
  signature: hexUpTo(65)
});

/**
 * A grant: the seeds of a range of slots, sealed to the X25519 key of one licensee (HPKE, RFC 9180) and signed by the
 * issuer. Version 2 also brings the path keys by which later era changes open, see era-change.ts. Public: only the holder
 * of the private key can open it.
 */
export const grantSchema = grantFields.refine(
  ({ version, bucket }) => (version === 2) === (bucket !== undefined),
  'a grant of version 2 names its bucket, one of version 1 has none'
);
export type Grant = z.infer<typeof grantSchema>;

/**
 * A delegation: a stream's owner (or a holder of its Grant permission) trusts an issuer with a bounded range of slots,
 * so that a sleeping seller still sells. Sealed to the issuer's X25519 key, signed by the seller.
 */
export const delegationSchema = grantFields.omit({ licensee: true, offerId: true, bucket: true, issuer: true }).extend({
  version: z.literal(1),
  /** Account of the issuer that is trusted. */
  issuer: addressSchema,
  /** Who delegates: owner of the stream, or holder of Grant. */
  delegator: addressSchema
});
export type Delegation = z.infer<typeof delegationSchema>;

/** What an issuer says of itself: GET /v1/issuer of the broker. */
export const issuerSchema = z.object({
  issuer: addressSchema,
  publicKey: bytes32Schema,
  /** Slots further ahead than this many seconds are refused in delegations. */
  longestDelegation: z.int()
});
export type Issuer = z.infer<typeof issuerSchema>;

/** What an issuer knows of a stream's eras: GET /v1/streams/{stream}/era of the broker. */
export const eraStateSchema = z.object({
  /** The newest era of which it was delegated anything. */
  era: z.int(),
  /** Licences that ended early on the chain, or vanished from it, and hold keys of this era: above none, a new era is due. */
  cutOffsDue: z.int()
});
export type EraState = z.infer<typeof eraStateSchema>;
