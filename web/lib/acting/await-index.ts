import type { Market } from '#sdk/actions/connect-market';

/** Milliseconds to wait for the index at most, and between two questions. */
const patience = 10_000;
const pause = 300;

/**
 * Waits until the index shows what stands in the chain's newest block. An index that is away or slow keeps nobody: what
 * was done is done, and the lists follow later.
 */
export async function awaitIndex({ publicClient, fetch, marketUrl }: Market): Promise<void> {
  const end = Date.now() + patience;
  try {
    const { requestJson } = await import('#sdk/actions/request');
    const { indexStatusSchema } = await import('#sdk/protocol/discovery');
    const newest = Number(await publicClient.getBlockNumber());
    while (Date.now() < end) {
      const { indexed } = await requestJson({ fetch, url: `${marketUrl}/v1/status`, schema: indexStatusSchema });
      if (indexed !== null && indexed.number >= newest) return;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  } catch {
    // The pages say themselves when the index is away.
  }
}
