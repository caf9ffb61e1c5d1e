import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicClient, http } from 'viem';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startChain } from '../../scripts/start/chain.ts';
import { deploy } from '../../scripts/deploy/deploy.ts';
import { publishSubgraph } from '../../scripts/deploy/subgraph/publish-subgraph.ts';
import { graphNodeElsewhere, graphNodeBinary, startGraphNode } from '../../scripts/start/graph-node.ts';
import { freePorts, freePortsInARow } from '../../scripts/start/ports.ts';
import type { Deployment } from '#sdk/protocol/deployment';
import { createDatabase } from '../database.ts';
import { startIpfsServer, type IpfsServer } from '../ipfs-server.ts';

const present = graphNodeBinary() !== undefined;
if (!present) console.warn(`Deploying the subgraph is not tested: ${graphNodeElsewhere}`);

describe.skipIf(!present)('the subgraph', () => {
  const cleanups: (() => unknown)[] = [];
  let deployment: Deployment;
  let ipfs: IpfsServer;
  let nodeUrl: string;
  let port: number;
  let head: number;

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tributary-publish-'));
    chmodSync(directory, 0o711);
    cleanups.push(() => {
      rmSync(directory, { recursive: true, force: true });
    });
    const database = await createDatabase(inject('databaseUrl'));
    cleanups.push(() => database.drop());
    const [chainPort = 0] = await freePorts(1);
    const chain = await startChain({ port: chainPort });
    cleanups.push(() => chain.stop());
    deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
    head = Number(await createPublicClient({ transport: http(chain.url) }).getBlockNumber());
    ipfs = await startIpfsServer(join(directory, 'subgraph'));
    cleanups.push(() => ipfs.stop());
    port = await freePortsInARow(4);
    const graphNode = await startGraphNode({
      ...{ postgresUrl: database.url, chainUrl: chain.url, ipfsUrl: ipfs.url, deployment, port },
      directory: join(directory, 'subgraph')
    });
    cleanups.push(() => graphNode.stop());
    nodeUrl = `http://127.0.0.1:${String(port + 2)}/`;
  });

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  it('is built, uploaded and deployed, and follows the chain', async () => {
    const said = await publishSubgraph({ deployment, name: 'market', version: 'v1', nodeUrl, ipfsUrl: ipfs.url });
    const id = /Build completed: (\w+)/.exec(said)?.[1] ?? '';
    expect([...ipfs.files.keys()]).toContain(id);
    const url = `http://127.0.0.1:${String(port)}/subgraphs/name/market`;
    const answerSchema = z.object({
      data: z.object({
        _meta: z.object({
          deployment: z.string(),
          hasIndexingErrors: z.boolean(),
          block: z.object({ number: z.int() })
        })
      })
    });
    const ask = async () => {
      const body = JSON.stringify({ query: '{ _meta { deployment hasIndexingErrors block { number } } }' });
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const answer = answerSchema.safeParse(await response.json());
      return answer.success ? answer.data.data._meta : null;
    };
    await expect
      .poll(ask, { timeout: 60_000, interval: 200 })
      .toMatchObject({ deployment: id, hasIndexingErrors: false, block: { number: head } });
  });
});
