import type { BenchMarket } from './market.ts';

/** Milliseconds on a clock that all processes of the machine share. */
export const now = (): number => performance.timeOrigin + performance.now();

/** What some work took, in seconds: of the clock, and of processor time of each part. */
export interface Taken {
  readonly seconds: number;
  /** Of the broker. */
  readonly cpu: number;
  readonly databaseCpu: number;
  /** Of this process, which publishes. */
  readonly loadCpu: number;
}

export async function timed(market: BenchMarket, work: () => Promise<unknown>): Promise<Taken> {
  const [start, cpu, databaseCpu, load] = [now(), market.brokerCpu(), market.databaseCpu(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(load);
  return {
    seconds: (now() - start) / 1000,
    cpu: market.brokerCpu() - cpu,
    databaseCpu: market.databaseCpu() - databaseCpu,
    loadCpu: (user + system) / 1e6
  };
}
