import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { resolve } from 'node:path';
import { createTestClient, http, parseAbi, publicActions, walletActions, type Abi, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { z } from 'zod';
import { addressSchema, hexSchema, type Address } from '#sdk/protocol/primitives';
import { localPrivateKey } from '../scripts/start/accounts.ts';
import { startChain } from '../scripts/start/chain.ts';
import { freePorts } from '../scripts/start/ports.ts';

/** Where ENS has its universal resolver, on every chain that has ENS. */
const universalResolver = '0xeeeeeeee14d718c2b47d9923deab1335e144eeee';

/**
 * A chain of its own with ENS: its registry and public resolver are ENS's code, its universal resolver is
 * contracts/test/external/EnsUniversalResolver.sol and stands for that of ENS at the same address.
 */
export interface EnsChain {
  readonly url: string;
  /** Requests that came to the server on which {@link setOffchain} keeps records. */
  readonly asked: () => number;
  /** Sets the address record of a name such as "tides.eth". */
  setAddress(name: string, account: Address): Promise<void>;
  /** Sets the primary name of an account; none by "". */
  setPrimaryName(account: Address, name: string): Promise<void>;
  /** Has the records of a name kept off the chain (ERC-3668). */
  setOffchain(name: string): Promise<void>;
  stop(): Promise<void>;
}

const ensAbi = parseAbi([
  'constructor()',
  'function universalResolver() view returns (address)',
  'function setAddress(string label, string top, address account)',
  'function setPrimaryName(string digits, string name)',
  'function setResolver(string label, string top, address resolver)'
]);
const offchainAbi = parseAbi(['constructor(string url)']);

export async function startEnsChain(): Promise<EnsChain> {
  const [port = 0] = await freePorts(1);
  const [chain, codes] = await Promise.all([startChain({ port }), compile()]);
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(500).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const served = server.address();
  const records = `http://127.0.0.1:${String(typeof served === 'object' && served !== null ? served.port : 0)}/`;
  const client = createTestClient({
    ...{ mode: 'anvil', chain: foundry, transport: http(chain.url), pollingInterval: 20 },
    account: privateKeyToAccount(localPrivateKey(0))
  })
    .extend(publicActions)
    .extend(walletActions);
  const mined = async (hash: Promise<Hex>) => {
    const receipt = await client.waitForTransactionReceipt({ hash: await hash });
    if (receipt.status !== 'success') throw new RangeError(`transaction ${receipt.transactionHash} reverted`);
    return receipt;
  };
  const deploy = async (abi: Abi, bytecode: Hex, ...args: unknown[]) =>
    addressSchema.parse((await mined(client.deployContract({ abi, bytecode, args }))).contractAddress);

  const address = await deploy(ensAbi, codes.EnsForTests);
  const ens = { address, abi: ensAbi } as const;
  const stand = await client.readContract({ ...ens, functionName: 'universalResolver' });
  const bytecode = hexSchema.parse(await client.getCode({ address: stand }));
  await client.setCode({ address: universalResolver, bytecode });
  const labels = (name: string) => {
    const [label = '', top = ''] = name.split('.');
    return [label, top] as const;
  };
  return {
    url: chain.url,
    asked: () => asked,
    async setAddress(name, account) {
      await mined(client.writeContract({ ...ens, functionName: 'setAddress', args: [...labels(name), account] }));
    },
    async setPrimaryName(account, name) {
      await mined(client.writeContract({ ...ens, functionName: 'setPrimaryName', args: [account.slice(2), name] }));
    },
    async setOffchain(name) {
      const offchain = await deploy(offchainAbi, codes.OffchainResolver, records);
      await mined(client.writeContract({ ...ens, functionName: 'setResolver', args: [...labels(name), offchain] }));
    },
    async stop() {
      await chain.stop();
      server.closeAllConnections();
      await new Promise<void>((closed) => {
        server.close(() => {
          closed();
        });
      });
    }
  };
}

const codeSchema = z
  .object({ evm: z.object({ bytecode: z.object({ object: z.string() }) }) })
  .transform(({ evm }) => hexSchema.parse(`0x${evm.bytecode.object}`));
const file = 'EnsUniversalResolver.sol';
const compiledSchema = z
  .object({
    contracts: z.object({ [file]: z.object({ EnsForTests: codeSchema, OffchainResolver: codeSchema }) })
  })
  .transform(({ contracts }) => contracts[file]);

/** Creation code by contract. What only tests deploy is not among the generated files. */
async function compile(): Promise<z.output<typeof compiledSchema>> {
  const folder = resolve(import.meta.dirname, '../contracts/test/external');
  const sources = [file, 'EnsCode.sol', 'IENS.sol'].map(
    (name) => [name, { content: readFileSync(resolve(folder, name), 'utf8') }] as const
  );
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(sources),
    settings: { optimizer: { enabled: true }, outputSelection: { [file]: { '*': ['evm.bytecode.object'] } } }
  };
  const compiler = spawn(process.execPath, [resolve(import.meta.dirname, '../scripts/solc'), '--standard-json']);
  compiler.stdin.end(JSON.stringify(input));
  return compiledSchema.parse(JSON.parse(await text(compiler.stdout)));
}
