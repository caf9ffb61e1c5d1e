import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** Imports that break the arrow, and the rule that must say so. The stage "rooms" finds that none is there. */
const wrong: readonly { readonly room: string; readonly imports: string; readonly rule: string }[] = [
  { room: 'sdk', imports: '../../broker/broker.ts', rule: 'sdk-imports-contracts-only' },
  { room: 'sdk', imports: 'node:fs', rule: 'sdk-runs-anywhere' },
  { room: 'broker', imports: '../../indexer/indexer.ts', rule: 'broker-stands-alone' },
  { room: 'broker', imports: '../../sdk/protocol/event.ts', rule: 'doors-between-rooms' },
  { room: 'broker/relay', imports: '../../delivery/delivery.ts', rule: 'relay-stays-apart' },
  { room: 'broker/keys', imports: '../../relay/relay.ts', rule: 'keys-stays-apart' },
  { room: 'broker/delivery', imports: '../../relay/relay.ts', rule: 'delivery-stays-apart' },
  { room: 'indexer', imports: '../../web/server.ts', rule: 'indexer-stands-alone' },
  { room: 'indexer/relayer', imports: '../../schema.ts', rule: 'relayer-stays-apart' },
  { room: 'web', imports: '../../broker/broker.ts', rule: 'web-stands-alone' },
  { room: 'scripts', imports: '../../test/market.ts', rule: 'scripts-stands-alone' }
];

/** Rules that files break, as `file rule`. */
async function violations(paths: readonly string[]): Promise<string[]> {
  const { stdout } = await run(
    process.execPath,
    [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      '--config=.dependency-cruiser.cjs',
      '--output-type=json',
      ...paths
    ],
    { maxBuffer: 256 * 1024 * 1024 }
  ).catch((error: unknown) => error as { stdout: string });
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
}

describe('the arrow between rooms', () => {
  it('is watched: every way to break it is found', { timeout: 120_000 }, async () => {
    const folders: string[] = [];
    try {
      const files = wrong.map(({ room, imports, rule }) => {
        const folder = mkdtempSync(join(room, 'arrow-'));
        folders.push(folder);
        const file = join(folder, 'wrong.ts');
        writeFileSync(file, `import * as wrong from '${imports}';\nexport default wrong;\n`);
        return { file, rule };
      });
      const found = await violations(folders);
      for (const { file, rule } of files) expect(found).toContain(`${file} ${rule}`);
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
  });
});
