import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { packageName } from '#sdk/protocol/package-name';
import { DependencyUnknownError, manifestOf } from './manifest.ts';
import { writePackage } from './package.ts';

const run = promisify(execFile);
const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string())
});

/** Loads every module of the package by its door, as a program of somebody else would. */
const program = `
import { readdirSync } from 'node:fs';
const found = {};
for (const part of ['actions', 'protocol']) {
  const folder = new URL('./node_modules/${packageName}/dist/sdk/' + part, import.meta.url);
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const door = part + '/' + name.slice(0, -3);
    found[door] = Object.keys(await import('${packageName}/' + door));
  }
}
found['contracts/dataLicense'] = Object.keys(await import('${packageName}/contracts/dataLicense'));
console.log(JSON.stringify(found));
`;

describe('the package of the sdk', () => {
  let folder: string;
  let home: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-package-'));
    home = join(folder, 'node_modules', packageName);
    await writePackage({ directory: home, types: false });
    // What npm would install: what the manifest names, and nothing else.
    const { dependencies, peerDependencies } = manifestSchema.parse(
      JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    );
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
      const place = join(folder, 'node_modules', name);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(resolve('node_modules', name), place);
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('has a door for every module, which plain Node opens with nothing but what it names', async () => {
    writeFileSync(join(folder, 'program.mjs'), program);
    const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: folder });
    const found = z.record(z.string(), z.array(z.string())).parse(JSON.parse(stdout));
    expect(found['actions/buy-license']).toContain('buyLicense');
    expect(found['protocol/discovery/products']).toContain('productSchema');
    expect(found['contracts/dataLicense']).toContain('dataLicenseAbi');
    expect(Object.keys(found).filter((door) => door.includes('.test'))).toEqual([]);
  });

  it('comes with its licence, words, vectors, and examples that use its doors', () => {
    for (const file of ['LICENSE', 'README.md', 'docs/wire-format.md', 'dist/sdk/protocol/vectors/event.json']) {
      expect({ file, exists: existsSync(join(home, file)) }).toEqual({ file, exists: true });
    }
    const readme = readFileSync(join(home, 'README.md'), 'utf8');
    const examples = [...readme.matchAll(/\]\((examples\/[\w-]+\.ts)\)/g)].map(([, path = '']) => path);
    expect(examples.length).toBeGreaterThanOrEqual(4);
    for (const example of examples) {
      const text = readFileSync(join(home, example), 'utf8');
      expect(text).toContain(`'${packageName}/actions/connect-market'`);
      expect(text).not.toContain('#sdk');
    }
  });

  it('names what it imports, and refuses what has no version', () => {
    const project = JSON.stringify({ version: '1.2.3', license: 'MIT', engines: { node: '>=20' }, dependencies: {} });
    expect(manifestOf(project, ["import { a } from './a.js';\nimport { b } from '#contracts/b';"])).toMatchObject({
      version: '1.2.3',
      dependencies: {}
    });
    expect(() => manifestOf(project, ["const x = await import('@some/package/part');"])).toThrow(
      DependencyUnknownError
    );
  });
});
