import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { RelayerKeyError } from './errors.ts';
import { readRelayerKey } from './relayer-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'tributary-relayer-key-'));
const key = `0x${'1'.repeat(64)}`;

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(content: string, mode = 0o600): string {
  const file = join(folder, 'key');
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

it('reads a key that only its owner can read', async () => {
  const { address } = await readRelayerKey(write(`${key}\n`));
  expect(address).toBe('0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A');
});

it.runIf(process.platform !== 'win32').each([0o640, 0o604, 0o644])('refuses one of mode %o', async (mode) => {
  await expect(readRelayerKey(write(key, mode))).rejects.toThrow(RelayerKeyError);
});

it.each([
  ['nothing', ''],
  ['too short a number', key.slice(0, -2)],
  ['a number beyond the order of the curve', `0x${'f'.repeat(64)}`],
  ['zero', `0x${'0'.repeat(64)}`]
])('refuses %s, and never says what it read', async (_, content) => {
  const refused = readRelayerKey(write(content));
  await expect(refused).rejects.toThrow(RelayerKeyError);
  await refused.catch((error: unknown) => {
    if (content !== '') expect(String(error)).not.toContain(content.slice(2));
  });
});

it('says which file is missing', async () => {
  await expect(readRelayerKey(join(folder, 'absent'))).rejects.toThrow(/absent cannot be read/);
});
