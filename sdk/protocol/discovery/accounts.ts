import * as z from 'zod';
import { addressSchema, bytes32Schema, secondsSchema, weiSchema } from '../primitives.ts';
import { attestationSchema } from './attestations.ts';
import { blockWantedSchema } from './past.ts';
import { wholeSchema } from './chain-values.ts';
import { identitySchema } from './identities.ts';
import { karmaCourseSchema } from './karma.ts';
import { cursorSchema, limitSchema, page } from './lists.ts';

const karmaOfRoleSchema = z.object({
  /** Points, wei: decayed, 0 below one DATA. */
  points: weiSchema,
  /** Sums, wei, each as of its own time. */
  earned: weiSchema,
  taken: weiSchema
});

/** What the chain says of an account, whatever it does on the market; zeros for one that never did anything. */
export const accountSchema = z.object({
  account: addressSchema,
  karma: z.object({ seller: karmaOfRoleSchema, buyer: karmaOfRoleSchema, broker: karmaOfRoleSchema }),
  sold: z.object({
    /** Products, and those of them on sale. */
    products: z.int(),
    onSale: z.int(),
    /** Purchases, what was paid for them, and what of it flowed back to licensees, wei. */
    purchases: z.int(),
    revenue: weiSchema,
    refunded: weiSchema
  }),
  bought: z.object({
    /** Licences, and those of them that run. */
    licenses: z.int(),
    running: z.int(),
    /** Wei over all of them: paid, by whomever, and flowed back. */
    paid: weiSchema,
    refunded: weiSchema
  }),
  /** Flags of licensees of its products, answers to them, and flags that it raised itself. */
  flags: z.object({ received: z.int(), answered: z.int(), raised: z.int() }),
  /** Streams that it owns and that are not deleted. */
  streams: z.int(),
  /** Wishes that it made, answered with a product, and put DATAcoin behind. */
  wishes: z.object({ made: z.int(), answered: z.int(), backed: z.int() }),
  /** What is proved of it by attesters that the market trusts, the newest first; at most 50. */
  identities: z.array(identitySchema),
  /** What anybody attests of it, the newest first; at most 20. */
  attestations: z.array(attestationSchema)
});
export type AccountRecord = z.infer<typeof accountSchema>;

export const accountKindSchema = z.enum([
  'stream-created',
  'offer-listed',
  'offer-retired',
  'bought',
  'paid-for-another',
  'sold',
  'left',
  'left-by-licensee',
  'revoked',
  'revoked-by-seller',
  'flag-raised',
  'flag-received',
  'wish-made',
  'wish-answered',
  'wish-backed',
  'attested',
  'attestation-withdrawn',
  'attested-another'
]);
export type AccountKind = z.infer<typeof accountKindSchema>;

/** Something that an account did, or that was done to it, as the facts have it. */
export const accountFactSchema = z.object({
  /** Names it among all facts of the account. */
  id: z.string(),
  kind: accountKindSchema,
  /** Unix seconds of its block, and the block's number, where the facts keep it. */
  time: secondsSchema,
  block: z.int().nullable(),
  transactionHash: bytes32Schema.nullable(),
  /** Who else took part: buyer, seller, licensee, attester. */
  counterparty: addressSchema.nullable(),
  offerId: bytes32Schema.nullable(),
  productId: bytes32Schema.nullable(),
  /** Name from the product document, where there is one. */
  productName: z.string().nullable(),
  stream: addressSchema.nullable(),
  wish: wholeSchema.nullable(),
  /** EAS uid. */
  attestation: bytes32Schema.nullable(),
  /** Wei that was paid, or flowed back. */
  amount: weiSchema.nullable(),
  /** Content id of the reason, the wish's text, or the like. */
  contentCid: z.string().nullable()
});
export type AccountFact = z.infer<typeof accountFactSchema>;
export const accountFactQuerySchema = z.object({ limit: limitSchema, cursor: cursorSchema });
/** No total: it would count every fact of the account anew. */
export const accountFactPageSchema = page(accountFactSchema).omit({ total: true });
export type AccountFactPage = z.infer<typeof accountFactPageSchema>;

/** Karma of one account over time; see karmaSchema. */
export const accountKarmaSchema = z.object({
  seller: karmaCourseSchema,
  buyer: karmaCourseSchema,
  broker: karmaCourseSchema
});
export type AccountKarma = z.infer<typeof accountKarmaSchema>;
export const accountKarmaQuerySchema = z.object({
  /** Unix seconds; by default from 90 days ago to 30 days ahead. */
  from: z.coerce.number().pipe(secondsSchema).optional(),
  until: z.coerce.number().pipe(secondsSchema).optional(),
  /** How many points of time, the first and the last among them. */
  length: z.coerce.number().int().min(2).max(400).default(61)
});

export const accountQuerySchema = z.object({ block: blockWantedSchema.optional() });
