import * as z from 'zod';
import { bytes32Schema } from '../primitives.ts';

/** Answer to POST /v1/content: the document is stored and can be fetched at /ipfs/<cid>. */
export const contentSchema = z.object({ cid: z.string(), sha256: bytes32Schema, size: z.int() });
export type StoredContent = z.infer<typeof contentSchema>;
