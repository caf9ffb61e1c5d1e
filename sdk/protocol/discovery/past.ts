import * as z from 'zod';
import { bytes32Schema } from '../primitives.ts';

/**
 * The block as of which something is told: its number in decimal digits, or its hash. Its facts count, and its time is
 * the time by which licences run and karma decays. What the chain does not know, such as liveness, is left out.
 */
export const blockWantedSchema = z.union([
  z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,14})$/, 'must be the number of a block, or its hash')
    .transform((digits) => ({ number: Number(digits) })),
  bytes32Schema.transform((hash) => ({ hash }))
]);
export type BlockWanted = z.output<typeof blockWantedSchema>;

/** For what can be told as of a block; the newest one by default. */
export const atBlockQuerySchema = z.object({ block: blockWantedSchema.optional() });
