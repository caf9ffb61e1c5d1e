/**
 * Runs Slither over contracts/src and holds its findings against the table in contracts/README.md, where each has an
 * answer. Fails for findings without an answer, and for answers to findings that are no longer made.
 *
 *   node --import tsx scripts/analyse/slither.ts
 *
 * No part of npm test: it needs Python and, the first time, the package index, and compiles all contracts once more
 * (about two minutes). Slither is taken from PATH, or installed into .tributary/slither.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { TributaryError } from '#sdk/protocol/problem';
import { foundryBinary } from '../start/chain.ts';
import { pythonProgram } from './python-program.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const limits = { timeout: 600_000, maxBuffer: 64 * 1024 * 1024 };

class AnalysisFailedError extends TributaryError {
  readonly code = 'analysis-failed';
  readonly title = 'Slither did not end its analysis';
}

/** A finding, and where: the contract and function. */
interface Finding {
  readonly check: string;
  readonly where: string;
  readonly description: string;
}

interface Element {
  type: string;
  name: string;
  type_specific_fields?: { parent?: Element | undefined } | undefined;
}
const elementSchema: z.ZodType<Element> = z.object({
  type: z.string(),
  name: z.string(),
  type_specific_fields: z
    .object({
      get parent() {
        return elementSchema.optional();
      }
    })
    .optional()
});
const reportSchema = z.object({
  success: z.boolean(),
  error: z.string().nullable(),
  results: z.object({
    detectors: z
      .array(
        z.object({
          check: z.string(),
          description: z.string(),
          elements: z.tuple([elementSchema]).rest(z.unknown())
        })
      )
      .default([])
  })
});

/** Contract and function of an element: variables are named by the function in which they stand. */
function placeOf(element: Element): string {
  const names: string[] = [];
  for (let at: Element | undefined = element; at !== undefined; at = at.type_specific_fields?.parent) {
    if (at.type === 'contract' || at.type === 'function') names.unshift(at.name);
    else if (at === element && at.type_specific_fields?.parent?.type === 'contract') names.unshift(at.name);
  }
  return names.join('.');
}

/** @throws {@link AnalysisFailedError}, {@link ProgramMissingError} */
async function findings(): Promise<Finding[]> {
  const program = await pythonProgram('slither', 'slither-analyzer==0.11.6');
  const folder = await mkdtemp(join(tmpdir(), 'tributary-slither-'));
  try {
    const out = join(folder, 'out');
    const forge = foundryBinary('forge');
    const build = ['build', 'contracts/src', '--build-info', '--build-info-path', join(out, 'build-info')];
    await run(forge, [...build, '--out', out, '--cache-path', join(folder, 'cache')], { cwd: root, ...limits });
    const report = join(folder, 'report.json');
    const failure: unknown = await run(
      program,
      [
        ...['.', '--foundry-ignore-compile', '--foundry-out-directory', out],
        ...['--config-file', 'contracts/slither.config.json', '--json', report]
      ],
      // Slither asks forge for the settings.
      { cwd: root, env: { ...process.env, PATH: [dirname(forge), process.env['PATH']].join(delimiter) }, ...limits }
    ).then(
      () => undefined,
      (problem: unknown) => problem
    );
    // It exits with another code than 0 also when all went well and it found something.
    const text = await readFile(report, 'utf8').catch((cause: unknown) => {
      throw new AnalysisFailedError(`It wrote no report: ${String(failure ?? cause)}`, { cause });
    });
    const { success, error, results } = reportSchema.parse(JSON.parse(text));
    if (!success) throw new AnalysisFailedError(error ?? 'It gave no reason.');
    return results.detectors.map(({ check, description, elements: [first] }) => ({
      check,
      where: placeOf(first),
      description: description.trim()
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rows "| `check` | `where` or everywhere | answer |" of the table in contracts/README.md. */
async function answers(): Promise<{ check: string; where: string }[]> {
  const text = await readFile(join(root, 'contracts', 'README.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith('What Slither finds')) ?? '';
  const rows = section.matchAll(/^\| `([a-z0-9-]+)` +\| (?:`([A-Za-z0-9_.]+)`|(everywhere)) +\| .*\S.* \|$/gm);
  return [...rows].map(([, check = '', where = '', everywhere]) => ({ check, where: everywhere ?? where }));
}

async function main(): Promise<void> {
  const [found, answered] = [await findings(), await answers()];
  const covers = (answer: { check: string; where: string }, { check, where }: Finding): boolean =>
    answer.check === check && (answer.where === 'everywhere' || answer.where === where);
  const open = found.filter((finding) => !answered.some((answer) => covers(answer, finding)));
  const idle = answered.filter((answer) => !found.some((finding) => covers(answer, finding)));
  for (const { check, where, description } of open) {
    process.stderr.write(`No answer in contracts/README.md: ${check} in ${where}\n  ${description}\n`);
  }
  for (const { check, where } of idle) {
    process.stderr.write(`An answer in contracts/README.md to what is not found: ${check} in ${where}\n`);
  }
  process.stdout.write(
    `Slither: ${String(found.length)} findings, ${String(found.length - open.length)} answered, ${String(idle.length)} answers too many.\n`
  );
  if (open.length + idle.length !== 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TributaryError)) throw error;
  process.stderr.write(`${error.title}. ${error.message}\n`);
  process.exitCode = 1;
}
