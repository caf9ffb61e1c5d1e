import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whileLocked } from './private-file.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-lock-'));
  file = join(folder, 'state.json');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a locked file', () => {
  it('is used by one at a time', async () => {
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        whileLocked(file, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await sleep(5);
          inside -= 1;
        })
      )
    );
    expect(most).toBe(1);
  });

  it('is taken over from a run that is gone, by one of those that wait', async () => {
    // No process has so large a number.
    writeFileSync(`${file}.lock`, '2147483646', { mode: 0o600 });
    let inside = 0;
    let most = 0;
    const work = () =>
      whileLocked(file, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await sleep(5);
        inside -= 1;
      });
    await Promise.all([work(), work(), work()]);
    expect(most).toBe(1);
  });

  it('is free again after a failure', async () => {
    const failing = whileLocked(file, () => Promise.reject(new RangeError('of the task')));
    await expect(failing).rejects.toThrow('of the task');
    expect(await whileLocked(file, () => Promise.resolve('free'))).toBe('free');
  });
});
