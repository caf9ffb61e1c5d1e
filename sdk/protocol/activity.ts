import * as z from 'zod';
import { addressSchema, millisecondsSchema } from './primitives.ts';

/** Public counters of a stream: GET /v1/activity?streams=a,b of the broker. */
export const activitySchema = z.object({
  stream: addressSchema,
  /** Events stored in all. */
  events: z.int(),
  /** Broker's clock when the newest event was stored. */
  lastEventAt: millisecondsSchema.nullable(),
  /** Events stored in each of the last 60 minutes, oldest first; the last one is the running minute. */
  perMinute: z.array(z.int()).length(60)
});
export type Activity = z.infer<typeof activitySchema>;
export const activityListSchema = z.object({ items: z.array(activitySchema) });
