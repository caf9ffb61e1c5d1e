import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileExposedError, KeyExistsError, KeyMissingError, KeystoreInvalidError } from './errors.ts';
import { createKey, keyFileOf, listKeys, openKey, saveKey } from './key-files.ts';
import { lightCost } from './secret-storage.ts';

const passphrase = Buffer.from('correct horse battery');
const privateKey = `0x${'11'.repeat(32)}` as const;
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tributary-keys-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** cast, where it is on the path or among the packages. */
const cast = [
  ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'cast')),
  `node_modules/@foundry-rs/cast-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/bin/cast`
].find((file) => existsSync(file));

describe('keystore files', () => {
  it('are for their owner alone, and never written over', async () => {
    const file = keyFileOf(home, 'robot');
    const account = await saveKey(file, privateKey, passphrase, lightCost);
    expect(account).toBe('0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'keystore')).mode & 0o777).toBe(0o700);
    expect(readFileSync(file, 'utf8')).not.toContain('11'.repeat(32));
    await expect(createKey(file, passphrase, lightCost)).rejects.toThrow(KeyExistsError);
    expect(await openKey(file, passphrase)).toEqual({ account, privateKey, cost: lightCost });
    expect(await listKeys(home)).toEqual([{ name: 'robot', file, account, exposed: false }]);
  });

  it('are not used where others can read them', async () => {
    const file = keyFileOf(home, 'robot');
    await saveKey(file, privateKey, passphrase, lightCost);
    chmodSync(file, 0o644);
    await expect(openKey(file, passphrase)).rejects.toThrow(FileExposedError);
    expect(await listKeys(home)).toMatchObject([{ exposed: true, account: undefined }]);
  });

  it('say when they are missing, or have no name', async () => {
    await expect(openKey(keyFileOf(home, 'nobody'), passphrase)).rejects.toThrow(KeyMissingError);
    expect(() => keyFileOf(home, '..')).toThrow(KeystoreInvalidError);
    expect(keyFileOf(home, './key.json')).toBe('./key.json');
    expect(await listKeys(home)).toEqual([]);
  });

  it.skipIf(cast === undefined)('open in cast wallet', async () => {
    const file = keyFileOf(home, 'robot');
    const account = await createKey(file, passphrase, lightCost);
    const passwordFile = join(home, 'password');
    writeFileSync(passwordFile, passphrase, { mode: 0o600 });
    const words = ['wallet', 'address', '--keystore', file, '--password-file', passwordFile];
    expect(
      execFileSync(cast ?? '', words, { encoding: 'utf8' })
        .trim()
        .toLowerCase()
    ).toBe(account);
  });
});
