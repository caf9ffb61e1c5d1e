import * as z from 'zod';
import { addressSchema, hexUpTo, secondsSchema } from './primitives.ts';

/**
 * An attestor's word for how many events of a stream came before a time, as its broker gives it out:
 * GET /v1/streams/{stream}/deliveries/{time}. Whoever has as many of them as the oracle wants can report the count.
 */
export const signedDeliverySchema = z.object({
  chainId: z.int().positive(),
  /** ThresholdDeliveryOracle for which the signature is valid. */
  oracle: addressSchema,
  stream: addressSchema,
  /** Unix seconds. */
  time: secondsSchema,
  /** Events since the stream's beginning, in decimal digits. */
  count: z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/, 'must be a count in decimal digits'),
  attestor: addressSchema,
  signature: hexUpTo(4096)
});
export type SignedDelivery = z.infer<typeof signedDeliverySchema>;
