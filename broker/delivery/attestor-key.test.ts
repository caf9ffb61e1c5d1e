import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAttestorKey } from './attestor-key.ts';
import { AttestorKeyError } from './errors.ts';

const key = `0x${'11'.repeat(32)}`;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-attestor-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string, mode = 0o600): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

describe("the attestor's key", () => {
  it('is read from a file of its own', async () => {
    const { address } = await readAttestorKey(await write('good', `${key}\n`));
    expect(address.toLowerCase()).toBe('0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a');
  });

  it.skipIf(process.platform === 'win32')('is refused where others can read it', async () => {
    for (const mode of [0o640, 0o604]) {
      await expect(readAttestorKey(await write(`open-${String(mode)}`, key, mode))).rejects.toThrow('Others can read');
    }
  });

  it('is refused without telling what stands in the file', async () => {
    const wrong = { short: key.slice(0, -2), none: '', zero: `0x${'00'.repeat(32)}`, large: `0x${'ff'.repeat(32)}` };
    for (const [name, text] of Object.entries(wrong)) {
      const error: unknown = await readAttestorKey(await write(name, text)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AttestorKeyError);
      if (text !== '') expect((error as Error).message).not.toContain(text.slice(2));
      expect((error as Error).cause).toBe(undefined);
    }
    await expect(readAttestorKey(join(folder, 'missing'))).rejects.toThrow(AttestorKeyError);
  });
});
