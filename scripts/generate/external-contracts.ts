/**
 * Writes down the contracts of others that local chains and tests run beside the market's own: the Ethereum Attestation
 * Service, whose artifacts for deploying and whose addresses on public chains come from its npm package, and the
 * registry and a resolver of ENS, which only tests deploy. The packages themselves would bring their build tools along
 * (hardhat, an old solc), so they are fetched once, held against the digests below, and never installed.
 *
 * Needs the npm registry.
 *
 *   node --import tsx scripts/generate/external-contracts.ts           writes
 *   node --import tsx scripts/generate/external-contracts.ts --check   exits 1 where a file differs
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { addressSchema, hexSchema } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { formatted, writeOrCheck } from './generated-files.ts';

const generator = 'scripts/generate/external-contracts.ts';
const run = promisify(execFile);

/** What is read of which package; the digest is the one that the npm registry gives, of the whole tarball. */
const packages = {
  attestationService: {
    name: '@ethereum-attestation-service/eas-contracts',
    version: '1.9.0',
    license: 'MIT',
    integrity: 'sha512-L60y1fgKlY3a45xxnPlgRbiGQY8RF/lF+AzF1iVoR7/aEzitS0Nuyyjq8+IXs1sSSU0dl2+yGSmELxVeB6FelA=='
  },
  ens: {
    name: '@ensdomains/ens',
    version: '0.6.2',
    license: 'BSD-2-Clause',
    integrity: 'sha512-F3ALgp60HZq3rKqNig7H/rAlBB0zuz4C9q2weCoiPjSW91uvjetXhCGBU2YJCD1tyuKnO/KqTDzUN5Dc8HLlaQ=='
  },
  ensResolver: {
    name: '@ensdomains/resolver',
    version: '0.3.1',
    license: 'BSD-2-Clause',
    integrity: 'sha512-cXY7nomODddJ59pvkwkxp7StgKcv8Xb0OhQE/pCe80448T8tELPGEghf2thtjz4+4f+c7mt8XJQ04Y0Guc0lnA=='
  }
} as const;
type Source = (typeof packages)[keyof typeof packages];

/** What the market calls of the Ethereum Attestation Service, with all its events and errors. */
const attestationServiceFunctions = [
  'attest',
  'attestByDelegation',
  'eip712Domain',
  'getAttestation',
  'getNonce',
  'getSchemaRegistry',
  'isAttestationValid',
  'multiAttest',
  'multiRevoke',
  'revoke',
  'revokeByDelegation',
  'version'
];

/** Networks of the package that no longer exist, or whose code is not the EVM's. */
const networksLeftOut = ['base-goerli', 'linea-goerli', 'optimism-goerli', 'zksync'];

const abiItemSchema = z.looseObject({ type: z.string(), name: z.string().optional() });
const artifactSchema = z.object({ abi: z.array(abiItemSchema), bytecode: hexSchema });
const deploymentSchema = z.object({ address: z.string().toLowerCase().pipe(addressSchema) });

export class PackageDigestError extends TributaryError {
  readonly code = 'package-digest';
  readonly title = 'A package is not the one that was looked at';
}

/** Fetches and unpacks a package. @returns the folder with its files. @throws PackageDigestError */
async function unpack(source: Source, folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', `${source.name}@${source.version}`], { cwd: folder });
  const [packed] = z.tuple([z.object({ filename: z.string() })]).parse(JSON.parse(stdout));
  const tarball = join(folder, packed.filename);
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64')}`;
  if (integrity !== source.integrity) {
    throw new PackageDigestError(
      `${source.name} ${source.version} has ${integrity}, not ${source.integrity}. Find out what changed.`
    );
  }
  const unpacked = await mkdtemp(join(folder, 'package-'));
  await run('tar', ['-xzf', tarball, '-C', unpacked]);
  return join(unpacked, 'package');
}

async function artifact(folder: string, path: string): Promise<z.infer<typeof artifactSchema>> {
  return artifactSchema.parse(JSON.parse(await readFile(join(folder, path), 'utf8')));
}

/** The licence's text, as its terms ask, and where the code comes from. */
async function origin(source: Source, folder: string): Promise<string> {
  const license = await readFile(join(folder, 'LICENSE'), 'utf8');
  return `Creation code from the npm package ${source.name} ${source.version} (${source.license}):\n\n${license.trim()}`;
}

function commented(text: string): string {
  return text
    .split('\n')
    .map((line) => `// ${line}`.trimEnd())
    .join('\n');
}

