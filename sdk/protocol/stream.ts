import * as z from 'zod';
import { addressSchema, bytes32Schema, hexSchema, hexUpTo, millisecondsSchema, secondsSchema } from './primitives.ts';
import { retentionSchema } from './retention.ts';

/** Streams over the broker's HTTP (whitepaper 2.4.3): /v1/streams and /v1/transactions. */

/** What the chain says of a stream. */
export const streamFactsSchema = z.object({
  stream: addressSchema,
  /** Zero once the stream is deleted. */
  owner: addressSchema,
  name: z.string(),
  description: z.string(),
  /** Seconds per key slot. */
  slotDuration: z.int().positive(),
  partitions: z.int().positive(),
  deleted: z.boolean(),
  /** Everyone may read it now. */
  publicRead: z.boolean()
});
export type StreamFacts = z.infer<typeof streamFactsSchema>;

export const streamListQuerySchema = z.object({
  owner: addressSchema.optional(),
  /** May publish now: as owner, by a permission of its own, or by everyone's. */
  writer: addressSchema.optional(),
  /** Part of the name, in any letter case. */
  name: z.string().max(128).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,15}:\d{1,9}$/, 'must be one that this address gave')
    .optional()
});
export type StreamListQuery = z.infer<typeof streamListQuerySchema>;
/** In the order in which they were created. */
export const streamListSchema = z.object({ items: z.array(streamFactsSchema), nextCursor: z.string().nullable() });

const permissionNames = ['read', 'write', 'edit', 'grant', 'delete'] as const;
const permissionSchema = z.enum(permissionNames);
/** Unix seconds; 1099511627775 never, 0 where it was never given. */
const permissionEndsSchema = z.record(permissionSchema, secondsSchema);

/** A stream as the broker knows it: GET /v1/streams/{stream}. */
export const streamDescriptionSchema = streamFactsSchema.extend({
  /** Events stored in all. */
  events: z.int().min(0),
  /** Unix milliseconds when the newest event was stored. */
  lastEventAt: millisecondsSchema.nullable(),
  /** Of each partition that ever had events: the oldest offset that can be read, and the one that comes next. */
  spans: z.array(z.object({ partition: z.int().min(0), first: z.int().min(0), next: z.int().min(0) })),
  /** How long events are kept, as was set for this stream; null where the broker's own bounds apply alone. */
  retention: retentionSchema.nullable(),
  /** Of the account that asked with a session; null without one. */
  asker: z
    .object({
      account: addressSchema,
      /** What it holds itself: as owner, or by its own permissions; everyone's come on top. */
      permissions: permissionEndsSchema,
      /** Unix seconds until which it may read, by whatever right; past where that has ended, 0 where there never was one. */
      readableUntil: secondsSchema
    })
    .nullable()
});
export type StreamDescription = z.infer<typeof streamDescriptionSchema>;

const text = (bytes: number) =>
  z.string().refine((value) => new TextEncoder().encode(value).length <= bytes, `has at most ${String(bytes)} bytes`);
const name = text(128).refine((value) => value.length > 0, 'must not be empty');
/** Account that will sign; by default that of the session. With it the chain says beforehand whether it may. */
const from = addressSchema.optional();

/** POST /v1/streams. */
export const createStreamRequestSchema = z.object({
  name,
  description: text(1_024).default(''),
  /** Seconds per key slot, fixed for good. */
  slotDuration: z.int().min(1).max(86_400).default(60),
  /** Fixed for good. */
  partitions: z.int().min(1).max(1_024).default(1),
  from
});
export type CreateStreamRequest = z.infer<typeof createStreamRequestSchema>;

/** PATCH /v1/streams/{stream}: what is absent stays. */
export const configureStreamRequestSchema = z
  .object({
    name: name.optional(),
    description: text(1_024).optional(),
    permissions: z
      .array(
        z.object({
          account: z.union([addressSchema, z.literal('everyone')]),
          permission: permissionSchema,
          /** Unix seconds from which it no longer holds; 0 revokes it, 1099511627775 never ends. */
          until: secondsSchema
        })
      )
      .max(50)
      .default([]),
    /** Proposed as the next owner, who has to accept. */
    owner: addressSchema.optional(),
    from
  })
  .refine(
    ({ name: renamed, description, permissions, owner }) =>
      renamed !== undefined || description !== undefined || permissions.length > 0 || owner !== undefined,
    'say what shall change: name, description, permissions or owner'
  );
export type ConfigureStreamRequest = z.infer<typeof configureStreamRequestSchema>;

/** DELETE /v1/streams/{stream}?from= */
export const deleteStreamQuerySchema = z.object({ from });

/** A transaction for the account to sign: the broker has no keys of others. */
export const preparedTransactionSchema = z.object({
  chainId: z.int().positive(),
  to: addressSchema,
  data: hexSchema,
  /** Wei. */
  value: z.literal('0'),
  /** Gas that it takes, as estimated now; null where that is not known without the account, or before the others. */
  gas: z.string().nullable(),
  /** What it does, in words. */
  purpose: z.string()
});
export type PreparedTransaction = z.infer<typeof preparedTransactionSchema>;
/** To be signed and sent in this order. */
export const preparedTransactionsSchema = z.object({ transactions: z.array(preparedTransactionSchema) });

/** POST /v1/transactions. */
export const sendTransactionRequestSchema = z.object({
  /** Signed and serialised (EIP-2718, or RLP with EIP-155), to the StreamRegistry or to a stream of it. */
  transaction: hexUpTo(64 * 1024)
});
export const transactionOutcomeSchema = z.object({
  transactionHash: bytes32Schema,
  /** Pending: not in a block within the time that the broker waits; send the same again to learn more. */
  status: z.enum(['success', 'reverted', 'pending']),
  blockNumber: z.int().nullable(),
  gasUsed: z.string().nullable(),
  /** The stream that it created or changed. */
  stream: streamFactsSchema.nullable()
});
export type TransactionOutcome = z.infer<typeof transactionOutcomeSchema>;
