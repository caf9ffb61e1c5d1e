import * as z from 'zod';
import { blockSchema } from './chain-values.ts';

/** How far something is that reads the chain block by block. */
const progressSchema = z.object({
  /** First block, the last that is done, and the one at which it ends for now. */
  from: z.int(),
  block: z.int(),
  to: z.int(),
  /** Estimate; null while there is none. */
  secondsLeft: z.int().nullable()
});

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
  ready: z.boolean()
});
export type IndexStatus = z.infer<typeof indexStatusSchema>;
