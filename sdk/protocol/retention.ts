import * as z from 'zod';

/**
 * How long a stream is kept: PUT /v1/streams/{stream}/retention of the broker, by the owner or an account with Edit.
 * Absent bounds do not bound; those of the broker hold all the same.
 */
export const retentionSchema = z.object({
  /** Seconds after an event was stored: a minute to a hundred years. */
  seconds: z.int().min(60).max(3_153_600_000).optional(),
  /** Bytes of encoded events per partition, of which the newest that fit are kept. */
  bytes: z
    .int()
    .min(1)
    .max(2 ** 50)
    .optional()
});
