import { nativeSigner } from '../keys/native-sealing.ts';
import { now } from './clock.ts';
import { eventBytes, EventMaker } from './events.ts';
import { HelperProcess } from './helper-process.ts';
import type { BenchMarket } from './market.ts';
import { SocketPublisher } from './sockets.ts';
import { heading, perCpu, rate, row, share } from './table.ts';

const subscribers = 1_000;
const warm = 640;
const measured = 9_600;

/** Deliveries per second to a thousand subscribers, beside a server that is nothing but `ws`. */
export async function measureFanOut(market: BenchMarket): Promise<void> {
  heading(
    `Fan-out of ${String(eventBytes)}-byte events to ${subscribers.toLocaleString('en')} subscribers`,
    ...['rate', 'of framed', 'of single', 'per cpu second']
  );
  const single = await bare(200, 1);
  const framed = await bare(measured, 100);
  row('bare ws, one per frame', rate(single.rate), share(single.rate, framed.rate), '', single.perCpu);
  row('bare ws, 100 per frame', rate(framed.rate), '', share(framed.rate, single.rate), framed.perCpu);
  const ours = await broker(market);
  row('the broker', rate(ours.rate), share(ours.rate, framed.rate), share(ours.rate, single.rate), ours.perCpu);
}

async function bare(events: number, perFrame: number): Promise<{ rate: number; perCpu: string }> {
  const server = new HelperProcess('bare-sockets');
  const readers = new HelperProcess('subscribers');
  try {
    const { port } = await server.next('listening');
    readers.send({ url: `ws://127.0.0.1:${String(port)}`, sockets: subscribers, milestones: [events] });
    await readers.next('ready');
    const cpu = server.cpu();
    server.send({ events, perFrame, bytes: eventBytes });
    const { at: start } = await server.next('began');
    const { at: end } = await readers.next('done');
    const deliveries = events * subscribers;
    return { rate: deliveries / ((end - start) / 1000), perCpu: perCpu(deliveries, server.cpu() - cpu) };
  } finally {
    server.end();
    readers.end();
  }
}

async function broker(market: BenchMarket): Promise<{ rate: number; perCpu: string }> {
  const stream = await market.createPublicStream('Fanned out', 1);
  const maker = new EventMaker(stream, 0, nativeSigner(market.privateKey));
  const events = await maker.batches(warm + measured);
  const readers = new HelperProcess('subscribers');
  const publisher = await SocketPublisher.connect(market.brokerUrl);
  try {
    const place = { stream, partition: 0 };
    const milestones = [warm, warm + measured];
    readers.send({ url: market.brokerUrl, sockets: subscribers, milestones, place });
    await readers.next('ready');
    await publisher.publishAll(events.slice(0, warm), 64, 1);
    await readers.next('done');
    const [start, cpu] = [now(), market.brokerCpu()];
    await publisher.publishAll(events.slice(warm), 192, 2);
    const { at: end } = await readers.next('done');
    const deliveries = measured * subscribers;
    return { rate: deliveries / ((end - start) / 1000), perCpu: perCpu(deliveries, market.brokerCpu() - cpu) };
  } finally {
    publisher.close();
    readers.end();
  }
}
