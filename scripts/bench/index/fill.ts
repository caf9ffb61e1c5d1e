import { createRequire } from 'node:module';
import {
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  http,
  parseAbi,
  parseEventLogs,
  type Address,
  type Hex
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Deployment } from '#sdk/protocol/deployment';
import { localPrivateKey } from '../../start/accounts.ts';
import { StartError } from '../../start/errors.ts';

const repeaterSource = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
contract Repeater {
  function repeat(address target, bytes calldata payload, uint256 offset, uint256 first, uint256 count) external {
    bytes memory data = payload;
    for (uint256 i = first; i < first + count; i++) {
      if (offset != 0) assembly { mstore(add(add(data, 32), offset), i) }
      (bool done,) = target.call(data);
      require(done);
    }
  }
}`;
const repeaterAbi = parseAbi([
  'function repeat(address target, bytes payload, uint256 offset, uint256 first, uint256 count)'
]);

/** Creation code of the contract that repeats calls, so that one transaction makes many events. */
function compileRepeater(): Hex {
  const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string };
  const input = {
    language: 'Solidity',
    sources: { Repeater: { content: repeaterSource } },
    settings: { outputSelection: { '*': { '*': ['evm.bytecode.object'] } } }
  };
  const output: unknown = JSON.parse(solc.compile(JSON.stringify(input)));
  const bytecode = z.object({ evm: z.object({ bytecode: z.object({ object: z.string() }) }) });
  const parsed = z.object({ contracts: z.object({ Repeater: z.object({ Repeater: bytecode }) }) }).parse(output);
  return `0x${parsed.contracts.Repeater.Repeater.evm.bytecode.object}`;
}

/**
 * Fills a chain with so many events: a tenth of them create streams, the others change permissions on them.
 *
 * @returns how many streams were created.
 */
export async function fill(chainUrl: string, deployment: Deployment, events: number): Promise<number> {
  const streamsWanted = Math.ceil(events / 10);
  const transport = http(chainUrl);
  const reader = createPublicClient({ transport, pollingInterval: 20, cacheTime: 0 });
  const wallet = createWalletClient({ transport, account: privateKeyToAccount(localPrivateKey(1)) });
  const confirmed = async (hash: Hex) => {
    const receipt = await reader.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new StartError(`Transaction ${hash} failed.`);
    return receipt;
  };
  const created = await confirmed(await wallet.sendTransaction({ data: compileRepeater(), chain: null }));
  const repeater = created.contractAddress;
  if (!repeater) throw new StartError('The contract that repeats calls was not created.');
  const repeat = async (target: Address, payload: Hex, offset: bigint, first: number, count: number) =>
    confirmed(
      await wallet.writeContract({
        address: repeater,
        abi: repeaterAbi,
        functionName: 'repeat',
        args: [target, payload, offset, BigInt(first), BigInt(count)],
        chain: null,
        gas: 16_000_000n
      })
    );
  const create = encodeFunctionData({
    abi: streamRegistryAbi,
    functionName: 'createStream',
    args: ['A stream of the bench', '', 60, 1]
  });
  const streams: Address[] = [];
  while (streams.length < streamsWanted) {
    const count = Math.min(100, streamsWanted - streams.length);
    const { logs } = await repeat(deployment.contracts.StreamRegistry, create, 0n, 0, count);
    for (const { args } of parseEventLogs({ abi: streamRegistryAbi, eventName: 'StreamCreated', logs })) {
      streams.push(args.stream);
    }
  }
  const grant = encodeFunctionData({
    abi: streamAbi,
    functionName: 'setPermission',
    args: [repeater, 1, 2 ** 40 - 1]
  });
  for (let made = streams.length, number = 0; made < events; number += 1) {
    const count = Math.min(250, events - made);
    const stream = streams[number % streams.length];
    // the account is the first argument: it stands after the selector
    if (stream !== undefined) await repeat(stream, grant, 4n, 1 + made, count);
    made += count;
  }
  return streams.length;
}
