import * as z from 'zod';
import { noticeKindSchema } from './notices.ts';
import { addressSchema, millisecondsSchema } from './primitives.ts';

/** Bounds of what one account may register. */
export const webhookLimits = {
  /** Webhooks of an account. */
  perAccount: 10,
  /** Letters of an address. */
  url: 500,
  /** Ids and accounts that a webhook watches beside its own account. */
  watched: 50,
  /** Seconds before the end of a licence at which it may be told: a minute, and 30 days. */
  shortestLead: 60,
  longestLead: 2_592_000,
  /** Milliseconds for which it is tried to deliver a notice, and for which deliveries are kept. */
  tried: 86_400_000,
  kept: 604_800_000
} as const;

const idSchema = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `must be ${prefix}_…`);
export const webhookIdSchema = idSchema('wh');
export const deliveryIdSchema = idSchema('msg');

/** POST /v1/webhooks */
export const webhookRequestSchema = z.object({
  /** Where notices are posted: https, a name of the public internet, the usual port, no user or password. */
  url: z.url({ protocol: /^https$/ }).max(webhookLimits.url),
  kinds: z.array(noticeKindSchema).min(1).max(noticeKindSchema.options.length),
  /** Accounts and ids of products, offers, licences and streams to hear of beside what concerns the account itself. */
  watched: z
    .array(
      z
        .string()
        .max(120)
        .toLowerCase()
        .regex(/^0x[0-9a-f]{40}[-0-9a-fx]*$/, 'must be an account or an id')
    )
    .max(webhookLimits.watched)
    .default([]),
  /** Seconds before the end of a licence at which license.expiring comes. */
  lead: z.int().min(webhookLimits.shortestLead).max(webhookLimits.longestLead).default(86_400)
});
export type WebhookRequest = z.input<typeof webhookRequestSchema>;

export const webhookSchema = z.object({
  id: webhookIdSchema,
  account: addressSchema,
  url: z.string(),
  kinds: z.array(noticeKindSchema),
  watched: z.array(z.string()),
  lead: z.int(),
  /** Unix milliseconds, as all times of webhooks. */
  createdAt: millisecondsSchema,
  /** failing: deliveries fail at the moment and are tried again; disabled: nothing is sent until a test is answered. */
  state: z.enum(['active', 'failing', 'disabled']),
  /** Since when nothing has arrived; null while things do. */
  failingSince: millisecondsSchema.nullable(),
  /** Why it is disabled. */
  disabledReason: z.string().nullable(),
  /** Deliveries that wait. */
  pending: z.int()
});
export type Webhook = z.infer<typeof webhookSchema>;
export const webhookListSchema = z.object({ items: z.array(webhookSchema) });
/** The secret is shown here and never again. */
export const registeredWebhookSchema = webhookSchema.extend({ secret: z.string() });
export type RegisteredWebhook = z.infer<typeof registeredWebhookSchema>;

/** One try to deliver a notice. */
export const deliveryTrySchema = z.object({
  at: millisecondsSchema,
  /** HTTP status; null where nothing answered. */
  status: z.int().nullable(),
  /** What went wrong; null where it arrived. */
  error: z.string().nullable(),
  milliseconds: z.int()
});
export type DeliveryTry = z.infer<typeof deliveryTrySchema>;

export const deliverySchema = z.object({
  /** `webhook-id`: the same with every try. */
  id: deliveryIdSchema,
  webhook: webhookIdSchema,
  type: z.string(),
  createdAt: millisecondsSchema,
  /**
   * pending: tried at `nextTry`; delivered; failed: given up; withdrawn: what it told was taken back by the chain before
   * it arrived; dropped: too many were waiting.
   */
  state: z.enum(['pending', 'delivered', 'failed', 'withdrawn', 'dropped']),
  nextTry: millisecondsSchema.nullable(),
  /** The latest 20, oldest first. */
  tries: z.array(deliveryTrySchema),
  /** Exactly as it is sent. */
  body: z.string()
});
export type Delivery = z.infer<typeof deliverySchema>;

export const deliveryQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** Id of the last delivery of the page before. */
  before: deliveryIdSchema.optional()
});
/** The newest first. */
export const deliveryListSchema = z.object({ items: z.array(deliverySchema) });
