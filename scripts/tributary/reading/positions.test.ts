import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Market } from '#sdk/actions/connect-market';
import { openPosition } from './positions.ts';

const stream = `0x${'cd'.repeat(20)}` as const;
/** All that a position needs of a market: which one it is. */
const market = { deployment: { genesisHash: `0x${'01'.repeat(32)}` } } as unknown as Market;
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tributary-positions-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

it('goes on after the last event that was shown, but not beyond one that still waits for its key', async () => {
  const first = await openPosition(home, market, stream, 0);
  expect(first.start).toBeUndefined();
  await first.shown(4, false);
  await first.shown(5, true);
  await first.shown(6, false);
  await first.save();
  const second = await openPosition(home, market, stream, 0);
  expect(second.start).toBe(5);
  await second.shown(5, false);
  await second.shown(6, false);
  await second.save();
  expect((await openPosition(home, market, stream, 0)).start).toBe(7);
  expect((await openPosition(home, market, stream, 1)).start).toBeUndefined();
});
