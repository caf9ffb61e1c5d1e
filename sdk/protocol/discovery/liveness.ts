import * as z from 'zod';
import { addressSchema, millisecondsSchema } from '../primitives.ts';

/** Part of the time that was watched, 0 to 1; null where nothing was promised or nobody watched. */
const partSchema = z.number().min(0).max(1).nullable();

/** The last 24 hours, oldest first: each 60 whole minutes long, so that they begin with the minute, not with the hour. */
const hourlyEventsSchema = z.object({
  /** End of the last hour, Unix milliseconds. */
  until: millisecondsSchema,
  /** Events of each hour in the minutes watched; null where none was: before the first event, too. */
  events: z.array(z.int().min(0).nullable()).length(24),
  /** Minutes of each hour that were watched; of a product, at one of its streams at least. */
  observed: z.array(z.int().min(0).max(60)).length(24)
});
export type HourlyEvents = z.infer<typeof hourlyEventsSchema>;

/** Whether data really flow, by the broker's public counters; of a product, over all its streams. */
export const livenessSchema = z.object({
  /** An event came so recently that, by what is promised, nothing is missing; promised nothing, in the last quarter hour. */
  live: z.boolean(),
  /** Broker's time of the newest event, Unix milliseconds. */
  lastEventAt: millisecondsSchema.nullable(),
  /** Events a minute: over the last five minutes, 24 hours and 30 days; over the time watched where that is shorter. */
  perMinute: z.number().min(0),
  perMinute24h: z.number().min(0),
  perMinute30d: z.number().min(0),
  events24h: z.int().min(0),
  events30d: z.int().min(0),
  /**
   * Part of the minutes watched in which the newest event was no older than promised, to the first of 1 minute, 10
   * minutes, an hour and a day that the promise fits in; of a product, that of its worst stream.
   */
  uptime24h: partSchema,
  uptime30d: partSchema,
  /** Seconds of the longest time without an event in the last 24 hours, to the minute; of a product, of its worst stream. */
  longestGap24h: z.int().min(0).nullable(),
  /** Told of one product or stream that is asked for, not in lists: adding the minutes up takes longer than finding. */
  hourly24h: hourlyEventsSchema.optional(),
  /** When the broker was last asked, Unix milliseconds; the broker's newest counters are at its /v1/activity. */
  checkedAt: millisecondsSchema
});
export type Liveness = z.infer<typeof livenessSchema>;

/** The same of one stream, with its days. */
export const streamLivenessSchema = livenessSchema.extend({
  stream: addressSchema,
  hourly24h: hourlyEventsSchema,
  /** Up to 31 days (UTC), the newest first. */
  days: z.array(
    z.object({
      /** RFC 3339 full-date. */
      day: z.iso.date(),
      events: z.int(),
      /** Minutes of the day that were watched. */
      observed: z.int(),
      /** Minutes of the longest time without an event. */
      longestGap: z.int(),
      uptime: partSchema
    })
  )
});
export type StreamLiveness = z.infer<typeof streamLivenessSchema>;
