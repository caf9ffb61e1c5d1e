import { describe, expect, it } from 'vitest';
import { sharedReading } from './shared-reading.ts';

/** A table that is read when the test says so. */
function heldTable() {
  const rows = new Map([
    ['a', 1],
    ['b', 2]
  ]);
  const reads: { keys: readonly string[]; end(): void; fail(error: unknown): void }[] = [];
  const began: (() => void)[] = [];
  return {
    rows,
    reads,
    /** Until so many reads have begun. */
    async begun(count: number): Promise<void> {
      while (reads.length < count) await new Promise<void>((resolve) => began.push(resolve));
    },
    ask: sharedReading<string, number>((keys) => {
      const snapshot = new Map(rows);
      return new Promise((resolve, reject) => {
        reads.push({ keys, end: () => resolve(snapshot), fail: reject });
        for (const resolve of began.splice(0)) resolve();
      });
    })
  };
}

describe('reading together', () => {
  it('reads once what is asked for at the same moment', async () => {
    const table = heldTable();
    const asked = Promise.all(['a', 'b', 'a', 'c'].map(table.ask));
    await table.begun(1);
    table.reads[0]?.end();
    expect(await asked).toEqual([1, 2, 1, undefined]);
    expect(table.reads.map(({ keys }) => keys)).toEqual([['a', 'b', 'c']]);
  });

  it('never answers with a read that began before the question', async () => {
    const table = heldTable();
    const before = table.ask('a');
    await table.begun(1);
    table.rows.set('a', 10);
    const after = table.ask('a');
    await table.begun(2);
    table.reads[1]?.end();
    expect(await after).toBe(10);
    table.reads[0]?.end();
    expect(await before).toBe(1);
  });

  it('lets questions wait while two reads run, and reads them together then', async () => {
    const table = heldTable();
    const first = table.ask('a');
    await table.begun(1);
    const second = table.ask('b');
    await table.begun(2);
    const waiting = [table.ask('a'), table.ask('b')];
    table.rows.set('b', 20);
    table.reads[0]?.end();
    expect(await first).toBe(1);
    await table.begun(3);
    table.reads[1]?.end();
    table.reads[2]?.end();
    expect(await Promise.all([second, ...waiting])).toEqual([2, 1, 20]);
    expect(table.reads).toHaveLength(3);
  });

  it('tells everybody of a failure, and goes on', async () => {
    const table = heldTable();
    const failing = Promise.allSettled([table.ask('a'), table.ask('b')]);
    await table.begun(1);
    table.reads[0]?.fail(new RangeError('away'));
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = table.ask('a');
    await table.begun(2);
    table.reads[1]?.end();
    expect(await again).toBe(1);
  });
});
