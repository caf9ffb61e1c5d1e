import * as z from 'zod';
import { blockSchema } from './chain-values.ts';

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
