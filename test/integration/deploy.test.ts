import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createPublicClient, createTestClient, createWalletClient, getContractAddress, http, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attestationServiceAbi,
  schemaRegistryAbi,
  schemaRegistryBytecode
} from '#contracts/generated/attestationService';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { karmaAbi } from '#contracts/generated/karma';
import { thresholdDeliveryOracleAbi } from '#contracts/generated/thresholdDeliveryOracle';
import { attestationSchemas, attestationSchemaUid } from '#sdk/protocol/attestation-schemas';
import { deploymentSchema, type Deployment } from '#sdk/protocol/deployment';
import type { Address } from '#sdk/protocol/primitives';
import { deploy } from '../../scripts/deploy/deploy.ts';
import { DeploymentFailedError, DeploymentUnverifiedError } from '../../scripts/deploy/errors.ts';
import { registerSchemas } from '../../scripts/deploy/register-schemas.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startChain, type RunningChain } from '../../scripts/start/chain.ts';
import { freePorts } from '../../scripts/start/ports.ts';

const privateKey = localPrivateKey(0);
const lower = (address: string) => address.toLowerCase() as Address;
const account = (index: number) => lower(privateKeyToAccount(localPrivateKey(index)).address);
const root = fileURLToPath(new URL('../..', import.meta.url));

let chain: RunningChain;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tributary-deploy-'));
  const [port = 0] = await freePorts(1);
  chain = await startChain({ port });
});
afterAll(async () => {
  await chain.stop();
  rmSync(directory, { recursive: true, force: true });
});

const reader = () => createPublicClient({ transport: http(chain.url), cacheTime: 0 });

