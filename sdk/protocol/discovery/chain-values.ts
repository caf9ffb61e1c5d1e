import * as z from 'zod';
import { secondsSchema } from '../primitives.ts';

/** Where a fact stands on the chain. */
export const blockSchema = z.object({ number: z.int(), timestamp: secondsSchema });

/** A whole number of any size in decimal digits. */
export const wholeSchema = z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/, 'must be decimal digits');
