import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('second_reading.py', import.meta.url));
const vectors = fileURLToPath(new URL('../../sdk/protocol/vectors', import.meta.url));

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const python = hasPython();
if (!python) process.stderr.write('SKIPPED: the second reading of the protocol needs Python 3.8 or later on PATH.\n');

const read = (folder: string) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    const child = execFile('python3', [program, folder], (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });

describe.skipIf(!python)('a second reading of the protocol, in Python', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-reading-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('agrees with the vectors', async () => {
    const { code, output } = await read(vectors);
    expect(output).toContain('Both readings agree.');
    expect(code).toBe(0);
  });

  it.each([
    ['event.json', 'signedPart'],
    ['event.json', 'eventKey'],
    ['slot-keys.json', 'encoded'],
    ['grant.json', 'pathKeys'],
    ['era-change.json', 'encoded'],
    ['era-change.json', 'seeds'],
    ['era-change.json', 'key']
  ])('notices another digit in %s, %s', async (file, field) => {
    await cp(vectors, folder, { recursive: true });
    const text = await readFile(join(folder, file), 'utf8');
    // In the middle, where signatures are not: those are not read.
    const changed = text.replace(
      new RegExp(`("${field}":\\s*"0x[0-9a-f]{20})([0-9a-f])`),
      (_, before: string, digit: string) => before + (digit === '0' ? '1' : '0')
    );
    expect(changed).not.toBe(text);
    await writeFile(join(folder, file), changed);
    const { code, output } = await read(folder);
    expect(output).toContain('The second reading differs in');
    expect(code).toBe(1);
  });
});