describe('deploying', () => {
  const steps: string[] = [];
  let deployment: Deployment;

  it('puts every contract on the chain, in an order in which they can know each other', async () => {
    const parameters = {
      treasury: account(8),
      feeBasisPoints: 250,
      karmaHalfLife: 86_400,
      attestors: [account(7), account(6), account(5)],
      threshold: 2
    };
    deployment = await deploy({ chainUrl: chain.url, privateKey, parameters, onStep: (step) => void steps.push(step) });
    expect(steps).toEqual([
      ...['SchemaRegistry', 'AttestationService', 'DATAcoin', 'StreamRegistry', 'Karma', 'DeliveryEscrow'].map(
        (name) => `deploying ${name}`
      ),
      ...['DataLicense', 'CounterfactualPurchaseFactory', 'DeliveryOracle', 'Wishlist', 'AttestationResolver'].map(
        (name) => `deploying ${name}`
      ),
      'registering the schemas of attestations',
      'verifying the contracts'
    ]);
    expect(deploymentSchema.parse(JSON.parse(JSON.stringify(deployment)))).toEqual(deployment);
    const addresses = Object.values(deployment.contracts);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const address of addresses) {
      expect(await reader().getCode({ address: address ?? expect.fail('a contract is missing') })).toMatch(/^0x../);
    }
  });

  it('gives the contracts what they were to have, and writes it down', async () => {
    const { contracts, schemas } = deployment;
    const license = { address: contracts.DataLicense, abi: dataLicenseAbi } as const;
    const read = reader();
    expect(deployment).toMatchObject({ chainId: 31337, feeBasisPoints: 250, karmaHalfLife: 86_400 });
    expect(await read.readContract({ ...license, functionName: 'feeBasisPoints' })).toBe(250);
    expect(lower(await read.readContract({ ...license, functionName: 'treasury' }))).toBe(account(8));
    expect(lower(await read.readContract({ ...license, functionName: 'escrow' }))).toBe(contracts.DeliveryEscrow);
    expect(lower(await read.readContract({ ...license, functionName: 'karma' }))).toBe(contracts.Karma);
    const escrow = { address: contracts.DeliveryEscrow, abi: deliveryEscrowAbi } as const;
    expect(lower(await read.readContract({ ...escrow, functionName: 'license' }))).toBe(contracts.DataLicense);
    const karma = { address: contracts.Karma, abi: karmaAbi } as const;
    const isSource = (source: Address) => read.readContract({ ...karma, functionName: 'isSource', args: [source] });
    expect(await isSource(contracts.DataLicense)).toBe(true);
    expect(await isSource(contracts.DeliveryEscrow)).toBe(true);
    expect(await isSource(account(0))).toBe(false);
    const oracle = contracts.DeliveryOracle ?? expect.fail('no oracle');
    const attestors = await read.readContract({
      address: oracle,
      abi: thresholdDeliveryOracleAbi,
      functionName: 'attestors'
    });
    expect(attestors.map(lower)).toEqual([account(5), account(6), account(7)].sort());
    const supply = await read.readContract({
      address: contracts.DATAcoin,
      abi: datacoinAbi,
      functionName: 'balanceOf',
      args: [account(0)]
    });
    expect(supply).toBeGreaterThan(0n);

    const registry = await read.readContract({
      address: contracts.AttestationService ?? expect.fail('no attestation service'),
      abi: attestationServiceAbi,
      functionName: 'getSchemaRegistry'
    });
    const uids = Object.values(schemas);
    expect(new Set(uids).size).toBe(4);
    for (const uid of uids) {
      const schema = await read.readContract({
        address: registry,
        abi: schemaRegistryAbi,
        functionName: 'getSchema',
        args: [uid ?? expect.fail('a schema is missing')]
      });
      expect(lower(schema.resolver)).toBe(contracts.AttestationResolver);
      expect(schema.revocable).toBe(true);
    }
  });

  it('starts to count events at the first contract', async () => {
    const { number } = await reader().getBlock();
    const before = await reader().getCode({ address: deployment.contracts.DATAcoin, blockNumber: 0n });
    expect(before).toBeUndefined();
    expect(deployment.startBlock).toBe(1);
    expect(number).toBe(15n);
  });

  it('takes the deployer for treasury and attestor, one per cent and 180 days, where nothing else is said', async () => {
    const second = await deploy({ chainUrl: chain.url, privateKey });
    expect(second).toMatchObject({ feeBasisPoints: 100, karmaHalfLife: 15_552_000 });
    expect(second.contracts.DataLicense).not.toBe(deployment.contracts.DataLicense);
    const treasury = await reader().readContract({
      address: second.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'treasury'
    });
    expect(lower(treasury)).toBe(account(0));
  });
});

describe('a deployment that is not what it should be', () => {
  const tamper = (tampering: (address: Address) => Promise<void>) =>
    deploy({
      chainUrl: chain.url,
      privateKey,
      onStep: async (step) => {
        if (step !== 'verifying the contracts') return;
        // Ten contracts, four schemas: the seventh contract is DataLicense.
        const nonce = await reader().getTransactionCount({ address: account(0) });
        await tampering(lower(getContractAddress({ from: account(0), nonce: BigInt(nonce - 15 + 6) })));
      }
    });
  const changes = () => createTestClient({ mode: 'anvil', transport: http(chain.url) });

  it('is found out when one byte of a code is another', async () => {
    const tampered = tamper(async (address) => {
      const code = (await reader().getCode({ address })) ?? '0x';
      const other: Hex = `0x${code.slice(2, -2)}${code.endsWith('00') ? '01' : '00'}`;
      await changes().setCode({ address, bytecode: other });
    });
    await expect(tampered).rejects.toThrow(DeploymentUnverifiedError);
    await expect(tampered).rejects.toThrow(/^DataLicense: the code at 0x/);
  });

  it('is found out when a code was built with other values', async () => {
    const tampered = tamper(async (address) => {
      const code = (await reader().getCode({ address })) ?? '0x';
      // The treasury, an immutable of the code, becomes another account.
      const other = code.replaceAll(account(0).slice(2), account(9).slice(2)) as Hex;
      expect(other).not.toBe(code);
      await changes().setCode({ address, bytecode: other });
    });
    await expect(tampered).rejects.toThrow(/^DataLicense: the code at 0x/);
  });

  it('is found out when there is no code', async () => {
    const tampered = tamper((address) => changes().setCode({ address, bytecode: '0x' }));
    await expect(tampered).rejects.toThrow(/^DataLicense: no code at 0x/);
  });

  it('stops where another transaction of the deployer comes between', async () => {
    const wallet = createWalletClient({ transport: http(chain.url), account: privateKeyToAccount(privateKey) });
    const disturbed = deploy({
      chainUrl: chain.url,
      privateKey,
      onStep: async (step) => {
        if (step !== 'deploying DeliveryEscrow') return;
        const hash = await wallet.sendTransaction({ chain: null, to: account(9), value: 1n });
        await reader().waitForTransactionReceipt({ hash });
      }
    });
    await expect(disturbed).rejects.toThrow(DeploymentFailedError);
    await expect(disturbed).rejects.toThrow(/DeliveryEscrow/);
  });
});

