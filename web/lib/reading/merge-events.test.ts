import { describe, expect, it } from 'vitest';
import type { ShownEvent } from './messages.ts';
import { mergeEvents } from './merge-events.ts';

const event = (offset: number, more: Partial<ShownEvent> = {}): ShownEvent => ({
  partition: 0,
  offset,
  timestamp: 1_800_000_000_000 + offset,
  latency: null,
  origin: `0x${'01'.repeat(20)}`,
  contentType: 'application/json',
  size: 10,
  verified: true,
  fault: undefined,
  locked: undefined,
  fields: { count: offset },
  text: null,
  cipher: null,
  ...more
});

describe('mergeEvents', () => {
  it('puts the newest first and keeps only as many as asked for', () => {
    const { events, added } = mergeEvents([event(2), event(1)], [event(3), event(4)], 3);
    expect(events.map(({ offset }) => offset)).toEqual([4, 3, 2]);
    expect(added).toBe(2);
  });

  it('keeps events of several partitions apart, and puts them in the order of their time', () => {
    const other = event(2, { partition: 1, timestamp: event(3).timestamp });
    const { events, added } = mergeEvents([event(2), event(1)], [other, event(4)], 10);
    expect(events.map(({ partition, offset }) => [partition, offset])).toEqual([
      [0, 4],
      [1, 2],
      [0, 2],
      [0, 1]
    ]);
    expect(added).toBe(2);
  });

  it('replaces a locked event by the same one in the clear, and keeps its delay', () => {
    const locked = event(7, { locked: 'waiting-for-key', fields: null, cipher: 'abcd', latency: 40 });
    const { events, added } = mergeEvents([locked], [event(7)], 10);
    expect(events).toEqual([event(7, { latency: 40 })]);
    expect(added).toBe(0);
  });
});
