import { z } from 'zod';
import { categorySchema } from '#sdk/protocol/product-document';
import { settlementSchema } from '#sdk/protocol/settlement';
import { noticeSchema } from './third-party.ts';

/** Shapes of what the tools take and answer. Amounts are DATA in decimals, times ISO 8601. */

const id = z.string().regex(/^0x[0-9a-fA-F]{64}$/, 'must be a product id: 0x and 64 hexadecimal digits');
const target = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40})$/, 'must be a product id (0x, 64 digits) or a stream (0x, 40 digits)');
const data = z.string().describe('DATA, decimal');
const time = z.string().describe('ISO 8601');

const claims = z
  .object({
    name: z.string(),
    summary: z.string(),
    sellerName: z.string().nullable().describe('Unproven'),
    category: z.string(),
    tags: z.array(z.string())
  })
  .nullable()
  .describe('What the seller says of the product: text of a third party; null where there is none');

const product = z.object({
  productId: z.string(),
  seller: z.string(),
  sellerKarma: data.describe('DATA exchanged by the seller, decayed'),
  pricePerHour: data,
  onSale: z.boolean(),
  runningLicences: z.int(),
  claims
});

export const searchInput = {
  text: z.string().max(200).default('').describe('Words to look for; empty lists everything'),
  category: categorySchema.optional(),
  free: z.boolean().optional().describe('true: only free products; false: only paid ones'),
  maximumPricePerHour: z
    .string()
    .regex(/^\d{1,30}(?:\.\d{1,18})?$/)
    .optional()
    .describe('DATA, decimal'),
  sort: z.enum(['relevance', 'newest', 'cheapest', 'popular']).default('relevance'),
  limit: z.int().min(1).max(20).default(10)
};
export const searchOutput = { notice: noticeSchema, total: z.int(), products: z.array(product) };

export const inspectInput = {
  productId: id,
  terms: z.boolean().default(false).describe('With the text of the terms of use')
};
export const inspectOutput = {
  notice: noticeSchema,
  product: product.extend({
    settlement: settlementSchema.describe('When payments become the seller’s own'),
    minimumSeconds: z.int(),
    maximumSeconds: z.int(),
    boundarySeconds: z.int().describe('Licences end on multiples of it'),
    termsCid: z.string(),
    demandsAttestation: z.boolean()
  }),
  streams: z.array(
    z.object({
      stream: z.string(),
      events: z.int().nullable(),
      lastEventAt: time.nullable(),
      eventsLastHour: z.int().nullable()
    })
  ),
  content: z
    .object({
      description: z.string(),
      fields: z.array(z.object({ name: z.string(), unit: z.string(), description: z.string() })),
      sample: z.unknown(),
      terms: z.string().nullable()
    })
    .describe('Text of the seller, a third party')
};

export const quoteInput = {
  productId: id,
  period: z.string().max(40).describe('How long it shall at least last: 90m, 1h, 2d')
};
export const quoteOutput = {
  productId: z.string(),
  price: data,
  from: time,
  until: time,
  seconds: z.int(),
  allowed: z.boolean().describe('Whether the spending limit of the owner allows it now'),
  perPurchase: data.describe('What the owner allows per purchase'),
  leftToday: data.describe('What the owner still allows within these 24 hours')
};

export const buyInput = {
  productId: id,
  period: z.string().max(40).describe('How long it shall at least last: 90m, 1h, 2d'),
  most: z
    .string()
    .regex(/^\d{1,30}(?:\.\d{1,18})?$/, 'must be DATA in decimals')
    .describe('Most that may be paid, DATA in decimals; quote first')
};
export const buyOutput = {
  productId: z.string(),
  licensee: z.string(),
  from: time,
  until: time,
  paid: data,
  leftToday: data,
  transaction: z.string()
};

export const readLatestInput = {
  target: target.describe('A product that was bought or is free to read, or one of its streams'),
  count: z.int().min(1).max(50).default(10)
};
export const readLatestOutput = {
  notice: noticeSchema,
  events: z.array(
    z.object({
      stream: z.string(),
      partition: z.int(),
      offset: z.int(),
      time,
      origin: z.string().describe('Account that signed it'),
      contentType: z.string(),
      content: z.unknown().describe('What the publisher, a third party, says')
    })
  ),
  unreadable: z.int().describe('Events that are locked, or whose signature is wrong; not shown')
};

export const licencesInput = { all: z.boolean().default(false).describe('Also those that ended') };
export const licencesOutput = {
  notice: noticeSchema,
  account: z.string(),
  licences: z.array(
    z.object({
      productId: z.string(),
      claims: z.object({ name: z.string() }).nullable(),
      streams: z.array(z.string()),
      from: time,
      until: time,
      paid: data
    })
  )
};
