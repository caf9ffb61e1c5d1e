import * as z from 'zod';
import { addressSchema, bytes32Schema, hexSchema, secondsSchema, weiSchema } from './primitives.ts';
import { categorySchema, productDocumentSchema } from './product-document.ts';
import { settlementSchema } from './settlement.ts';

/** Shapes of the indexer's REST API, version 1. GraphQL serves the same fields. */

/** Where a fact stands on the chain. */
export const blockSchema = z.object({ number: z.int(), timestamp: secondsSchema });

/** A whole number of any size in decimal digits. */
const wholeSchema = z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/, 'must be decimal digits');
const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.int(), nextCursor: z.string().nullable() });
const limitSchema = z.coerce.number().int().min(1).max(100).default(24);
const cursorSchema = z.string().max(500).optional();
const truthSchema = z.enum(['true', 'false']);

/** Terms in the form in which the sdk's Offer has them, but for numbers beyond JSON's as decimal digits. */
export const offerSchema = z.object({
  offerId: bytes32Schema,
  productId: bytes32Schema,
  seller: addressSchema,
  productNumber: z.string(),
  beneficiary: addressSchema,
  pricePerSecond: weiSchema,
  minimumPeriod: z.int(),
  maximumPeriod: z.int(),
  boundary: z.int(),
  feeBasisPoints: z.int(),
  settlement: settlementSchema,
  /** The zero address unless settled by events. Any contract that the seller chose: only the market's own is known. */
  oracle: addressSchema,
  /** Events promised in every deliveryPeriod seconds; 0 unless settled by events. */
  events: wholeSchema,
  deliveryPeriod: z.int(),
  /** EAS schema that a licensee must be attested by; zero where none is demanded. */
  attestationSchema: bytes32Schema,
  attesters: z.array(addressSchema),
  termsHash: bytes32Schema,
  /** CIDv1 of the terms. */
  termsCid: z.string(),
  streams: z.array(addressSchema),
  position: z.int(),
  documentHash: bytes32Schema,
  documentCid: z.string(),
  listed: z.boolean(),
  listedAt: blockSchema,
  /** DATAcoin wei: paid by buyers, flowed back to them, paid out of held money, and gone to the treasury. */
  revenue: weiSchema,
  refunded: weiSchema,
  withdrawn: weiSchema,
  fees: weiSchema
});
export type OfferRecord = z.infer<typeof offerSchema>;

/** How far the product document got: still fetched, there, not to be had, or not what it should be. */
export const documentStateSchema = z.enum(['pending', 'ready', 'missing', 'invalid']);

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

export const productSchema = z.object({
  productId: bytes32Schema,
  seller: addressSchema,
  /** The offer on sale, or the last one. */
  offer: offerSchema,
  documentState: documentStateSchema,
  /** Null unless the document is ready. */
  document: productDocumentSchema.nullable(),
  /** Running licences at the indexed block. */
  licensees: z.int(),
  /** DATAcoin wei paid so far for all its offers. */
  revenue: weiSchema,
  listedAt: blockSchema,
  /** Karma points of the seller now, wei. */
  sellerKarma: weiSchema,
  /** What is attested of the seller now, the newest first; at most 20. */
  sellerAttestations: z.array(attestationSchema)
});
export type Product = z.infer<typeof productSchema>;

export const productSortSchema = z.enum(['relevance', 'newest', 'cheapest', 'popular']);
export const productQuerySchema = z.object({
  q: z.string().trim().max(200).default(''),
  category: categorySchema.optional(),
  tag: z.string().trim().toLowerCase().max(32).optional(),
  seller: addressSchema.optional(),
  stream: addressSchema.optional(),
  /** "true": only free ones; "false": only paid ones. */
  free: z.enum(['true', 'false']).optional(),
  /** "true": retired products too. */
  retired: z.enum(['true', 'false']).default('false'),
  sort: productSortSchema.default('relevance'),
  limit: limitSchema,
  cursor: cursorSchema
});
export type ProductQuery = z.input<typeof productQuerySchema>;

export const facetSchema = z.object({ value: z.string(), count: z.int() });
export const productPageSchema = page(productSchema).extend({
  facets: z.object({ category: z.array(facetSchema), free: z.array(facetSchema) })
});
export type ProductPage = z.infer<typeof productPageSchema>;

