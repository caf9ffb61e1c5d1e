import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync } from 'node:zlib';
import packedChromium from '@sparticuz/chromium';

export interface AuditedBrowser {
  /** Of its DevTools protocol, on this machine. */
  readonly port: number;
  stop(): Promise<void>;
}

/** Milliseconds until it must listen. */
const patience = 30_000;

/**
 * Chromium with an open DevTools port, which Lighthouse wants: the installed one that CHROME_PATH names, or the one that
 * a package carries, with the libraries that small systems lack.
 *
 * @throws RangeError where it does not listen in time.
 */
export async function launchForAudits(): Promise<AuditedBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'tributary-audit-'));
  const environment = { ...process.env };
  const own = process.env['CHROME_PATH'];
  if (own === undefined) {
    const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
    const archive = resolve(dirname(entry), '..', '..', 'bin', 'al2023.tar.br');
    const tar = join(profile, 'libraries.tar');
    writeFileSync(tar, brotliDecompressSync(readFileSync(archive)));
    execFileSync('tar', ['-xf', tar, '-C', profile]);
    environment['LD_LIBRARY_PATH'] = [join(profile, 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  }
  const running = spawn(
    own ?? (await packedChromium.executablePath()),
    // Only the sandbox is off, since root cannot have one. A port of 0 takes a free one.
    ['--headless=new', '--no-sandbox', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    { env: environment, stdio: 'ignore' }
  );
  const ended = once(running, 'exit');
  const stop = async () => {
    running.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  // It writes there which port it took.
  const file = join(profile, 'DevToolsActivePort');
  for (let waited = 0; waited < patience; waited += 100) {
    const port = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n', 1)[0]) : 0;
    if (port > 0) return { port, stop };
    await sleep(100);
  }
  await stop();
  throw new RangeError('Chromium does not listen. Set CHROME_PATH to one that is installed.');
}
