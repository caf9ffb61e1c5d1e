/**
 * Writes contracts/generated from the contracts: ABIs for TypeScript (`as const`), ABIs as JSON for the subgraph, and
 * the creation code that deploying needs, so that nothing but this program needs a compiler.
 *
 *   node --import tsx scripts/generate/abis.ts           writes
 *   node --import tsx scripts/generate/abis.ts --check   exits 1 and names the files that differ
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as prettier from 'prettier';
import { z } from 'zod';
import { hexSchema } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { foundryBinary } from '../start/chain.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const generated = 'contracts/generated';

/** Contract, the file and the constant prefix under which TypeScript finds it, and whether deploying creates it. */
const contracts = [
  { contract: 'DATAcoin', file: 'datacoin', deployed: true },
  { contract: 'AttestationResolver', file: 'attestationResolver', deployed: true },
  { contract: 'CounterfactualPurchase', file: 'counterfactualPurchase', deployed: false },
  { contract: 'CounterfactualPurchaseFactory', file: 'counterfactualPurchaseFactory', deployed: true },
  { contract: 'DataLicense', file: 'dataLicense', deployed: true },
  { contract: 'DeliveryEscrow', file: 'deliveryEscrow', deployed: true },
  { contract: 'Karma', file: 'karma', deployed: true },
  { contract: 'Stream', file: 'stream', deployed: false },
  { contract: 'StreamRegistry', file: 'streamRegistry', deployed: true },
  { contract: 'ThresholdDeliveryOracle', file: 'thresholdDeliveryOracle', deployed: true },
  { contract: 'Wishlist', file: 'wishlist', deployed: true }
] as const;

const artifactSchema = z.object({
  abi: z.array(z.record(z.string(), z.unknown())),
  bytecode: z.object({ object: hexSchema })
});
type Artifact = z.infer<typeof artifactSchema>;

export class ForgeBuildFailedError extends TributaryError {
  readonly code = 'forge-build-failed';
  readonly title = 'forge could not build the contracts';
}

export class MachinePathInOutputError extends TributaryError {
  readonly code = 'machine-path-in-output';
  readonly title = 'A generated file contains a path of this machine';
}

/**
 * Builds the contracts in a folder of their own. The same compiler run always sees the same files: with via_ir the
 * order of the sources reaches the bytecode, so a cache or the tests beside them would make it differ.
 */
async function buildContracts(): Promise<Map<string, Artifact>> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-abis-'));
  try {
    const folders = ['--out', join(folder, 'out'), '--cache-path', join(folder, 'cache')];
    await promisify(execFile)(foundryBinary('forge'), ['build', '--skip', 'test', 'script', ...folders], {
      cwd: root
    }).catch((problem: unknown) => {
      const output = problem instanceof Error && 'stderr' in problem ? String(problem.stderr) : String(problem);
      throw new ForgeBuildFailedError(`Correct the contracts, then generate again.\n${output}`);
    });
    const artifacts = new Map<string, Artifact>();
    for (const { contract } of contracts) {
      const text = await readFile(join(folder, 'out', `${contract}.sol`, `${contract}.json`), 'utf8');
      artifacts.set(contract, artifactSchema.parse(JSON.parse(text)));
    }
    return artifacts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Solidity's own type names say nothing to a program that has the ABI types, and would weigh on every page. */
function withoutInternalTypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutInternalTypes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'internalType')
      .map(([key, inner]) => [key, withoutInternalTypes(inner)])
  );
}

async function format(path: string, text: string): Promise<string> {
  const options = await prettier.resolveConfig(join(root, path));
  return prettier.format(text, { ...options, filepath: path });
}

/** What every file of contracts/generated should contain: path from the root -> text. */
export async function generateAbis(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const note = '// Generated from the contracts by scripts/generate/abis.ts; do not edit.\n';
  let creationCode = note;
  const artifacts = await buildContracts();
  for (const { contract, file, deployed } of contracts) {
    const artifact = artifacts.get(contract);
    if (artifact === undefined) throw new ForgeBuildFailedError(`forge built no contract named ${contract}.`);
    const abi = JSON.stringify(withoutInternalTypes(artifact.abi));
    files.set(`${generated}/${file}.ts`, `${note}export const ${file}Abi = ${abi} as const;\n`);
    files.set(`${generated}/abi/${contract}.json`, JSON.stringify(artifact.abi));
    if (deployed) {
      creationCode += `\n/** Creation code of ${contract}, without constructor arguments. */\n`;
      creationCode += `export const ${file}Bytecode = '${artifact.bytecode.object}';\n`;
    }
  }
  files.set(`${generated}/bytecode.ts`, creationCode);

  for (const [path, text] of files) {
    if (text.includes(root)) throw new MachinePathInOutputError(`${path} would contain ${root}; find out where from.`);
    files.set(path, await format(path, text));
  }
  return files;
}

async function main(check: boolean): Promise<void> {
  const drifted: string[] = [];
  for (const [path, text] of await generateAbis()) {
    const absolute = join(root, path);
    const present = await readFile(absolute, 'utf8').catch(() => undefined);
    if (present === text) continue;
    drifted.push(path);
    if (check) continue;
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, text);
  }
  const list = drifted.map((path) => `  ${path}\n`).join('');
  if (drifted.length === 0) process.stdout.write('contracts/generated is what the contracts say.\n');
  else if (!check) process.stdout.write(`Written:\n${list}`);
  else {
    process.stderr.write(`Not what the contracts say; run node --import tsx scripts/generate/abis.ts:\n${list}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes('--check'));
