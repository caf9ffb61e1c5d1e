import { nativeSigner } from '../keys/native-sealing.ts';
import { timed } from './clock.ts';
import { batchSize, eventBytes, EventMaker } from './events.ts';
import type { BenchMarket } from './market.ts';
import { checkSignatures } from './signature-checking.ts';
import { framesOf, SocketPublisher } from './sockets.ts';
import { heading, microseconds, perCpu, rate, row, share } from './table.ts';

const partitions = 4;

/**
 * Events per second that the broker takes, beside checking signatures alone before and after it.
 *
 * @returns Events per second with one signature each.
 */
export async function measureAccept(market: BenchMarket): Promise<number> {
  const stream = await market.createPublicStream('Accepted', partitions);
  const signer = nativeSigner(market.privateKey);
  const makers = Array.from({ length: partitions }, (_, partition) => new EventMaker(stream, partition, signer));
  const singles = (count: number) => Promise.all(makers.map((maker) => maker.single(count / partitions)));
  const batches = (count: number) => Promise.all(makers.map((maker) => maker.batches(count / partitions)));

  heading(
    `Accept: verify, store durably, acknowledge; ${String(eventBytes)} bytes`,
    ...['rate', 'of native', 'of checked', 'per cpu second']
  );
  const warm = await singles(8_000);
  const events = await singles(48_000);
  await publish(market, warm, 64);
  const before = checkSignatures(warm.flat(), signer.origin);
  const single = await publish(market, events, 128);
  const after = checkSignatures(warm.flat(), signer.origin);
  const native = (before.native + after.native) / 2;
  const checked = (before.checked + after.checked) / 2;
  row('signatures alone, native library, one core', rate(native), share(native, native));
  row('signatures alone with their hashes, one core', rate(checked), share(checked, native), share(checked, checked));
  row(
    'one signature per event',
    ...[rate(single.rate), share(single.rate, native), share(single.rate, checked), perCpu(48_000, single.cpu)]
  );
  await publish(market, await batches(16_384), 256);
  const batched = await publish(market, await batches(262_144), 512);
  row(
    `batches of ${String(batchSize)}`,
    ...[rate(batched.rate), share(batched.rate, native), '', perCpu(262_144, batched.cpu)]
  );
  heading('Processor time per event of it', 'broker', 'Postgres', 'load');
  for (const [name, count, { cpu, databaseCpu, loadCpu }] of [
    ['one signature per event', 48_000, single],
    [`batches of ${String(batchSize)}`, 262_144, batched]
  ] as const) {
    row(name, ...[cpu, databaseCpu, loadCpu].map((seconds) => microseconds(seconds / count)));
  }
  return single.rate;
}

/** Publishes on all partitions at once, each over a socket of its own. */
async function publish(market: BenchMarket, all: readonly (readonly Uint8Array[])[], perFrame: number) {
  const publishers = await Promise.all(all.map(() => SocketPublisher.connect(market.brokerUrl)));
  const frames = all.map((events) => framesOf(events, perFrame));
  try {
    const taken = await timed(market, () =>
      Promise.all(publishers.map((publisher, place) => publisher.publishFrames(frames[place] ?? [], 6)))
    );
    return { rate: all.flat().length / taken.seconds, ...taken };
  } finally {
    for (const publisher of publishers) publisher.close();
  }
}
