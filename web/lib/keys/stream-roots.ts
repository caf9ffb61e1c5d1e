import { z } from 'zod';
import { addressSchema, millisecondsSchema, type Address } from '#sdk/protocol/primitives';
import { allRecords, putRecord } from './database.ts';

/**
 * The random roots of a seller's own streams, one per era: whoever holds one can derive every slot key of that era.
 * Made in the seller's browser; the publishing program needs the same root.
 */
const streamRootSchema = z.object({
  stream: addressSchema,
  era: z.int().min(0),
  /** 32 bytes. */
  root: z.instanceof(Uint8Array).refine((bytes) => bytes.length === 32),
  createdAt: millisecondsSchema
});
export type StreamRoot = z.infer<typeof streamRootSchema>;

/** Keeps a stream's root in this browser, and returns once it is on disk. */
export async function saveStreamRoot(stream: Address, era: number, root: Uint8Array): Promise<void> {
  const record: StreamRoot = { stream, era, root: Uint8Array.from(root), createdAt: Date.now() };
  await putRecord('stream-roots', record);
}

/** Roots of one stream kept in this browser, by era; empty where it was created elsewhere. */
export async function streamRoots(stream: Address): Promise<StreamRoot[]> {
  const records = await allRecords('stream-roots');
  return records
    .flatMap((record) => {
      const parsed = streamRootSchema.safeParse(record);
      return parsed.success && parsed.data.stream === stream ? [parsed.data] : [];
    })
    .sort((one, other) => one.era - other.era);
}
