import { encodeQR } from 'qr';
import { decodeQR } from 'qr/decode.js';
import { expect, it } from 'vitest';
import { generateKeyPair } from '#sdk/protocol/hpke';
import type { BuyerKey } from './buyer-keys.ts';
import { KeyBackupInvalidError, openKeys, sealKeys, SecretWrongError } from './sealed-keys.ts';
import { makeTransferCode, readTransferCode } from './transfer-code.ts';
import { FrameCollector, toFrames } from './transfer-frames.ts';

const account = `0x${'a1'.repeat(20)}` as const;
const quick = 4;

const newPair = async () => {
  const { publicKey, privateKey } = await generateKeyPair();
  return { publicKey, privateKey: Uint8Array.from(privateKey) };
};

const makeKeys = (count: number): Promise<BuyerKey[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      ...(await newPair()),
      account,
      offerId: `0x${String(index % 10).repeat(64)}` as const,
      createdAt: 1_700_000_000_000 + index
    }))
  );

/** The picture of a code as a camera sees it: black and white pixels, four to a module. */
function photograph(text: string) {
  const rows = encodeQR(text, 'raw', { ecc: 'low', encoding: 'alphanumeric', border: 4, scale: 4 });
  const size = rows.length;
  const data = Uint8Array.from(
    rows.flatMap((row) => row.flatMap((dark) => (dark ? [0, 0, 0, 255] : [255, 255, 255, 255])))
  );
  return { width: size, height: size, data };
}

it('opens with the passphrase alone, and gives back every key', async () => {
  const keys = await makeKeys(3);
  const sealed = await sealKeys(account, keys, 'träge Fähre im Nebel', quick);
  expect(await openKeys(sealed, 'träge Fähre im Nebel')).toEqual(keys);
  // The same letters, composed otherwise by another keyboard.
  expect(await openKeys(sealed, 'träge Fähre im Nebel'.normalize('NFD'))).toEqual(keys);
  await expect(openKeys(sealed, 'träge Fähre im Regen')).rejects.toThrow(SecretWrongError);
});

it('holds nothing in the clear, and refuses what was changed anywhere', async () => {
  const keys = await makeKeys(1);
  const sealed = await sealKeys(account, keys, 'secret', quick);
  const hex = Buffer.from(sealed).toString('hex');
  expect(hex).not.toContain(Buffer.from(keys[0]?.privateKey ?? []).toString('hex'));
  expect(hex).not.toContain(account.slice(2));
  for (const place of [3, 20, 31, sealed.length - 1]) {
    const changed = Uint8Array.from(sealed, (byte, index) => (index === place ? byte ^ 1 : byte));
    await expect(openKeys(changed, 'secret')).rejects.toThrow(SecretWrongError);
  }
  await expect(openKeys(Uint8Array.of(9, 9, 9), 'secret')).rejects.toThrow(KeyBackupInvalidError);
  // A cost that would stop this device.
  await expect(
    openKeys(
      Uint8Array.from(sealed, (byte, index) => (index === 1 ? 30 : byte)),
      'secret'
    )
  ).rejects.toThrow(KeyBackupInvalidError);
});

it('moves keys through pictures that a camera reads in any order', async () => {
  const keys = await makeKeys(6);
  const code = makeTransferCode();
  const frames = toFrames(await sealKeys(account, keys, code, quick));
  expect(frames.length).toBeGreaterThan(2);
  const collector = new FrameCollector();
  for (const frame of frames.toReversed()) {
    expect(collector.message()).toBeNull();
    expect(collector.add(decodeQR(photograph(frame)))).toBe(true);
  }
  const message = collector.message();
  expect(message && (await openKeys(message, readTransferCode(code.toLowerCase().replace('-', ' '))))).toEqual(keys);
});

it('takes pasted pieces, and begins anew with those of another message', () => {
  const [first, second] = [
    toFrames(new Uint8Array(400)),
    toFrames(Uint8Array.from({ length: 400 }, (_, at) => at % 251))
  ];
  const collector = new FrameCollector();
  expect(collector.add('something else')).toBe(false);
  collector.add(first[0] ?? '');
  expect(collector.progress).toEqual({ have: 1, of: first.length });
  expect(collector.add(`Hello, ${second.join(' \n')}.`)).toBe(true);
  expect(collector.message()).toEqual(Uint8Array.from({ length: 400 }, (_, at) => at % 251));
});
