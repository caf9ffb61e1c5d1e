import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { generateRoot, rangeSeeds, rootSeed } from '#sdk/protocol/slot-keys';
import { DelegationConflictError, VaultError } from './errors.ts';
import { HeldSeeds, prune } from './held-seeds.ts';
import { openIdentity } from './identity.ts';
import { Vault } from './vault.ts';

let directory: string;
const delegator = `0x${'01'.repeat(20)}` as const;
const stream = `0x${'02'.repeat(20)}` as const;
const genesis = `0x${'03'.repeat(32)}` as const;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'tributary-vault-')), 'issuer');
});

afterEach(async () => {
  await rm(join(directory, '..'), { recursive: true });
});

it('keeps a secret sealed, and gives it back after a restart', async () => {
  await (await Vault.open(directory)).write('name', Buffer.from('a secret'));
  const file = join(directory, 'vault', 'name');
  expect((await readFile(file)).includes('a secret')).toBe(false);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  const vault = await Vault.open(directory);
  expect((await vault.read('name'))?.toString()).toBe('a secret');
  expect(await vault.list()).toEqual(['name']);
  expect(await vault.read('other')).toBeNull();
});

it('refuses a file that was changed or renamed, and a key that is missing or damaged', async () => {
  const vault = await Vault.open(directory);
  await vault.write('name', Buffer.from('a secret'));
  const file = join(directory, 'vault', 'name');
  const sealed = await readFile(file);
  await writeFile(file, Buffer.concat([sealed.subarray(0, 14), Buffer.from([0xff, 0xff]), sealed.subarray(16)]));
  await expect(vault.read('name')).rejects.toThrow(VaultError);
  await writeFile(file, '');
  await expect(vault.read('name')).rejects.toThrow(VaultError);
  await writeFile(file, sealed);
  await rename(file, join(directory, 'vault', 'moved'));
  await expect(vault.read('moved')).rejects.toThrow(VaultError);
  await writeFile(join(directory, 'vault.key'), 'short');
  await expect(Vault.open(directory)).rejects.toThrow(/damaged/);
  await rm(join(directory, 'vault.key'));
  await expect(Vault.open(directory)).rejects.toThrow(/missing/);
});

it('makes the identity once', async () => {
  const first = await openIdentity(await Vault.open(directory));
  const second = await openIdentity(await Vault.open(directory));
  expect(second.account).toBe(first.account);
  expect(second.keyPair).toEqual(first.keyPair);
});

it('keeps delegated seeds per chain, and refuses seeds that contradict them', async () => {
  const vault = await Vault.open(directory);
  const root = generateRoot();
  const range = (from: number, until: number, key = root, era = 0) => ({
    era,
    from,
    until,
    delegator,
    seeds: rangeSeeds([rootSeed(key)], from, until)
  });
  const held = await HeldSeeds.open(vault, genesis);
  await held.add(stream, range(100, 200));
  await held.add(stream, range(150, 300));
  await held.add(stream, range(400, 500));
  await expect(held.add(stream, range(190, 250, generateRoot()))).rejects.toThrow(DelegationConflictError);
  await held.add(stream, range(190, 250, generateRoot(), 1));

  const again = await HeldSeeds.open(vault, genesis);
  expect(again.streams).toEqual([stream]);
  expect(again.erasOf(stream).map(({ era, ranges }) => [era, ranges])).toEqual([
    [
      0,
      [
        { from: 100, until: 300 },
        { from: 400, until: 500 }
      ]
    ],
    [1, [{ from: 190, until: 250 }]]
  ]);
  const seeds = again.erasOf(stream)[0]?.seeds ?? [];
  expect(rangeSeeds(seeds, 120, 280).length).toBeGreaterThan(0);
  expect((await HeldSeeds.open(vault, `0x${'04'.repeat(32)}`)).streams).toEqual([]);
});

it('forgets ranges that others open as well, and nothing else', () => {
  const root = rootSeed(generateRoot());
  const daily = Array.from({ length: 300 }, (_, day) => {
    const [from, until] = [day * 1440, (day + 90) * 1440];
    return { era: 0, from, until, delegator, seeds: rangeSeeds([root], from, until), time: 0 };
  });
  let kept: ReturnType<typeof prune> = [];
  for (const range of daily) kept = prune([...kept, range]);
  expect(kept.length).toBeLessThan(15);
  const cover = rangeSeeds(
    kept.flatMap((range) => range.seeds),
    0,
    389 * 1440
  );
  expect(cover.length).toBeLessThan(80);
});
