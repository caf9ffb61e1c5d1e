import { describe, expect, it } from 'vitest';
import { EventLog, noStarts } from './event-log.ts';
import type { ShownEvent } from './messages.ts';

const event = (offset: number, more: Partial<ShownEvent> = {}): ShownEvent => ({
  partition: 0,
  offset,
  timestamp: 1_800_000_000_000 + offset,
  latency: null,
  origin: `0x${'01'.repeat(20)}`,
  signatureType: 'secp256k1',
  contentType: 'application/json',
  size: 10,
  verified: true,
  fault: undefined,
  locked: undefined,
  fields: { count: offset },
  text: null,
  cipher: null,
  picture: null,
  ...more
});
const offsets = (log: EventLog) => log.events.map(({ offset }) => offset);

describe('an event log', () => {
  it('puts the newest first and keeps only as many as asked for', () => {
    const log = new EventLog(3);
    expect(log.add([event(2), event(1)])).toBe(2);
    expect(log.add([event(3), event(4)])).toBe(2);
    expect(offsets(log)).toEqual([4, 3, 2]);
    expect(log.full).toBe(true);
  });

  it('takes older ones at its end, and those in between in their place', () => {
    const log = new EventLog(100);
    log.add([event(8), event(6)]);
    log.add([event(1), event(2)]);
    log.add([event(9), event(7), event(3)]);
    expect(offsets(log)).toEqual([9, 8, 7, 6, 3, 2, 1]);
    expect(log.oldest(noStarts)).toEqual(new Map([[0, 1]]));
  });

  it('keeps events of several partitions apart, and puts them in the order of their time', () => {
    const log = new EventLog(10);
    log.add([event(2), event(1)]);
    expect(log.add([event(2, { partition: 1, timestamp: event(3).timestamp }), event(4)])).toBe(2);
    expect(log.events.map(({ partition, offset }) => [partition, offset])).toEqual([
      [0, 4],
      [1, 2],
      [0, 2],
      [0, 1]
    ]);
  });

  it('replaces a locked event by the same one in the clear, and keeps its delay', () => {
    const log = new EventLog(10);
    log.add([event(7, { locked: 'waiting-for-key', fields: null, cipher: 'abcd', latency: 40 }), event(6)]);
    expect(log.add([event(7), event(8), event(8, { size: 11 })])).toBe(1);
    expect(log.events).toEqual([event(8, { size: 11 }), event(7, { latency: 40 }), event(6)]);
  });

  it('lets go of pictures of long ago', () => {
    const log = new EventLog(1_000);
    for (let offset = 0; offset < 500; offset++) log.add([event(offset, { picture: new Blob(['x']) })]);
    const pictures = log.events.map(({ picture }) => picture !== null);
    expect(pictures.filter(Boolean).length).toBeLessThanOrEqual(200);
    expect(pictures.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => true));
    expect(log.events).toHaveLength(500);
  });

  it('of many thousands is the same as sorting them', () => {
    const log = new EventLog(20_000);
    for (let from = 19_000; from >= 0; from -= 1_000) {
      log.add(Array.from({ length: 1_000 }, (_, index) => event(from + index)));
    }
    expect(offsets(log)).toEqual(Array.from({ length: 20_000 }, (_, index) => 19_999 - index));
  });
});
