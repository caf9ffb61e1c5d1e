import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { packageName, packagePath } from '#sdk/protocol/package-name';

const execute = promisify(execFile);
const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string())
});

/** What the pages tell people to install beside the sdk. */
const named = ['ws', 'viem', '@x402/fetch', '@x402/evm'];

export interface RunProgram {
  /** As a page shows it. */
  readonly code: string;
  /** Name of its file, whose ending says who runs it: .mjs Node, .sh the shell. */
  readonly file: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The program is ended as soon as it has printed this; one that never does fails with what it printed. */
  readonly prints: RegExp;
}

/** A stranger's folder: nothing of this project is in it but the package that the market serves. */
export class StrangersFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'tributary-stranger-'));

  /** Puts there what npm would: the package that the market serves, and what it names. */
  async install(market: string): Promise<void> {
    const answer = await fetch(new URL(packagePath, market), { redirect: 'error' });
    if (!answer.ok) throw new RangeError(`${packagePath} answered ${String(answer.status)}`);
    const tarball = join(this.path, 'package.tgz');
    writeFileSync(tarball, Buffer.from(await answer.arrayBuffer()));
    const home = join(this.path, 'node_modules', packageName);
    mkdirSync(home, { recursive: true });
    await execute('tar', ['-xzf', tarball, '-C', home, '--strip-components', '1']);
    const { dependencies, peerDependencies } = manifestSchema.parse(
      JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    );
    for (const name of new Set([...Object.keys({ ...dependencies, ...peerDependencies }), ...named])) {
      const place = join(this.path, 'node_modules', name);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(resolve('node_modules', name), place);
    }
  }

  /** Runs a program in the folder. @returns what it printed until then */
  run({ code, file, environment = {}, prints }: RunProgram): Promise<string> {
    writeFileSync(join(this.path, file), code);
    const child = spawn(file.endsWith('.sh') ? 'bash' : process.execPath, [file], {
      cwd: this.path,
      env: { PATH: process.env['PATH'], HOME: this.path, ...environment },
      // A shell's programs end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe']
    });
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    return new Promise((done, failed) => {
      let printed = '';
      const late = setTimeout(end, 60_000);
      const look = (chunk: string) => {
        printed += chunk;
        if (prints.test(printed)) end();
      };
      child.stdout.setEncoding('utf8').on('data', look);
      child.stderr.setEncoding('utf8').on('data', look);
      child.once('error', failed);
      child.once('close', () => {
        clearTimeout(late);
        if (prints.test(printed)) done(printed);
        else failed(new RangeError(`${file} printed no ${String(prints)}:\n${printed}`));
      });
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
