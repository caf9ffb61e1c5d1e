import * as z from 'zod';
import { blockSchema } from './chain-values.ts';
import { searchEngineNameSchema } from './products.ts';

/** How far something is that reads the chain block by block. */
const progressSchema = z.object({
  /** First block, the last that is done, and the one at which it ends for now. */
  from: z.int(),
  block: z.int(),
  to: z.int(),
  /** Estimate; null while there is none. */
  secondsLeft: z.int().nullable()
});

/** By what products are found. */
const searchStatusSchema = z.object({
  /** What answers now. */
  engine: searchEngineNameSchema,
  /** What was set up to answer. */
  configured: searchEngineNameSchema,
  /** "filling": its index is being made; "behind": it lacks changes of some time ago; "away": it does not answer. */
  state: z.enum(['ready', 'filling', 'behind', 'away']),
  /** Why another engine answers, in a sentence; null where none does. */
  reason: z.string().nullable(),
  /** Unix seconds since when that is so. */
  since: z.int()
});
export type SearchStatus = z.infer<typeof searchStatusSchema>;

export const indexStatusSchema = z.object({
  chainId: z.int(),
  /** Head of the chain as last seen. */
  head: blockSchema.nullable(),
  /** Last block whose facts are visible. */
  indexed: blockSchema.nullable(),
  /** Milliseconds since the chain last answered. */
  sinceChainAnswered: z.number().nullable(),
  /** There while the index is far behind the chain. */
  catchingUp: progressSchema.optional(),
  /** There while tables are built anew beside those that are served. */
  rebuilding: progressSchema.optional(),
  /** By what products are found; absent until that is known. */
  search: searchStatusSchema.optional(),
  ready: z.boolean()
});
export type IndexStatus = z.infer<typeof indexStatusSchema>;
