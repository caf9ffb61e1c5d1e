import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Hex } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { parseConfiguration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { createIndexer, type Indexer } from '../../indexer/indexer.ts';
import { deploy } from '../../scripts/deploy/deploy.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startChain, type RunningChain } from '../../scripts/start/chain.ts';
import { freePorts } from '../../scripts/start/ports.ts';
import { createDatabase } from '../database.ts';
import { indexerTables, until } from '../indexer-tables.ts';
import { tradeForADay, type Activity } from '../market-activity.ts';
import { everyone, marketActors, type MarketActors } from '../market-actors.ts';

const directory = mkdtempSync(join(tmpdir(), 'tributary-indexer-'));
let chain: RunningChain;
let deployment: Deployment;
let actors: MarketActors;
let activity: Activity;
let indexer: Indexer;
let database: { url: string; drop(): Promise<void> };
let tables: ReturnType<typeof indexerTables>;

const configuration = (databaseUrl: string) =>
  parseConfiguration({ CHAIN_URL: chain.url, DATABASE_URL: databaseUrl, DATA_DIRECTORY: directory });

async function get<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(indexer.url + path)).json()) as Answer;
}

/** Every purchase, asked of the chain past the indexer. */
async function purchasesOnChain(): Promise<{ id: string; license: string }[]> {
  const logs = await actors.reader.getContractEvents({
    address: deployment.contracts.DataLicense,
    abi: dataLicenseAbi,
    eventName: 'LicensePurchased',
    fromBlock: 0n,
    strict: true
  });
  return logs.map(({ args, transactionHash, logIndex }) => ({
    id: `${transactionHash}-${String(logIndex)}`,
    license: `${args.offerId}-${args.licensee}`.toLowerCase()
  }));
}

