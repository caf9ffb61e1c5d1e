/**
 * Deploys the contracts to a chain and writes contracts/deployments/<chainId>.json, or the file that --record names.
 *
 *   DEPLOYER_PRIVATE_KEY=0x... node --import tsx scripts/deploy/main.ts --rpc URL [--record FILE] [--force]
 *
 * The key comes from the environment, so that it stands in no shell history and no process list; so does what the market
 * can never change: TREASURY, FEE_BASIS_POINTS, KARMA_HALF_LIFE, DELIVERY_ATTESTORS, DELIVERY_THRESHOLD (.env.example).
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createPublicClient, http } from 'viem';
import { z } from 'zod';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { bytes32Schema } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { deploy } from './deploy.ts';
import { deploymentParameters } from './parameters.ts';

class ArgumentInvalidError extends TributaryError {
  readonly code = 'argument-invalid';
  readonly title = 'The command was called wrongly';
}

class ChainUnreachableError extends TributaryError {
  readonly code = 'chain-unreachable';
  override readonly status = 503;
  readonly title = 'The chain does not answer';
}

class DeploymentExistsError extends TributaryError {
  readonly code = 'deployment-exists';
  override readonly status = 409;
  readonly title = 'This chain has a deployment already';
}

const usage = 'DEPLOYER_PRIVATE_KEY=0x... node --import tsx scripts/deploy/main.ts --rpc URL [--record FILE] [--force]';

function readArguments() {
  try {
    return parseArgs({
      options: { rpc: { type: 'string' }, record: { type: 'string' }, force: { type: 'boolean', default: false } }
    }).values;
  } catch (problem) {
    throw new ArgumentInvalidError(`${problem instanceof Error ? problem.message : String(problem)}.\n${usage}`);
  }
}

async function main(): Promise<void> {
  const values = readArguments();
  const chainUrl = z.url({ protocol: /^https?$/ }).safeParse(values.rpc);
  if (!chainUrl.success) throw new ArgumentInvalidError(`--rpc must be the http(s) URL of the chain.\n${usage}`);
  const privateKey = bytes32Schema.safeParse(process.env['DEPLOYER_PRIVATE_KEY']);
  if (!privateKey.success) {
    throw new ArgumentInvalidError(`DEPLOYER_PRIVATE_KEY must be a private key: 0x and 64 digits.\n${usage}`);
  }

  const chainId = await createPublicClient({ transport: http(chainUrl.data) })
    .getChainId()
    .catch(() => {
      throw new ChainUnreachableError(`No chain answers at ${chainUrl.data}. Start it, or correct --rpc, then retry.`);
    });
  const recorded = `contracts/deployments/${String(chainId)}.json`;
  const path = values.record ?? fileURLToPath(new URL(`../../${recorded}`, import.meta.url));
  const shown = values.record ?? recorded;
  // Before spending gas, not after.
  const exists = await stat(path).then(
    () => true,
    () => false
  );
  if (exists && !values.force) {
    throw new DeploymentExistsError(`${shown} records one. Pass --force to deploy anew and replace the record.`);
  }

  const deployment = await deploy({
    chainUrl: chainUrl.data,
    privateKey: privateKey.data,
    parameters: deploymentParameters(parseConfiguration(process.env)),
    onStep: (step) => {
      process.stdout.write(`${step}\n`);
    }
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(deployment, null, 2)}\n`);
  process.stdout.write(`written ${shown}\n`);
}

try {
  await main();
} catch (problem) {
  // viem puts the whole request into its messages; the first line says what went wrong.
  const message = problem instanceof Error ? problem.message : String(problem);
  const said = problem instanceof TributaryError ? message : (message.split('\n')[0] ?? message);
  process.stderr.write(`${said}\n`);
  process.exitCode = 1;
}
