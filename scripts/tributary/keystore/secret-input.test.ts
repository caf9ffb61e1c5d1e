import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PassphraseUnreadableError } from './errors.ts';
import { readNewPassphrase, readPassphrase, readSecret } from './secret-input.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-input-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A terminal at which a text is typed after each question. */
function terminal(...typed: readonly string[]) {
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) });
  const shown: string[] = [];
  const output = new PassThrough();
  const left = [...typed];
  output.on('data', (chunk: Buffer) => {
    shown.push(`${raw.at(-1) === true ? '' : '(echoing) '}${chunk.toString()}`);
    if (chunk.toString().endsWith(': ')) input.write(left.shift() ?? '\u0003');
  });
  return { asked: { input, output }, raw, shown: () => shown.join('') };
}

describe('secrets', () => {
  it('are typed and not shown', async () => {
    const { asked, raw, shown } = terminal('correct horsf\u007fe\r');
    expect((await readPassphrase('prompt', 'the key', asked)).toString()).toBe('correct horse');
    expect(shown()).toBe('Passphrase of the key: (echoing) \n');
    expect(raw).toEqual([true, false]);
  });

  it('are asked for twice when they are new, and have some length', async () => {
    const same = terminal('correct horse battery\r', 'correct horse battery\r');
    expect((await readNewPassphrase('prompt', 'the key', same.asked)).length).toBe(21);
    const other = terminal('correct horse battery\r', 'correct horse buttery\r');
    await expect(readNewPassphrase('prompt', 'the key', other.asked)).rejects.toThrow('not the same');
    await expect(readNewPassphrase('prompt', 'the key', terminal('short\r').asked)).rejects.toThrow('at least 12');
  });

  it('end the run where nothing is typed, or nobody is there', async () => {
    await expect(readPassphrase('prompt', 'the key', terminal('\u0003').asked)).rejects.toThrow('Nothing was typed');
    const pipe = { input: new PassThrough(), output: new PassThrough() };
    await expect(readPassphrase('prompt', 'the key', pipe)).rejects.toThrow('no terminal');
  });

  it('come from files that only their owner can read, and from descriptors', async () => {
    const file = join(folder, 'secret');
    writeFileSync(file, 'correct horse\n', { mode: 0o600 });
    expect((await readSecret(`file:${file}`, '')).toString()).toBe('correct horse');
    const descriptor = openSync(file, 'r');
    try {
      expect((await readSecret(`descriptor:${String(descriptor)}`, '')).toString()).toBe('correct horse');
    } finally {
      // The stream closed it; closing twice says so.
      expect(() => {
        closeSync(descriptor);
      }).toThrow();
    }
    const open = join(folder, 'open');
    writeFileSync(open, 'correct horse', { mode: 0o644 });
    await expect(readSecret(`file:${open}`, '')).rejects.toThrow('chmod 600');
    await expect(readSecret('correct horse', '')).rejects.toThrow(PassphraseUnreadableError);
  });
});
