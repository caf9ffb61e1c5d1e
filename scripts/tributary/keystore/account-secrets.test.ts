import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { openAccountSecrets, readSecrets, secretsFileOf } from './account-secrets.ts';
import { PassphraseWrongError } from './errors.ts';
import { lightCost } from './secret-storage.ts';

const passphrase = Buffer.from('correct horse battery');
const account = `0x${'ab'.repeat(20)}` as const;
const stream = `0x${'cd'.repeat(20)}` as const;
const offerId = `0x${'01'.repeat(32)}` as const;
const streams = [stream];
let home: string;
let file: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tributary-secrets-'));
  file = secretsFileOf(home, account);
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const open = () => openAccountSecrets(file, passphrase, lightCost);

describe('what is kept beside a key', () => {
  it('is on disk, sealed, before it is given out', async () => {
    const secrets = await open();
    const made = await secrets.licenseKeyFor({ offerId, streams, make: generateKeyPair, now: 1 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(Buffer.from(made.privateKey).toString('hex'));
    const later = await open();
    expect(later.keyPair(made.publicKey)?.privateKey).toEqual(made.privateKey);
    expect(later.streamReaderKey(stream)?.publicKey).toBe(made.publicKey);
    await expect(openAccountSecrets(file, Buffer.from('another passphrase'), lightCost)).rejects.toThrow(
      PassphraseWrongError
    );
  });

  it('takes the same key for renewing, also when two runs buy at once', async () => {
    const [one, other] = await Promise.all([open(), open()]);
    const [first, second] = await Promise.all(
      [one, other].map((secrets) => secrets.licenseKeyFor({ offerId, streams, make: generateKeyPair, now: 1 }))
    );
    expect(second?.publicKey).toBe(first?.publicKey);
    expect((await readSecrets(file, passphrase)).licenseKeys).toHaveLength(1);
  });

  it('loses nothing of what several runs add at once', async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, open));
    await Promise.all(
      runs.map((secrets, era) =>
        secrets.addStreamRoot({ stream, era, root: `0x${String(era).repeat(64)}`, createdAt: 100 + era })
      )
    );
    expect((await open()).streamKeys(stream).map(({ era, createdAt }) => [era, createdAt])).toEqual([
      [0, 100],
      [1, 101],
      [2, 102],
      [3, 103]
    ]);
  });

  it('publishes with what came last: keys of its own, or the key pair to which an issuer grants', async () => {
    const secrets = await open();
    expect(secrets.newestKeys(stream)).toBeUndefined();
    const root = `0x${'5'.repeat(64)}` as const;
    await secrets.addStreamRoot({ stream, era: 1, root, createdAt: 100 });
    expect(secrets.newestKeys(stream)).toMatchObject({ keys: { era: 1 } });
    const keyPair = await generateKeyPair();
    await secrets.addPublisherKey(stream, keyPair, 101_000);
    expect(secrets.newestKeys(stream)).toMatchObject({ keyPair: { publicKey: keyPair.publicKey } });
    await secrets.addStreamRoot({ stream, era: 2, root, createdAt: 102 });
    expect(secrets.newestKeys(stream)).toMatchObject({ keys: { era: 2 } });
  });

  it('takes over a copy, each key once', async () => {
    const secrets = await open();
    await secrets.licenseKeyFor({ offerId, streams, make: generateKeyPair, now: 1 });
    await secrets.addPublisherKey(stream, await generateKeyPair(), 2);
    const copy = await readSecrets(file, passphrase);
    const elsewhere = await openAccountSecrets(join(home, 'other.json'), passphrase, lightCost);
    expect(await elsewhere.merge(copy)).toBe(2);
    expect(await elsewhere.merge(copy)).toBe(0);
    expect(elsewhere.publisherKey(stream)?.publicKey).toBe(secrets.publisherKey(stream)?.publicKey);
  });
});
