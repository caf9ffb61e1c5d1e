import { generateRoot, rootSeed } from '../protocol/slot-keys.ts';
import type { Seed } from '../protocol/slot-keys.ts';

/** Keys of a stream in one era: with the root's seed all slots, with those of a grant the slots of the licence. */
export interface StreamKeys {
  readonly era: number;
  /** Secret. */
  readonly seeds: readonly Seed[];
}

/** Fresh keys for an era of a stream; keep the root (32 bytes) secret and safe, nothing else opens the stream. */
export function createStreamKeys(era = 1): StreamKeys & { readonly root: Uint8Array } {
  const root = generateRoot();
  return { era, root, seeds: [rootSeed(root)] };
}