/** An ABI without Solidity's own type names, which would weigh on every page. */
function abiText(abi: readonly z.infer<typeof abiItemSchema>[], functions?: readonly string[]): string {
  const kept = abi.filter(
    ({ type, name }) =>
      type !== 'function' || functions === undefined || (name !== undefined && functions.includes(name))
  );
  return JSON.stringify(kept, (key, value: unknown) => (key === 'internalType' ? undefined : value));
}

/** Addresses of the service on public chains: [chain id, service, registry of schemas], ascending. */
async function addresses(folder: string): Promise<[number, string, string][]> {
  const networks = (await readdir(join(folder, 'deployments'))).filter((name) => !networksLeftOut.includes(name));
  const rows = networks.map(async (network): Promise<[number, string, string]> => {
    const read = (file: string): Promise<string> => readFile(join(folder, 'deployments', network, file), 'utf8');
    const chainId = z.coerce
      .number()
      .int()
      .positive()
      .parse(await read('.chainId'));
    const service = deploymentSchema.parse(JSON.parse(await read('EAS.json')));
    const registry = deploymentSchema.parse(JSON.parse(await read('SchemaRegistry.json')));
    return [chainId, service.address, registry.address];
  });
  return (await Promise.all(rows)).sort(([a], [b]) => a - b);
}

const note = `// Generated by ${generator}; do not edit.\n`;

async function attestationServiceModule(folder: string): Promise<string> {
  const service = await artifact(folder, 'artifacts/contracts/EAS.sol/EAS.json');
  const registry = await artifact(folder, 'artifacts/contracts/SchemaRegistry.sol/SchemaRegistry.json');
  const deployed = (await addresses(folder)).map(
    ([chainId, eas, schemaRegistry]) =>
      `[${String(chainId)}, { attestationService: '${eas}', schemaRegistry: '${schemaRegistry}' }]`
  );
  return `${note}//
${commented(await origin(packages.attestationService, folder))}

/** The Ethereum Attestation Service (EAS): what the market calls of it, its events and errors. */
export const attestationServiceAbi = ${abiText(service.abi, attestationServiceFunctions)} as const;

/** The registry of schemas of the Ethereum Attestation Service. */
export const schemaRegistryAbi = ${abiText(registry.abi)} as const;

/** Chain id -> where the service and its registry of schemas are on that public chain. */
export const attestationServiceAddresses: ReadonlyMap<
  number,
  { readonly attestationService: \`0x\${string}\`; readonly schemaRegistry: \`0x\${string}\` }
> = new Map([${deployed.join(', ')}]);

/** Creation code of EAS, without its constructor argument, the registry of schemas. */
export const attestationServiceBytecode = '${service.bytecode}';

/** Creation code of SchemaRegistry; it takes no constructor arguments. */
export const schemaRegistryBytecode = '${registry.bytecode}';
`;
}

/** A Solidity library that gives tests the creation code: function name -> code. */
function solidityLibrary(name: string, origins: readonly string[], codes: Readonly<Record<string, string>>): string {
  const functions = Object.entries(codes).map(
    ([contract, code]) => `    function ${contract}() internal pure returns (bytes memory) {
        return hex"${code.slice(2)}";
    }`
  );
  return `// SPDX-License-Identifier: MIT
${note}//
${origins.map(commented).join('\n//\n')}
pragma solidity 0.8.37;

/// @notice Creation code of contracts that are not the market's, without constructor arguments.
library ${name} {
${functions.join('\n\n')}
}
`;
}

async function files(): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-external-'));
  try {
    const eas = await unpack(packages.attestationService, folder);
    const ens = await unpack(packages.ens, folder);
    const ensResolver = await unpack(packages.ensResolver, folder);

    const module = 'contracts/generated/attestationService.ts';
    return new Map([
      [module, await formatted(module, await attestationServiceModule(eas))],
      [
        'contracts/test/external/AttestationServiceCode.sol',
        solidityLibrary('AttestationServiceCode', [await origin(packages.attestationService, eas)], {
          attestationService: (await artifact(eas, 'artifacts/contracts/EAS.sol/EAS.json')).bytecode,
          schemaRegistry: (await artifact(eas, 'artifacts/contracts/SchemaRegistry.sol/SchemaRegistry.json')).bytecode
        })
      ],
      [
        'contracts/test/external/EnsCode.sol',
        solidityLibrary('EnsCode', [await origin(packages.ens, ens), await origin(packages.ensResolver, ensResolver)], {
          registry: (await artifact(ens, 'build/contracts/ENSRegistry.json')).bytecode,
          registryWithFallback: (await artifact(ens, 'build/contracts/ENSRegistryWithFallback.json')).bytecode,
          publicResolver: (await artifact(ensResolver, 'build/contracts/PublicResolver.json')).bytecode
        })
      ]
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await writeOrCheck(await files(), generator);
