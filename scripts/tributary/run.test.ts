import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runTributary } from './run.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tributary-run-'));
  writeFileSync(join(home, 'passphrase'), 'correct horse battery\n', { mode: 0o600 });
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** Runs a command in this process. */
async function run(...words: readonly string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await runTributary({
    words,
    version: '1.2.3',
    input: new PassThrough(),
    out,
    err,
    environment: { TRIBUTARY_HOME: home, TRIBUTARY_PASSPHRASE_FROM: `file:${join(home, 'passphrase')}` },
    interrupted: () => new AbortController().signal
  });
  const text = (stream: PassThrough) => (stream.read() as Buffer | null)?.toString() ?? '';
  return { code, out: text(out), err: text(err) };
}

describe('a run', () => {
  it('teaches by its help, with examples and exit codes', async () => {
    const help = await run('--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('Exit codes:');
    for (const command of [
      'search',
      'show',
      'buy',
      'subscribe',
      'licences',
      'publish',
      'sell',
      'karma',
      'doctor',
      'mcp'
    ]) {
      const own = await run(command, '--help');
      expect(own).toMatchObject({ code: 0 });
      expect(own.out).toContain('Examples:');
      expect(help.out).toContain(`\n  ${command}`);
    }
    expect((await run('--version')).out).toBe('1.2.3\n');
  });

  it('ends with 2 where it was not understood, and says what was meant', async () => {
    expect(await run('serach')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('search') as string });
    expect((await run('buy')).err).toContain('Help: tributary buy --help');
    const bad = await run('search', '--sort', 'best', '--json');
    expect(bad.code).toBe(2);
    expect(JSON.parse(bad.err)).toMatchObject({ type: '/problems/usage', status: 400 });
    expect((await run('sell')).code).toBe(2);
    expect((await run('search', '--market', 'ftp://market.test')).err).toContain('--market must be');
  });

  it('takes options before and after the command, and the environment where they say nothing', async () => {
    const file = join(home, 'keystore', 'robot.json');
    const made = await run('--json', 'keys', 'create', 'robot', '--light');
    expect(made).toMatchObject({ code: 0 });
    const { account } = JSON.parse(made.out) as { account: string };
    expect(JSON.parse((await run('keys', 'list', '--json')).out)).toEqual({
      keys: [{ name: 'robot', file, account, exposed: false }]
    });
    const exported = await run('keys', 'export', 'robot');
    expect(JSON.parse(exported.out)).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    const again = await run('keys', 'create', 'robot', '--light');
    expect(again).toMatchObject({ code: 1 });
    expect(again.err).toContain('is not written over');
  });

  it('imports a private key and the keystore of another program, none of it by argument', async () => {
    const key = join(home, 'private-key');
    writeFileSync(key, `${'11'.repeat(32)}\n`, { mode: 0o600 });
    const words = ['keys', 'import', 'old', '--light', '--json'];
    const made = await run(...words, '--private-key-from', `file:${key}`);
    expect(JSON.parse(made.out)).toMatchObject({ account: '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a' });
    const copy = await run(
      'keys',
      'import',
      'copy',
      '--light',
      '--keystore',
      join(home, 'keystore', 'old.json'),
      '--json'
    );
    expect(JSON.parse(copy.out)).toMatchObject({ account: '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a' });
    const typed = await run('keys', 'import', 'typed', '--private-key-from', `0x${'11'.repeat(32)}`);
    expect(typed.code).toBe(2);
    expect(typed.err).not.toContain('1111');
  });

  it('prints a product file that it would take itself', async () => {
    const example = await run('sell', 'example');
    const file = join(home, 'product.json');
    writeFileSync(file, example.out);
    // Read before the market is asked, which is not there.
    expect(await run('sell', 'list', file, '--market', 'http://127.0.0.1:9')).toMatchObject({ code: 3 });
    writeFileSync(file, example.out.replace('"0.5"', '"cheap"'));
    const wrong = await run('sell', 'list', file, '--market', 'http://127.0.0.1:9');
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('pricePerHour: "cheap" is no amount of DATA');
  });

  it('says in doctor what is missing, and what to do', async () => {
    const doctor = await run('doctor', '--market', 'http://127.0.0.1:9');
    expect(doctor.code).toBe(1);
    expect(doctor.out).toContain('→ Run "npm start"');
    expect(doctor.out).toContain('tributary keys create');
  });
});
