import type { Address } from '#sdk/protocol/primitives';
import { pendingRoot, saveStreamRoot, streamRoots, type StreamRoot } from '../keys/stream-roots.ts';

/**
 * The newest keys of a stream in this browser. Those that were entrusted by a page that did not live to write it down
 * are in use from now on.
 *
 * @param era Newest that the market's issuer knows; null for none.
 * @throws KeyStoreUnavailableError
 */
export async function newestKeys(stream: Address, era: number | null): Promise<StreamRoot | null> {
  const [roots, begun] = await Promise.all([streamRoots(stream), pendingRoot(stream)]);
  if (begun === undefined || begun.era !== era) return roots.at(-1) ?? null;
  const root: StreamRoot = { stream, era, root: begun.root, createdAt: begun.createdAt };
  await saveStreamRoot(root);
  return root;
}