describe('creations that share a block', () => {
  const changes = () => createTestClient({ mode: 'anvil', transport: http(chain.url) });
  /** Deploys on a chain that mines only when so many transactions wait. */
  const deployTogether = async (tampering: (address: Address) => Promise<void> = () => Promise.resolve()) => {
    const client = changes();
    await client.setAutomine(false);
    const mining = new AbortController();
    const miner = (async () => {
      for (const together of [11, 4]) {
        while (!mining.signal.aborted && (await client.getTxpoolStatus()).pending < together) await sleep(5);
        await client.mine({ blocks: 1 });
      }
    })();
    try {
      return await deploy({
        chainUrl: chain.url,
        privateKey,
        onStep: async (step) => {
          if (step !== 'verifying the contracts') return;
          const nonce = await reader().getTransactionCount({ address: account(0) });
          await tampering(lower(getContractAddress({ from: account(0), nonce: BigInt(nonce - 15 + 2) })));
        }
      });
    } finally {
      mining.abort();
      await miner;
      await client.setAutomine(true);
    }
  };

  it('waits for them once, and holds each to its own code', async () => {
    const before = await reader().getBlockNumber();
    const deployment = await deployTogether();
    expect(await reader().getBlockNumber()).toBe(before + 2n);
    expect(deployment.startBlock).toBe(Number(before) + 1);
    const { transactions } = await reader().getBlock({ blockNumber: before + 1n });
    expect(transactions).toHaveLength(11);
  });

  it('finds out what a constructor computed from another address', async () => {
    // The coin keeps its own address in its code, for the domain of its signatures.
    const tampered = deployTogether(async (address) => {
      const code = (await reader().getCode({ address })) ?? '0x';
      const other = code.replaceAll(address.slice(2), account(9).slice(2)) as Hex;
      expect(other).not.toBe(code);
      await changes().setCode({ address, bytecode: other });
    });
    await expect(tampered).rejects.toThrow(/^DATAcoin: the code at 0x/);
  });
});

