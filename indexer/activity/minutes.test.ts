import { describe, expect, it } from 'vitest';
import type { Activity } from '#sdk/protocol/activity';
import { mergeActivity, type KnownActivity } from './minutes.ts';

const minute = 60_000;
/** A time of day far from midnight. */
const start = 20_000 * 86_400_000 + 12 * 3_600_000;

/** Counters as a broker tells them: `counts` are the last minutes, the running one last. */
function told(counts: readonly number[], events?: number): Activity {
  const perMinute = [...new Array<number>(60 - counts.length).fill(0), ...counts];
  const counted = counts.reduce((sum, count) => sum + count, 0);
  return { stream: `0x${'1'.repeat(40)}`, events: events ?? counted, lastEventAt: start, perMinute };
}

describe('merging counters', () => {
  it('begins with the first event of a new stream', () => {
    const merged = mergeActivity(null, told([0, 0, 4, 6, 9]), start);
    expect(merged.recent).toEqual([4, 6]);
    expect(merged.day).toMatchObject({ events: 10, observed: 2, served: [2, 2, 2, 2], longestGap: 0 });
    expect(merged.perMinute).toBe(5);
  });

  it('holds nothing against a stream before its first event', () => {
    const none = mergeActivity(null, told([0]), start);
    const still = mergeActivity(none, told([0]), start + 2 * minute);
    expect(still.day).toMatchObject({ events: 0, observed: 0, longestGap: 0 });
    expect(still.perMinute).toBe(0);
    const running = mergeActivity(still, told([0, 0, 3]), start + 4 * minute);
    expect(running.day.observed).toBe(0);
    const begun = mergeActivity(running, told([0, 0, 8, 6, 1]), start + 6 * minute);
    expect(begun.recent.slice(-2)).toEqual([8, 6]);
    expect(begun.day).toMatchObject({ events: 14, observed: 2, served: [2, 2, 2, 2], longestGap: 0 });
  });

  it('takes the whole hour of a stream that was there before', () => {
    const merged = mergeActivity(null, told([5, 0], 1_000), start);
    expect(merged.recent).toHaveLength(59);
    // nobody knows when the last event before this hour was
    expect(merged.day).toMatchObject({ events: 5, observed: 59, served: [1, 1, 1, 1], longestGap: 58 });
  });

  it('adds each minute once, however often it asks', () => {
    const first = mergeActivity(null, told([1, 1, 1, 0], 100), start);
    const again = mergeActivity(first, told([1, 1, 1, 5], 105), start + 20_000);
    expect(again.recent).toEqual(first.recent);
    expect(again.added.size).toBe(0);
    const later = mergeActivity(again, told([1, 1, 1, 7, 3, 0], 110), start + 2 * minute);
    expect(later.recent.slice(-3)).toEqual([1, 7, 3]);
    expect([...later.added.values()][0]).toMatchObject({ events: 10, observed: 2 });
    expect(later.day.events).toBe(first.day.events + 10);
  });

  it('says what it does not know after a long silence of its own', () => {
    const first = mergeActivity(null, told([2, 0], 100), start);
    const later = mergeActivity(first, told(new Array<number>(60).fill(1), 500), start + 100 * minute);
    expect(later.recent.slice(59, 59 + 41)).toEqual(new Array<null>(41).fill(null));
    expect(later.day.observed).toBe(59 + 59);
    // the time that nobody counted is no gap
    expect(later.day.longestGap).toBe(58);
  });

  it('counts service by how old the newest event was', () => {
    const known: KnownActivity = { events: 50, lastEventAt: null, recent: [1], minute: start / minute - 31 };
    const merged = mergeActivity(known, told([1, ...new Array<number>(29).fill(0), 0], 51), start);
    expect(merged.recent).toEqual([1, 1, ...new Array<number>(29).fill(0)]);
    expect(merged.day).toMatchObject({ observed: 31, served: [2, 11, 31, 31], longestGap: 29 });
  });

  it('cuts days at midnight (UTC)', () => {
    const midnight = 20_001 * 86_400_000;
    const known: KnownActivity = { events: 50, lastEventAt: null, recent: [1], minute: midnight / minute - 4 };
    const merged = mergeActivity(known, told([1, 2, 3, 4, 5, 0], 65), midnight + 2 * minute);
    expect([...merged.added].map(([day, { events }]) => [day, events])).toEqual([
      [20_000, 6],
      [20_001, 9]
    ]);
  });

  it('keeps 24 hours', () => {
    let merged = mergeActivity(null, told(new Array<number>(60).fill(1), 1_000), start);
    for (let hour = 1; hour <= 30; hour += 1) {
      merged = mergeActivity(merged, told(new Array<number>(60).fill(1), 1_000 + hour), start + hour * 50 * minute);
    }
    expect(merged.recent).toHaveLength(1_440);
    expect(merged.day).toMatchObject({ events: 1_440, observed: 1_440, longestGap: 0 });
  });

  it('begins anew with a broker that counts less than before', () => {
    const first = mergeActivity(null, told([1, 1, 1, 0], 100), start);
    const other = mergeActivity(first, told([2, 0]), start + minute);
    expect(other.recent).toEqual([2]);
  });
});
