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
  createdAt: millisecondsSchema,
  /** Made, but not known to be entrusted to anybody: nothing may be published under it yet. */
  pending: z.literal(true).optional()
});
export type StreamRoot = z.infer<typeof streamRootSchema>;

/** Keeps a stream's root in this browser, in the place of one of the same era, and returns once it is on disk. */
export async function saveStreamRoot(root: StreamRoot): Promise<void> {
  await putRecord('stream-roots', root);
}

/** Roots of one stream kept in this browser that are in use, by era; empty where it was created elsewhere. */
export async function streamRoots(stream: Address): Promise<StreamRoot[]> {
  return (await readRoots(stream)).filter(({ pending }) => pending === undefined);
}

/** The root of the era to come that was made here, and of which it is not known whether anybody was entrusted it. */
export async function pendingRoot(stream: Address): Promise<StreamRoot | undefined> {
  return (await readRoots(stream)).findLast(({ pending }) => pending === true);
}

async function readRoots(stream: Address): Promise<StreamRoot[]> {
  const records = await allRecords('stream-roots');
  return records
    .flatMap((record) => {
      const parsed = streamRootSchema.safeParse(record);
      return parsed.success && parsed.data.stream === stream ? [parsed.data] : [];
    })
    .sort((one, other) => one.era - other.era);
}
