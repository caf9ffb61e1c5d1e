import * as z from 'zod';

/** What every list has in common: a page of it, and the parameters by which it is asked for. */

/** One page: its items, how many there are on all pages, and the cursor of the next; null on the last one. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.int(), nextCursor: z.string().nullable() });
/** Items of a page. */
export const limitSchema = z.coerce.number().int().min(1).max(100).default(24);
/** nextCursor of the page before. */
export const cursorSchema = z.string().max(500).optional();
/** A condition in an address line. */
export const truthSchema = z.enum(['true', 'false']);
