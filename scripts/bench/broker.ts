import { measureAccept } from './broker/accept.ts';
import { measureFanOut } from './broker/fan-out.ts';
import { measureLatency } from './broker/latency.ts';
import { startBenchMarket } from './broker/market.ts';
import { measureReplay } from './broker/replay.ts';

/**
 * What the broker does per second, each beside the least that the same machine needs for it, in one run: accepting
 * (verify, store durably, acknowledge) beside checking signatures alone, fan-out beside bare `ws`, replay beside a plain
 * scan of a table; and the time from publishing to receiving at half of the load that it takes. The broker is a process
 * of its own over a durable Postgres and a chain, as `npm start` runs it.
 *
 *   npm run bench:broker [-- accept fan-out replay latency]
 *
 * Latency needs to know the rate and therefore comes after accept.
 */
const wanted = process.argv.slice(2);
const runs = (part: string): boolean => wanted.length === 0 || wanted.includes(part);

const market = await startBenchMarket();
try {
  const full = runs('accept') || runs('latency') ? await measureAccept(market) : 0;
  if (runs('fan-out')) await measureFanOut(market);
  if (runs('replay')) await measureReplay(market);
  if (runs('latency')) await measureLatency(market, full);
} finally {
  await market.stop();
}
