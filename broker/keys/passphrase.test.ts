import { openSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PassphraseUnreadableError } from './errors.ts';
import { readPassphrase } from './passphrase.ts';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tributary-passphrase-'));
  file = join(directory, 'key:file');
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

it('comes from a key file that nobody else can read', async () => {
  await writeFile(file, 'correct horse battery\n', { mode: 0o600 });
  expect((await readPassphrase(`file:${file}`)).toString()).toBe('correct horse battery');
  for (const mode of [0o640, 0o604, 0o660]) {
    await chmod(file, mode);
    await expect(readPassphrase(`file:${file}`)).rejects.toThrow(/chmod 600/);
  }
  await expect(readPassphrase(`file:${directory}`)).rejects.toThrow(PassphraseUnreadableError);
  await expect(readPassphrase(`file:${file}.none`)).rejects.toThrow(PassphraseUnreadableError);
});

it('comes from an open descriptor, to its end', async () => {
  await writeFile(file, 'correct horse battery\r\n');
  const fd = openSync(file, 'r');
  expect((await readPassphrase(`descriptor:${String(fd)}`)).toString()).toBe('correct horse battery');
  await expect(readPassphrase('descriptor:9999')).rejects.toThrow(PassphraseUnreadableError);
});

it('is neither too short nor too long, and comes from nowhere else', async () => {
  for (const content of ['', 'short\n', 'x'.repeat(1_025), 'x'.repeat(100_000)]) {
    await writeFile(file, content, { mode: 0o600 });
    await expect(readPassphrase(`file:${file}`)).rejects.toThrow(/12 to 1024/);
    const fd = openSync(file, 'r');
    await expect(readPassphrase(`descriptor:${String(fd)}`)).rejects.toThrow(/12 to 1024/);
  }
  for (const source of ['', 'file:', 'descriptor:', 'descriptor:-1', 'descriptor:x', 'env:SECRET', 'correct horse']) {
    await expect(readPassphrase(source)).rejects.toThrow(PassphraseUnreadableError);
  }
});

/** A terminal by its stream; what is in raw mode shows nothing by itself. */
function terminal() {
  const modes: boolean[] = [];
  const setRawMode = (raw: boolean) => modes.push(raw);
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  const output = new PassThrough();
  return { input, output, modes };
}

it('is typed at a terminal, which shows nothing of it', async () => {
  const { input, output, modes } = terminal();
  const reading = readPassphrase('prompt', { input, output });
  input.write('correct hosr');
  input.write('\u007f\u007frse bättery\r');
  expect((await reading).toString()).toBe('correct horse bättery');
  expect(modes).toEqual([true, false]);
  expect(String(output.read())).toBe('Passphrase of the vault: \n');
});

it('is not waited for where somebody gives up, or there is no terminal', async () => {
  for (const key of ['\u0003', '\u0004']) {
    const { input, output, modes } = terminal();
    const reading = readPassphrase('prompt', { input, output });
    input.write(`correct horse battery${key}`);
    await expect(reading).rejects.toThrow(/No passphrase/);
    expect(modes).toEqual([true, false]);
  }
  const closed = terminal();
  const reading = readPassphrase('prompt', closed);
  closed.input.end();
  await expect(reading).rejects.toThrow(/No passphrase/);
  await expect(readPassphrase('prompt', { input: new PassThrough(), output: new PassThrough() })).rejects.toThrow(
    /no terminal/
  );
});
