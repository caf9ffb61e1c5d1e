import { setTimeout as sleep } from 'node:timers/promises';
import { nativeSigner } from '../keys/native-sealing.ts';
import { now } from './clock.ts';
import { EventMaker, sequenceOf } from './events.ts';
import type { BenchMarket } from './market.ts';
import { SocketPublisher, subscribeTo } from './sockets.ts';
import { heading, milliseconds, rate, row } from './table.ts';

const seconds = 5;
/** Milliseconds between two frames. */
const pace = 10;
const recordOverhead = 12;

/**
 * From publishing to receiving, one signature per event, at half of what the broker takes.
 *
 * @param full Events per second that it takes.
 */
export async function measureLatency(market: BenchMarket, full: number): Promise<void> {
  const perFrame = Math.max(1, Math.round((full / 2) * (pace / 1000)));
  const count = Math.round((perFrame * seconds * 1000) / pace);
  heading(`Publish to receive at ${rate((perFrame * 1000) / pace)}`, 'p50', 'p99', 'longest');
  const stream = await market.createPublicStream('Hurried', 1);
  const events = await new EventMaker(stream, 0, nativeSigner(market.privateKey)).single(count);
  const sent = new Float64Array(count);
  const took: number[] = [];
  let arrived: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const socket = await subscribeTo(market.brokerUrl, { stream, partition: 0 }, undefined, (frame) => {
    const at = now();
    for (let place = 3; place < frame.length;) {
      const length = frame.readUInt32BE(place + 8);
      const bytes = frame.subarray(place + recordOverhead, place + recordOverhead + length);
      took.push(at - (sent[sequenceOf(bytes)] ?? at));
      place += recordOverhead + length;
    }
    if (took.length >= count) arrived();
  });
  const publisher = await SocketPublisher.connect(market.brokerUrl);
  const stored: Promise<void>[] = [];
  const start = now();
  for (let first = 0; first < count; first += perFrame) {
    const due = start + (first / perFrame) * pace;
    if (now() < due) await sleep(due - now());
    sent.fill(now(), first, first + perFrame);
    stored.push(publisher.publish(events.slice(first, first + perFrame)));
  }
  await Promise.all([...stored, all]);
  publisher.close();
  socket.terminate();
  took.sort((one, other) => one - other);
  const at = (part: number): string => milliseconds(took[Math.floor((took.length - 1) * part)] ?? 0);
  row(`${count.toLocaleString('en')} events, a frame every ${String(pace)} ms`, at(0.5), at(0.99), at(1));
}