/** Waits until the index shows the chain as it is now. */
async function caughtUp(of: Indexer = indexer): Promise<void> {
  const head = await actors.reader.getBlock();
  await until(async () => {
    const answer = (await (
      await fetch(`${of.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ status { indexed { hash } } }' })
      })
    ).json()) as { data: { status: { indexed: { hash: Hex } | null } } };
    return answer.data.status.indexed?.hash === head.hash;
  });
}

/** The tables of an indexer that reads the chain as it is now from the beginning. */
async function fromScratch(reorgDepth?: number): Promise<unknown> {
  const fresh = await createDatabase(inject('databaseUrl'));
  const other = createIndexer({
    configuration: configuration(fresh.url),
    deployment,
    logger: pino({ level: 'silent' }),
    port: 0,
    ...(reorgDepth === undefined ? {} : { reorgDepth })
  });
  try {
    await other.start();
    await caughtUp(other);
    return await indexerTables(fresh.url).facts();
  } finally {
    await other.stop();
    await fresh.drop();
  }
}

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  chain = await startChain({ port });
  deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
  actors = marketActors(chain.url, deployment);
  database = await createDatabase(inject('databaseUrl'));
  tables = indexerTables(database.url);
  indexer = createIndexer({
    configuration: configuration(database.url),
    deployment,
    logger: pino({ level: 'silent' }),
    port: 0,
    pollInterval: 50
  });
  await indexer.start();
  activity = await tradeForADay(actors, deployment);
  await caughtUp();
});

afterAll(async () => {
  await indexer.stop();
  await chain.stop();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

describe('the indexer over a day of trade', () => {
  it('holds every fact as the contracts state it', async () => {
    const [quakes, trades, doomed, inOneBlock] = activity.streams;
    const facts = await tables.facts();
    expect(facts.stream).toHaveLength(4);
    const byId = (id: string | undefined) => facts.stream.find((row) => row['id'] === id?.toLowerCase());
    expect(byId(trades)).toMatchObject({
      name: 'Trades',
      description: 'Corrected by somebody who may edit',
      slot_duration: 1,
      partitions: 16
    });
    expect(byId(quakes)).toMatchObject({ name: 'Earthquakes', pending_owner: null, deleted: false });
    const owner = (index: number) => actors.account(index).address.toLowerCase();
    expect(byId(doomed)).toMatchObject({ deleted: true, owner: owner(2), pending_owner: null });
    expect(byId(inOneBlock)).toMatchObject({ name: 'Renamed at birth', owner: owner(2), pending_owner: owner(8) });
    expect(facts.permission).toContainEqual(
      expect.objectContaining({
        stream: inOneBlock?.toLowerCase(),
        account: everyone,
        permission: 'READ',
        until: '1099511627775'
      })
    );
    expect(facts.offer).toHaveLength(3);
    expect(facts.offer).toContainEqual(
      expect.objectContaining({
        id: activity.offers.retired.offerId,
        listed: false,
        price_per_second: String(2n ** 96n - 1n)
      })
    );
    expect(facts.product).toHaveLength(2);
    const purchases = await purchasesOnChain();
    expect(facts.purchase.map((row) => row['id']).sort()).toEqual(purchases.map(({ id }) => id).sort());
    expect(facts.license.map((row) => row['id']).sort()).toEqual(
      [...new Set(purchases.map(({ license }) => license))].sort()
    );
  });

  it('agrees with the contract about every licence', async () => {
    const { license } = await tables.facts();
    for (const row of license) {
      const [from, runsUntil] = await actors.reader.readContract({
        address: deployment.contracts.DataLicense,
        abi: dataLicenseAbi,
        functionName: 'licenseOf',
        args: [row['offer'] as Hex, row['licensee'] as Hex]
      });
      expect({ from: row['from'], until: row['until'] }).toEqual({ from: String(from), until: String(runsUntil) });
    }
  });

  it('serves the facts over REST', async () => {
    const products = await get<{ total: number; items: { productId: string }[] }>('/v1/products?retired=true');
    expect(products.total).toBe(2);
    const streams = await get<{ total: number; items: { publicRead: boolean; name: string }[] }>('/v1/streams');
    expect(streams.total).toBe(4);
    expect(
      streams.items
        .filter(({ publicRead }) => publicRead)
        .map(({ name }) => name)
        .sort()
    ).toEqual(['Earthquakes', 'Renamed at birth']);
    const buyer = actors.account(7).address;
    const licenses = await get<{ total: number; items: { purchases: number }[] }>(`/v1/licenses?licensee=${buyer}`);
    const own = (await purchasesOnChain()).filter(({ license }) => license.endsWith(buyer.toLowerCase()));
    expect(own.length).toBeGreaterThan(3);
    expect(licenses.total).toBe(new Set(own.map(({ license }) => license)).size);
    expect(licenses.items.reduce((sum, { purchases }) => sum + purchases, 0)).toBe(own.length);
  });

  it('is the same when it is built from scratch, in ranges that need no undoing and in ranges that do', async () => {
    const grown = await tables.facts();
    expect(await fromScratch(2)).toEqual(grown);
    expect(await fromScratch(10_000)).toEqual(grown);
  });
});

describe('the indexer over reorganisations', () => {
  it('undoes blocks exactly when the chain goes back', async () => {
    const before = await tables.facts();
    const snapshot = await actors.chain.snapshot();
    const buyer = actors.account(7);
    await actors.buy(buyer, activity.offers.hourly, 3_600);
    await actors.describeOffer(activity.offers.hourly, actors.account(1), `0x${'ab'.repeat(32)}`);
    await actors.createStream(buyer, 'Never was');
    await caughtUp();
    expect(await tables.facts()).not.toEqual(before);
    await actors.chain.revert({ id: snapshot });
    await caughtUp();
    expect(await tables.facts()).toEqual(before);
  });

  it('ends where a rebuild ends when other blocks take the place of known ones', async () => {
    await actors.createStream(actors.account(1), 'Stays');
    await caughtUp();
    const snapshot = await actors.chain.snapshot();
    await actors.createStream(actors.account(1), 'Is replaced');
    await actors.retireOffer(activity.offers.hourly, actors.account(1));
    await caughtUp();
    await actors.chain.revert({ id: snapshot });
    await actors.createStream(actors.account(2), 'Replaces it');
    await actors.buy(actors.account(8), activity.offers.free, 600);
    await actors.chain.mine({ blocks: 3 });
    await caughtUp();
    const names = (await tables.facts()).stream.map((row) => row['name']);
    expect(names).toContain('Replaces it');
    expect(names).not.toContain('Is replaced');
    expect(await fromScratch()).toEqual(await tables.facts());
  });

  it('follows anvil_reorg', async () => {
    await actors.createStream(actors.account(1), 'Dropped by the reorganisation');
    await caughtUp();
    await actors.chain.request({ method: 'anvil_reorg', params: [3, []] } as never);
    await caughtUp();
    expect((await tables.facts()).stream.map((row) => row['name'])).not.toContain('Dropped by the reorganisation');
    expect(await fromScratch()).toEqual(await tables.facts());
  });
});
