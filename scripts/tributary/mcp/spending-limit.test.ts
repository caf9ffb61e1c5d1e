import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEther } from 'viem';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeystoreInvalidError } from '../keystore/errors.ts';
import { SpendingLimitError, openSpendingLimit } from './spending-limit.ts';

const account = `0x${'ab'.repeat(20)}` as const;
const productId = `0x${'01'.repeat(32)}` as const;
const limits = { perPurchase: parseEther('2'), perDay: parseEther('3') };
const hour = 3_600_000;
let home: string;
let now: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tributary-spending-'));
  now = Date.UTC(2026, 10, 22, 23, 30);
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const open = () => openSpendingLimit({ home, account, limits, clock: () => now });
const file = () => join(home, 'spending', `${account}.json`);

describe('the spending limit', () => {
  it('holds per purchase and per day, to the wei', async () => {
    const limit = open();
    await expect(limit.reserve(limits.perPurchase + 1n, productId)).rejects.toThrow(SpendingLimitError);
    await (await limit.reserve(limits.perPurchase, productId)).spent(limits.perPurchase);
    await expect(limit.reserve(parseEther('1') + 1n, productId)).rejects.toThrow('in 24 hours 2 DATA are spent');
    await limit.reserve(parseEther('1'), productId);
    expect(await limit.available()).toEqual({ today: 0n, spentToday: limits.perDay });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('counts what was really paid, and nothing of what was not', async () => {
    const limit = open();
    await (await limit.reserve(parseEther('2'), productId)).spent(parseEther('0.5'));
    await (await limit.reserve(parseEther('2'), productId)).release();
    expect(await limit.available()).toEqual({ today: parseEther('2.5'), spentToday: parseEther('0.5') });
  });

  it('gives nothing back at midnight, by a restart or by a clock that is set back; all of it after 24 hours', async () => {
    await open().reserve(parseEther('2'), productId);
    now += hour;
    expect((await open().available()).spentToday).toBe(parseEther('2'));
    now -= 48 * hour;
    expect((await open().available()).spentToday).toBe(parseEther('2'));
    now += 71 * hour;
    expect((await open().available()).spentToday).toBe(0n);
    await open().reserve(parseEther('1'), productId);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ entries: [{ amount: String(parseEther('1')) }] });
  });

  it('is shared by all who buy at once', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => open().reserve(parseEther('1'), productId))
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect((await open().available()).today).toBe(0n);
  });

  it('buys nothing where its record is damaged, rather than begin anew', async () => {
    await open().reserve(parseEther('1'), productId);
    writeFileSync(file(), '{"version":1', { mode: 0o600 });
    await expect(open().reserve(1n, productId)).rejects.toThrow(KeystoreInvalidError);
  });
});
