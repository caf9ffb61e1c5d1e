import type { BenchMarket } from './market.ts';

/** Milliseconds on a clock that all processes of the machine share. */
export const now = (): number => performance.timeOrigin + performance.now();

/** Seconds that some work takes, and the broker's seconds of processor time in it. */
export async function timed(
  market: BenchMarket,
  work: () => Promise<unknown>
): Promise<{ seconds: number; cpu: number }> {
  const [start, cpu] = [now(), market.brokerCpu()];
  await work();
  return { seconds: (now() - start) / 1000, cpu: market.brokerCpu() - cpu };
}
