import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VaultError, VaultPassphraseError } from './errors.ts';
import { openVaultKey, sealVaultKey } from './vault-seal.ts';
import { Vault } from './vault.ts';

const passphrase = Buffer.from('correct horse battery');
const wrong = Buffer.from('correct horse batterY');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tributary-vault-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

it('opens with its passphrase alone, and says which failure it is', async () => {
  const vault = await Vault.open(directory, passphrase);
  await vault.write('name', Buffer.from('a secret'));
  expect((await readdir(directory)).sort()).toEqual(['vault', 'vault.sealed.json']);
  expect((await stat(join(directory, 'vault.sealed.json'))).mode & 0o777).toBe(0o600);
  expect((await (await Vault.open(directory, passphrase)).read('name'))?.toString()).toBe('a secret');
  await expect(Vault.open(directory, wrong)).rejects.toThrow(VaultPassphraseError);
  await expect(Vault.open(directory)).rejects.toThrow(/is sealed/);
  // Another passphrase makes no new vault over secrets that are there.
  await rm(join(directory, 'vault.sealed.json'));
  await expect(Vault.open(directory, passphrase)).rejects.toThrow(/holds secrets/);
});

it('seals a vault whose key lay open, also when it was cut off in between', async () => {
  await (await Vault.open(directory)).write('name', Buffer.from('a secret'));
  const key = await readFile(join(directory, 'vault.key'));
  expect((await (await Vault.open(directory, passphrase)).read('name'))?.toString()).toBe('a secret');
  expect((await readdir(directory)).sort()).toEqual(['vault', 'vault.sealed.json']);
  await expect(Vault.open(directory)).rejects.toThrow(/is sealed/);

  await writeFile(join(directory, 'vault.key'), key);
  await expect(Vault.open(directory, wrong)).rejects.toThrow(VaultPassphraseError);
  expect(await readdir(directory)).toContain('vault.key');
  expect((await (await Vault.open(directory, passphrase)).read('name'))?.toString()).toBe('a secret');
  expect(await readdir(directory)).not.toContain('vault.key');

  await writeFile(join(directory, 'vault.key'), Buffer.alloc(32, 1));
  await expect(Vault.open(directory, passphrase)).rejects.toThrow(/another vault/);
});

it('refuses a file in which anything was changed, and bounds what it may cost', async () => {
  const key = Buffer.alloc(32, 7);
  const content = await sealVaultKey(key, passphrase);
  expect(content.includes(key.toString('hex'))).toBe(false);
  expect(await openVaultKey(content, passphrase, 'file')).toEqual(key);
  const header = JSON.parse(content.toString()) as Record<string, unknown>;
  const changed = (changes: Record<string, unknown>) =>
    openVaultKey(Buffer.from(JSON.stringify({ ...header, ...changes })), passphrase, 'file');
  for (const part of ['salt', 'nonce', 'sealedKey']) {
    const value = String(header[part]);
    const other = `${value.startsWith('0') ? '1' : '0'}${value.slice(1)}`;
    await expect(changed({ [part]: other })).rejects.toThrow(VaultPassphraseError);
  }
  await expect(changed({ cost: 2 ** 15 })).rejects.toThrow(VaultPassphraseError);
  const malformed = [{ cost: 2 ** 30 }, { cost: 2 }, { blockSize: 1_000 }, { parallelization: 99 }, { version: 2 }];
  for (const changes of [...malformed, { salt: '' }, { sealedKey: '00' }, { more: 1 }]) {
    await expect(changed(changes)).rejects.toThrow(/damaged, or of a later version/);
  }
  for (const text of ['', 'null', '{}', '[', '"x"']) {
    await expect(openVaultKey(Buffer.from(text), passphrase, 'file')).rejects.toThrow(VaultError);
  }
});