export const streamSchema = z.object({
  stream: addressSchema,
  owner: addressSchema,
  name: z.string(),
  description: z.string(),
  slotDuration: z.int(),
  partitions: z.int(),
  deleted: z.boolean(),
  /** ENS name that the stream claims; the registry's ensNameOf tells whether it resolves to the stream now. */
  ensName: z.string().nullable(),
  /** Anyone may read, by the stream's own permission at the indexed block. */
  publicRead: z.boolean(),
  createdAt: blockSchema
});
export type StreamRecord = z.infer<typeof streamSchema>;
export const streamQuerySchema = z.object({
  q: z.string().trim().max(200).default(''),
  owner: addressSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const streamPageSchema = page(streamSchema);

/** Who may decrypt a stream's events now, and the key to which grants are sealed; not its owner, who makes the keys. */
export const recipientSchema = z.object({
  account: addressSchema,
  /** By a licence to an offer, or by the stream's own Read permission. */
  by: z.enum(['license', 'permission']),
  /** The offer of the licence; null with a permission. */
  offerId: bytes32Schema.nullable(),
  /** Unix seconds at which it ends; 1099511627775 never. */
  until: secondsSchema,
  /** X25519; null where a permission's holder has registered none. */
  publicKey: bytes32Schema.nullable()
});
export type RecipientRecord = z.infer<typeof recipientSchema>;
export const recipientQuerySchema = z.object({ limit: limitSchema, cursor: cursorSchema });
export const recipientPageSchema = page(recipientSchema);

export const licenseSchema = z.object({
  offerId: bytes32Schema,
  productId: bytes32Schema,
  licensee: addressSchema,
  seller: addressSchema,
  /** Name from the product document, where there is one. */
  productName: z.string().nullable(),
  streams: z.array(addressSchema),
  /** Unix seconds: start of the uninterrupted range, and its end. */
  from: secondsSchema,
  until: secondsSchema,
  publicKey: bytes32Schema,
  /** DATAcoin wei over all purchases of this licence. */
  paid: weiSchema,
  /** DATAcoin wei that flowed back to the licensee. */
  refunded: weiSchema,
  /** DATAcoin wei that the licensee has spent, as far as that was accounted for; settled at once, all that was paid. */
  spent: weiSchema,
  /** Unix seconds up to which a licence settled by the second is accounted for; null before the first time. */
  settledUntil: secondsSchema.nullable(),
  /** How the licensee or the seller ended it early; null otherwise. */
  endedEarly: z
    .object({
      by: z.enum(['licensee', 'seller']),
      /** SHA-256 and CIDv1 of the seller's reason; null when the licensee ended it. */
      reasonHash: bytes32Schema.nullable(),
      reasonCid: z.string().nullable(),
      at: secondsSchema
    })
    .nullable(),
  /** EAS uid of the attestation presented with the latest purchase; null where the offer demands none. */
  attestation: bytes32Schema.nullable(),
  /** The licensee's latest flag, and the seller's answer; null where there is none. */
  flag: z
    .object({
      /** Karma points that the seller was to lose, wei as of the start of the licence. */
      points: weiSchema,
      reasonHash: bytes32Schema,
      reasonCid: z.string(),
      at: secondsSchema,
      answerHash: bytes32Schema.nullable(),
      answerCid: z.string().nullable()
    })
    .nullable(),
  purchases: z.int(),
  purchasedAt: blockSchema,
  transactionHash: bytes32Schema
});
export type LicenseRecord = z.infer<typeof licenseSchema>;
export const licenseQuerySchema = z.object({
  licensee: addressSchema.optional(),
  seller: addressSchema.optional(),
  productId: bytes32Schema.optional(),
  offerId: bytes32Schema.optional(),
  /** "true": only flagged ones. */
  flagged: truthSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const licensePageSchema = page(licenseSchema);

/** What was paid for a range of time that is settled by events. */
export const depositSchema = z.object({
  offerId: bytes32Schema,
  licensee: addressSchema,
  since: secondsSchema,
  until: secondsSchema,
  /** Cut by the licence's early end: judged by itself when it is closed. */
  alone: z.boolean(),
  /** DATAcoin wei: paid, gone to the seller, flowed back. The first is the sum of the others once it is closed. */
  amount: weiSchema,
  spent: weiSchema,
  refund: weiSchema,
  /** Unix seconds; null while it is open. */
  closedAt: secondsSchema.nullable()
});
export type DepositRecord = z.infer<typeof depositSchema>;
export const depositQuerySchema = z.object({
  licensee: addressSchema.optional(),
  seller: addressSchema.optional(),
  offerId: bytes32Schema.optional(),
  /** "true": only those that are not closed; "false": only closed ones. */
  open: truthSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const depositPageSchema = page(depositSchema);

/** Deposits with one offer, start and end: judged and paid out together. */
export const cohortSchema = z.object({
  offerId: bytes32Schema,
  since: secondsSchema,
  until: secondsSchema,
  /** How many deposits are in it. */
  deposits: z.int(),
  /** DATAcoin wei paid out of it, fees included. */
  released: weiSchema,
  fees: weiSchema,
  /** Unix seconds up to which delivery was judged; null before the first time. */
  judgedUntil: secondsSchema.nullable(),
  /** Nothing more can be earned. */
  final: z.boolean()
});
export type CohortRecord = z.infer<typeof cohortSchema>;
export const cohortQuerySchema = z.object({
  seller: addressSchema.optional(),
  offerId: bytes32Schema.optional(),
  final: truthSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const cohortPageSchema = page(cohortSchema);

/** A count of the market's own delivery oracle. */
export const deliveryReportSchema = z.object({
  stream: addressSchema,
  /** Unix seconds before which the events were counted, in decimal digits. */
  time: wholeSchema,
  count: wholeSchema,
  reportedAt: blockSchema
});
export type DeliveryReportRecord = z.infer<typeof deliveryReportSchema>;
export const deliveryReportQuerySchema = z.object({
  stream: addressSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const deliveryReportPageSchema = page(deliveryReportSchema);

export const karmaRoleSchema = z.enum(['seller', 'buyer', 'broker']);
export const karmaSchema = z.object({
  account: addressSchema,
  role: karmaRoleSchema,
  /** Points, wei, at the time that was asked for: decayed, and 0 below one DATA. To about 15 digits. */
  points: weiSchema,
  /** Balance by which accounts are ranked, at any time. */
  units: wholeSchema,
  /** Sums of points earned and taken, wei, each as of its own time. */
  earned: weiSchema,
  taken: weiSchema,
  changedAt: blockSchema
});
export type KarmaRecord = z.infer<typeof karmaSchema>;
export const karmaQuerySchema = z.object({
  role: karmaRoleSchema.default('seller'),
  account: addressSchema.optional(),
  /** Unix seconds at which points are told, if nothing were earned or taken until then; now by default. */
  at: z.coerce.number().pipe(secondsSchema).optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const karmaPageSchema = page(karmaSchema);

export const wishAnswerSchema = z.object({
  /** From 1. */
  number: wholeSchema,
  productId: bytes32Schema,
  /** Name from the product document, where there is one. */
  productName: z.string().nullable(),
  seller: addressSchema,
  beneficiary: addressSchema,
  /** DATAcoin wei released to it. */
  released: weiSchema,
  answeredAt: blockSchema
});
export const wishSchema = z.object({
  /** From 1. */
  wish: wholeSchema,
  asker: addressSchema,
  descriptionHash: bytes32Schema,
  descriptionCid: z.string(),
  /** Unix seconds until which it can be backed and answered. */
  deadline: secondsSchema,
  /** DATAcoin wei: all that was put behind it and did not flow back, and what of it is still held. */
  total: weiSchema,
  held: weiSchema,
  /** The part of what is held that follows the majority: the rest. */
  following: weiSchema,
  /** The rest shall go to an answer: which, and from when it can be paid; null where none is proposed. */
  rest: z.object({ answer: wholeSchema, payableAt: secondsSchema }).nullable(),
  /** DATAcoin wei paid as the rest so far. */
  restReleased: weiSchema,
  answers: z.array(wishAnswerSchema),
  madeAt: blockSchema
});
export type WishRecord = z.infer<typeof wishSchema>;
export const wishQuerySchema = z.object({
  asker: addressSchema.optional(),
  backer: addressSchema.optional(),
  /** A seller that answered. */
  seller: addressSchema.optional(),
  /** "true": only those that can be backed now. */
  open: truthSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const wishPageSchema = page(wishSchema);

export const wishStakeSchema = z.object({
  wish: wholeSchema,
  backer: addressSchema,
  /** DATAcoin wei that the backer can release or take back. */
  stake: weiSchema,
  /** It follows the majority. */
  follows: z.boolean(),
  released: weiSchema,
  refunded: weiSchema,
  /** Number of the answer that it was last released to; null before. */
  answer: wholeSchema.nullable(),
  changedAt: blockSchema
});
export type WishStakeRecord = z.infer<typeof wishStakeSchema>;
export const wishStakeQuerySchema = z.object({
  wish: wholeSchema.optional(),
  backer: addressSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const wishStakePageSchema = page(wishStakeSchema);

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
  /** What is attested of it now, the newest first; at most 20. */
  attestations: z.array(attestationSchema)
});
export type SellerRecord = z.infer<typeof sellerSchema>;

/** Answer to POST /v1/content: the document is stored and can be fetched at /ipfs/<cid>. */
export const contentSchema = z.object({ cid: z.string(), sha256: bytes32Schema, size: z.int() });
export type StoredContent = z.infer<typeof contentSchema>;

export const indexStatusSchema = z.object({
  chainId: z.int(),
  /** Head of the chain as last seen. */
  head: blockSchema.nullable(),
  /** Last block whose facts are visible. */
  indexed: blockSchema.nullable(),
  /** Milliseconds since the chain last answered. */
  sinceChainAnswered: z.number().nullable(),
  ready: z.boolean()
});
export type IndexStatus = z.infer<typeof indexStatusSchema>;
