import { describe, expect, it } from 'vitest';
import { NewerWalk, OlderWalk, type LoggedEvent, type PageReader } from './history-walk.ts';

/** A log in memory, read as the broker's is: from an offset, a time, or the last n; what was removed is skipped. */
function logOf(partitions: readonly (readonly number[])[], first = 0): PageReader<LoggedEvent> {
  return (partition, from, limit) => {
    const all = (partitions[partition] ?? []).map((timestamp, offset) => ({ partition, offset, timestamp }));
    const kept = all.slice(first);
    const start =
      'offset' in from
        ? kept.filter(({ offset }) => offset >= from.offset)
        : 'timestamp' in from
          ? kept
              .slice(kept.findIndex(({ timestamp }) => timestamp >= from.timestamp))
              .filter(() => kept.some(({ timestamp }) => timestamp >= from.timestamp))
          : kept.slice(-from.last);
    return Promise.resolve(start.slice(0, limit));
  };
}
const times = (count: number, step: number) => Array.from({ length: count }, (_, index) => 1_000 + index * step);

async function walkBack(walk: OlderWalk<LoggedEvent>, by: number) {
  const all: LoggedEvent[] = [];
  for (;;) {
    const { events, end } = await walk.next(by);
    all.push(...events);
    if (end !== null) return { all, end };
  }
}

describe('walking back', () => {
  it('gives every event once, the newest first, of partitions of any pace', async () => {
    const log = logOf([times(950, 10), times(3, 3_000), [], times(401, 1)]);
    const { all, end } = await walkBack(new OlderWalk(log, 4, new Map([[0, 900]])), 70);
    expect(end).toBe('beginning');
    expect(all).toHaveLength(900 + 3 + 401);
    expect(new Set(all.map(({ partition, offset }) => `${String(partition)}:${String(offset)}`)).size).toBe(all.length);
    expect(all.map(({ timestamp }) => timestamp)).toEqual(
      all.map(({ timestamp }) => timestamp).toSorted((one, other) => other - one)
    );
  });
  it('says where retention has removed the rest', async () => {
    const { all, end } = await walkBack(new OlderWalk(logOf([times(900, 10)], 333), 1, new Map([[0, 800]])), 100);
    expect(end).toBe('removed');
    expect(all.at(-1)?.offset).toBe(333);
    expect(all).toHaveLength(800 - 333);
  });
  it('of a stream without older events ends at once', async () => {
    expect(await walkBack(new OlderWalk(logOf([times(5, 1)]), 1, new Map([[0, 0]])), 10)).toEqual({
      all: [],
      end: 'beginning'
    });
  });
});

describe('walking on', () => {
  it('gives what lies between two times, the oldest first', async () => {
    const walk = new NewerWalk(logOf([times(2_500, 10), times(10, 1_000)]), 2, 3_000, 9_000);
    const all: LoggedEvent[] = [];
    for (;;) {
      const events = await walk.next(500);
      all.push(...events);
      if (events.length < 500) break;
    }
    expect(all.map(({ timestamp }) => timestamp)).toEqual(
      [...times(2_500, 10), ...times(10, 1_000)].filter((one) => one >= 3_000 && one <= 9_000).toSorted((a, b) => a - b)
    );
    expect(walk.starts).toEqual(
      new Map([
        [0, 200],
        [1, 2]
      ])
    );
  });
  it('goes on where the log has grown', async () => {
    const growing = times(3, 10);
    const walk = new NewerWalk((...page) => logOf([growing])(...page), 1, 1_000);
    expect(await walk.next(10)).toHaveLength(3);
    growing.push(2_000);
    expect((await walk.next(10)).map(({ timestamp }) => timestamp)).toEqual([2_000]);
  });
});
