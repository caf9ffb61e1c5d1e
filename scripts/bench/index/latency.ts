import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPublicClient, createWalletClient, encodeFunctionData, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Deployment } from '#sdk/protocol/deployment';
import { localPrivateKey } from '../../start/accounts.ts';

const answerSchema = z.object({
  data: z.object({ status: z.object({ indexed: z.object({ number: z.number() }).nullable() }) })
});

/**
 * Milliseconds from a block being mined to its being visible over GraphQL, block after block.
 *
 * @param rounds How many blocks.
 */
export async function visibleAfter(
  chainUrl: string,
  indexerUrl: string,
  deployment: Deployment,
  rounds: number
): Promise<number[]> {
  const transport = http(chainUrl);
  const reader = createPublicClient({ transport, cacheTime: 0 });
  const wallet = createWalletClient({ transport, account: privateKeyToAccount(localPrivateKey(1)) });
  const data = encodeFunctionData({
    abi: streamRegistryAbi,
    functionName: 'createStream',
    args: ['A stream of the bench', '', 60, 1]
  });
  const indexed = async () => {
    const response = await fetch(`${indexerUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ status { indexed { number } } }"}'
    });
    return answerSchema.parse(await response.json()).data.status.indexed?.number ?? -1;
  };
  const times: number[] = [];
  let nonce = await reader.getTransactionCount({ address: wallet.account.address });
  for (let round = 0; round < rounds; round += 1) {
    const block = Number(await reader.getBlockNumber()) + 1;
    // what polls must not fall into step with what it looks for
    await sleep((round * 37) % 211);
    const signed = await wallet.signTransaction({
      to: deployment.contracts.StreamRegistry,
      data,
      nonce,
      gas: 1_000_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 1n,
      chain: null,
      chainId: deployment.chainId
    });
    nonce += 1;
    await reader.sendRawTransaction({ serializedTransaction: signed });
    // anvil mines before it answers or right after
    while ((await reader.getBlockNumber()) < BigInt(block));
    const mined = performance.now();
    // so seldom that the asking itself does not keep the indexer busy
    while ((await indexed()) < block) await sleep(5);
    times.push(performance.now() - mined);
  }
  return times.sort((one, other) => one - other);
}

/** The chain without its WebSocket, so that new blocks must be looked for. */
export async function withoutWebSocket(chainUrl: string): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      fetch(chainUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.concat(parts) })
        .then(async (answer) => {
          response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
        })
        .catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop() {
      server.closeAllConnections();
      server.close();
    }
  };
}
