import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is asked of every answer. That nothing fails inside is not: a test without a chain is told so by 502 and 503. */
const checks = [
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'unsupported_method',
  'allow_header_conformance'
];

export interface Schemathesis {
  /** False where this machine has none; that is said aloud. */
  readonly found: boolean;
  /**
   * @param url Of an OpenAPI document whose interface runs.
   * @returns What it says at the end.
   */
  run(url: string): Promise<string>;
}

/** Schemathesis (Python), a judge of HTTP interfaces by their own OpenAPI document: from PATH, or SCHEMATHESIS. */
export function findSchemathesis(): Schemathesis {
  const program = process.env['SCHEMATHESIS'] ?? 'schemathesis';
  let found = true;
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
  } catch {
    found = false;
    process.stderr.write(
      'SKIPPED: schemathesis is not on PATH (pip install schemathesis), nor named by SCHEMATHESIS.\n'
    );
  }
  return {
    found,
    run: (url) =>
      new Promise((resolve) => {
        // It writes a cache where it runs.
        const folder = mkdtempSync(join(tmpdir(), 'tributary-schemathesis-'));
        execFile(
          program,
          [
            'run',
            url,
            `--checks=${checks.join(',')}`,
            '--phases=examples,coverage,fuzzing',
            `--max-examples=${process.env['SCHEMATHESIS_EXAMPLES'] ?? '10'}`,
            '--generation-deterministic',
            '--no-color'
          ],
          { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
          (_, stdout, stderr) => {
            rmSync(folder, { recursive: true });
            resolve(stdout + stderr);
          }
        );
      })
  };
}