describe('registering the schemas of attestations', () => {
  const wallet = (index: number) =>
    createWalletClient({ transport: http(chain.url), account: privateKeyToAccount(localPrivateKey(index)) });
  const resolver = account(4);
  let schemaRegistry: Address;

  beforeAll(async () => {
    const hash = await wallet(0).deployContract({
      chain: null,
      abi: schemaRegistryAbi,
      bytecode: schemaRegistryBytecode
    });
    const { contractAddress } = await reader().waitForTransactionReceipt({ hash });
    schemaRegistry = lower(contractAddress ?? expect.fail('no registry'));
  });

  const registered = async (index: number, schema: string, registry = schemaRegistry, to = resolver) => {
    const hash = await wallet(index).writeContract({
      chain: null,
      address: registry,
      abi: schemaRegistryAbi,
      functionName: 'register',
      args: [schema, to, true]
    });
    expect((await reader().waitForTransactionReceipt({ hash })).status).toBe('success');
  };
  const uids = Object.fromEntries(
    Object.entries(attestationSchemas).map(([name, schema]) => [name, attestationSchemaUid(schema, resolver)])
  );

  it('takes one that a stranger registered before as it is, and one that comes between', async () => {
    await registered(9, attestationSchemas.organisation);
    const writer = wallet(0);
    const raced: typeof writer = {
      ...writer,
      // A stranger's transaction is mined after the registry was asked and before ours.
      writeContract: async (call) => {
        const [schema] = call.args as readonly [string];
        if (schema === attestationSchemas.ensName) await registered(9, schema);
        return writer.writeContract(call);
      }
    };
    const before = await reader().getTransactionCount({ address: account(0) });
    expect(await registerSchemas({ reader: reader(), writer: raced, schemaRegistry, resolver })).toEqual(uids);
    // Two of the four were the stranger's.
    expect(await reader().getTransactionCount({ address: account(0) })).toBe(before + 2);
  });

  it('costs nothing where all are registered', async () => {
    const before = await reader().getTransactionCount({ address: account(0) });
    expect(await registerSchemas({ reader: reader(), writer: wallet(0), schemaRegistry, resolver })).toEqual(uids);
    expect(await reader().getTransactionCount({ address: account(0) })).toBe(before);
  });

  it('fails where a schema is not registered afterwards', async () => {
    const poor = createWalletClient({ transport: http(chain.url), account: privateKeyToAccount(generatePrivateKey()) });
    const failed = registerSchemas({ reader: reader(), writer: poor, schemaRegistry, resolver: account(3) });
    await expect(failed).rejects.toThrow(DeploymentFailedError);
    await expect(failed).rejects.toThrow(/schema of domain/);
  });

  it('does not stop a deployment', async () => {
    const deployment = await deploy({
      chainUrl: chain.url,
      privateKey,
      onStep: async (step) => {
        if (step !== 'registering the schemas of attestations') return;
        // The registry is the first of eleven contracts, the resolver the last; both addresses can be computed by anybody.
        const nonce = await reader().getTransactionCount({ address: account(0) });
        const [registry, last] = [11, 1].map((back) =>
          lower(getContractAddress({ from: account(0), nonce: BigInt(nonce - back) }))
        );
        for (const schema of Object.values(attestationSchemas)) await registered(9, schema, registry, last);
      }
    });
    const { schemas, contracts } = deployment;
    const expected = attestationSchemaUid(
      attestationSchemas.domain,
      contracts.AttestationResolver ?? expect.fail('none')
    );
    expect(schemas.domain).toBe(expected);
  });
});

describe('the command', () => {
  const run = (record: string, ...more: string[]) =>
    promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'scripts/deploy/main.ts', '--rpc', chain.url, '--record', record, ...more],
      { cwd: root, env: { ...process.env, DEPLOYER_PRIVATE_KEY: privateKey, FEE_BASIS_POINTS: '50' } }
    );

  it('writes the record down, and refuses a second run before it spends anything', async () => {
    const record = join(directory, 'record.json');
    const { stdout } = await run(record);
    expect(stdout).toContain('verifying the contracts');
    const written = deploymentSchema.parse(JSON.parse(readFileSync(record, 'utf8')));
    expect(written).toMatchObject({ chainId: 31337, feeBasisPoints: 50 });
    expect(readFileSync(record, 'utf8')).not.toContain(privateKey.slice(2));

    const before = await reader().getTransactionCount({ address: account(0) });
    await expect(run(record)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('--force') as string });
    expect(await reader().getTransactionCount({ address: account(0) })).toBe(before);

    await run(record, '--force');
    const anew = deploymentSchema.parse(JSON.parse(readFileSync(record, 'utf8')));
    expect(anew.contracts.DataLicense).not.toBe(written.contracts.DataLicense);
  });
});
