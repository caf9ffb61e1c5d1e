import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { accountSchema, karmaPageSchema } from '#sdk/protocol/discovery';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { karmaAbi } from '#contracts/generated/karma';
import { streamAbi } from '#contracts/generated/stream';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { sha256 } from '#sdk/protocol/content-id';
import type { Deployment } from '#sdk/protocol/deployment';
import { createIndexer } from '../../indexer/indexer.ts';
import { deploy } from '../../scripts/deploy/deploy.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startChain } from '../../scripts/start/chain.ts';
import { graphNodeElsewhere, graphNodeBinary, startGraphNode } from '../../scripts/start/graph-node.ts';
import { freePorts, freePortsInARow } from '../../scripts/start/ports.ts';
import { compareChain } from '../../scripts/verify-index/compare-chain.ts';
import { compare, type CompareOptions } from '../../scripts/verify-index/compare.ts';
import { ask } from '../../scripts/verify-index/graphql.ts';
import { createDatabase } from '../database.ts';
import { tradeForADay, type Activity } from '../market-activity.ts';
import { bytes32, everyone, forever, marketActors, permissions, type MarketActors } from '../market-actors.ts';
import { settleForADay, type SettlementActivity } from '../settlement-activity.ts';
import { z } from 'zod';

const present = graphNodeBinary() !== undefined;
if (!present) console.warn(`Agreement of indexer and subgraph is not tested: ${graphNodeElsewhere}`);

describe.skipIf(!present)('indexer and subgraph', () => {
  const cleanups: (() => unknown)[] = [];
  let databaseUrl: string;
  let deployment: Deployment;
  let actors: MarketActors;
  let activity: Activity;
  let settled: SettlementActivity;
  let sides: CompareOptions;
  let chainUrl: string;

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tributary-agreement-'));
    chmodSync(directory, 0o711);
    cleanups.push(() => {
      rmSync(directory, { recursive: true, force: true });
    });
    const database = await createDatabase(inject('databaseUrl'));
    databaseUrl = database.url;
    cleanups.push(() => database.drop());

    const [chainPort = 0] = await freePorts(1);
    const chain = await startChain({ port: chainPort });
    cleanups.push(() => chain.stop());
    chainUrl = chain.url;
    deployment = await deploy({ chainUrl, privateKey: localPrivateKey(0) });
    actors = marketActors(chain.url, deployment);

    const indexer = createIndexer({
      configuration: parseConfiguration({
        DATABASE_URL: databaseUrl,
        CHAIN_URL: chain.url,
        DATA_DIRECTORY: directory
      }),
      deployment,
      logger: pino({ level: 'silent' }),
      port: 0,
      pollInterval: 50
    });
    await indexer.start();
    cleanups.push(() => indexer.stop());

    const graphNode = await startGraphNode({
      postgresUrl: databaseUrl,
      chainUrl: chain.url,
      ipfsUrl: indexer.url,
      deployment,
      directory: join(directory, 'subgraph'),
      port: await freePortsInARow(4)
    });
    cleanups.push(() => graphNode.stop());
    sides = { indexerUrl: indexer.url, subgraphUrl: graphNode.url };
  });

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  /** What both sides say of the market in a block. */
  const askBoth = async (number: number) => {
    const row = <Shape extends z.ZodRawShape>(shape: Shape) => z.array(z.object(shape));
    const text = z.string();
    const facts = {
      streams: row({ id: text, name: text, owner: text, deleted: z.boolean() }),
      permissions: row({ id: text, until: text }),
      offers: row({ id: text, listed: z.boolean(), revenue: text, withdrawn: text, streams: z.array(text) }),
      licenses: row({ id: text, from: text, until: text, paid: text, refunded: text, spent: text }),
      deposits: row({ id: text, until: text, spent: text }),
      wishes: row({ id: text, total: text, held: text })
    };
    const karma = row({ id: text, units: text, earned: text, taken: text });
    const fields: Readonly<Record<keyof typeof facts | 'karma', string>> = {
      streams: 'id name owner deleted',
      permissions: 'id until',
      offers: 'id listed revenue withdrawn streams',
      licenses: 'id from until paid refunded spent',
      deposits: 'id until spent',
      wishes: 'id total held',
      karma: 'id units earned taken'
    };
    const names = Object.keys(facts) as (keyof typeof facts)[];
    const block = `block: { number: ${String(number)} }`;
    const ours = names.map((name) => `${name}(first: 1000, orderBy: ID, ${block}) { nodes { ${fields[name]} } }`);
    const nodes = <Row extends z.ZodType>(rows: z.ZodArray<Row>) =>
      z.object({ nodes: rows }).transform((page) => page.nodes as z.output<Row>[]);
    const shape = z.object({
      ...{ streams: nodes(facts.streams), permissions: nodes(facts.permissions), offers: nodes(facts.offers) },
      ...{ licenses: nodes(facts.licenses), deposits: nodes(facts.deposits), wishes: nodes(facts.wishes) },
      karma: nodes(karma)
    });
    const indexer = await ask(
      `${sides.indexerUrl}/graphql`,
      shape,
      `{ ${ours.join(' ')} karma: karmas(first: 1000, orderBy: ID, ${block}) { nodes { ${fields.karma} } } }`
    );
    const theirs = names.map((name) => `${name}(first: 1000, ${block}) { ${fields[name]} }`);
    const subgraph = await ask(
      sides.subgraphUrl,
      z.object({ ...facts, karma }),
      `{ ${theirs.join(' ')} karma: karmas(first: 1000, ${block}) { ${fields.karma} } }`
    );
    return { indexer, subgraph };
  };
  const height = async () => Number(await actors.reader.getBlockNumber());

  it('state the same facts of a market in which everything happened', async () => {
    activity = await tradeForADay(actors, deployment);
    settled = await settleForADay(actors, deployment, activity.streams);
    const comparison = await compare({ ...sides, block: await height() });
    expect(comparison.differences).toEqual([]);
    // and the contracts state the same, of some of them
    const asked = { indexerUrl: sides.indexerUrl, chainUrl, deployment, ids: comparison.sample };
    const { counts, differences } = await compareChain(asked);
    expect(differences).toEqual([]);
    // How many of its changes karma has depends on which purchases met in a second.
    const changes = comparison.counts['KarmaChange'] ?? 0;
    expect(changes).toBeGreaterThan(15);
    expect(counts).toEqual({
      Stream: 4,
      Permission: 8,
      Offer: 6,
      License: 11,
      Purchase: 18,
      Deposit: 7,
      Cohort: 5,
      Karma: 5,
      KarmaChange: changes,
      Wish: 2,
      Attestation: 5
    });
    // so many that none was left out by both
    expect(comparison.counts).toEqual({
      Stream: 4,
      Permission: 8,
      RecipientKey: 2,
      Product: 5,
      Offer: 6,
      License: 11,
      Purchase: 18,
      Deposit: 7,
      Cohort: 5,
      DeliveryReport: 5,
      Karma: 5,
      KarmaChange: changes,
      Wish: 2,
      WishAnswer: 1,
      WishStake: 4,
      Attestation: 5
    });
  });

  it('tell of past blocks what the contracts and graph-node tell of them', async () => {
    const { contracts } = deployment;
    const last = await height();
    // the indexer holds the whole of this chain
    const blocks = [0.1, 0.35, 0.6, 0.85].map(
      (part) => deployment.startBlock + Math.floor((last - deployment.startBlock) * part)
    );
    let licensesCompared = 0;
    for (const number of [...blocks, last]) {
      const both = await askBoth(number);
      expect(both.indexer).toEqual(both.subgraph);
      for (const { id, units } of both.indexer.karma) {
        const [account, role] = id.split('-');
        const said = await actors.reader.readContract({
          ...{ address: contracts.Karma, abi: karmaAbi, functionName: 'unitsOf', blockNumber: BigInt(number) },
          args: [account as Address, ['SELLER', 'BUYER', 'BROKER'].indexOf(role ?? '')]
        });
        expect(units).toBe(String(said));
      }
      for (const { id, from, until } of both.indexer.licenses) {
        const [offer, licensee] = id.split('-');
        const said = await actors.reader.readContract({
          ...{ address: contracts.DataLicense, abi: dataLicenseAbi, functionName: 'licenseOf' },
          ...{ args: [offer as Hex, licensee as Address], blockNumber: BigInt(number) }
        });
        expect([from, until]).toEqual(said.slice(0, 2).map(String));
        licensesCompared += 1;
      }
      for (const { id, name, owner, deleted } of both.indexer.streams) {
        const read = { address: id as Address, abi: streamAbi, blockNumber: BigInt(number) } as const;
        expect(name).toBe(await actors.reader.readContract({ ...read, functionName: 'name' }));
        if (!deleted)
          expect(owner).toBe((await actors.reader.readContract({ ...read, functionName: 'owner' })).toLowerCase());
      }
    }
    expect(licensesCompared).toBeGreaterThan(15);

    // REST says the same, by number and by hash
    const [, , number = 0] = blocks;
    const { hash } = await actors.reader.getBlock({ blockNumber: BigInt(number) });
    const account = actors.account(7).address.toLowerCase();
    const at = async (block: string | number, path = `/v1/accounts/${account}`) => {
      const response = await fetch(`${sides.indexerUrl}${path}?block=${String(block)}`);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const then = await at(number);
    expect(then.status).toBe(200);
    expect(await at(hash)).toEqual(then);
    expect(await at(last)).not.toEqual(then);
    const points = await actors.reader.readContract({
      ...{ address: contracts.Karma, abi: karmaAbi, functionName: 'pointsOf', blockNumber: BigInt(number) },
      args: [account as Address, 1]
    });
    const told = accountSchema.parse(then.body).karma.buyer.points;
    // to about 15 digits
    expect(BigInt(told) - points < 10n ** 9n && points - BigInt(told) < 10n ** 9n).toBe(true);

    expect(await at(last + 1_000)).toMatchObject({ status: 404, body: { type: '/problems/block-unknown' } });
    expect(await at(bytes32(0x99))).toMatchObject({ status: 404, body: { type: '/problems/block-unknown' } });
    expect(await at(deployment.startBlock - 1)).toMatchObject({
      status: 404,
      body: { type: '/problems/block-before-market' }
    });
  });

  it('tell karma as of any time, by field and period, as the contract has it', async () => {
    const last = await actors.reader.getBlock();
    const first = await actors.reader.getBlock({ blockNumber: BigInt(deployment.startBlock) });
    const middle = Number(first.timestamp + last.timestamp) / 2;
    const ranking = async (query: string) =>
      karmaPageSchema.parse(await (await fetch(`${sides.indexerUrl}/v1/karma?limit=100&${query}`)).json());
    for (const role of ['seller', 'buyer'] as const) {
      const { items } = await ranking(`role=${role}&at=${String(Math.floor(middle))}`);
      expect(items.length).toBeGreaterThan(0);
      // the last block that was there at that time
      let [low, high] = [BigInt(deployment.startBlock), last.number];
      while (low < high) {
        const between = (low + high + 1n) / 2n;
        const { timestamp } = await actors.reader.getBlock({ blockNumber: between });
        if (Number(timestamp) <= middle) low = between;
        else high = between - 1n;
      }
      for (const { account, units } of items) {
        const said = await actors.reader.readContract({
          ...{ address: deployment.contracts.Karma, abi: karmaAbi, functionName: 'unitsOf', blockNumber: low },
          args: [account, role === 'seller' ? 0 : 1]
        });
        expect(units).toBe(String(said));
      }
      // what every change gave sums up to what there is
      const now = await ranking(`role=${role}`);
      const summed = await ranking(`role=${role}&period=month`);
      if (Number(last.timestamp - first.timestamp) < 30 * 86_400) {
        expect(summed.items.map(({ account, units }) => [account, units])).toEqual(
          now.items.map(({ account, units }) => [account, units])
        );
      }
    }
    // every change has the offer through which it came
    const changes = z.object({
      karmaChanges: z.object({ nodes: z.array(z.object({ offer: z.object({ id: z.string() }).nullable() })) })
    });
    const { karmaChanges } = await ask(
      `${sides.indexerUrl}/graphql`,
      changes,
      '{ karmaChanges(first: 1000) { nodes { offer { id } } } }'
    );
    expect(karmaChanges.nodes.length).toBeGreaterThan(20);
    expect(karmaChanges.nodes.every(({ offer }) => offer !== null)).toBe(true);
  });

  it('agree while the chain moves on between the pages that are read', async () => {
    const working = new AbortController();
    const moving = (async () => {
      for (let number = 0; !working.signal.aborted; number += 1) {
        await actors.onStream(actors.account(7), activity.streams[0] ?? everyone, 'registerPublicKey', [
          bytes32(1 + (number % 250))
        ]);
        await sleep(200);
      }
    })();
    try {
      for (let round = 0; round < 2; round += 1) {
        expect((await compare(sides)).differences).toEqual([]);
      }
    } finally {
      working.abort();
      await moving;
    }
  });

  it('are told apart by a single falsified field, and by a row that is missing', async () => {
    const { offerId } = activity.offers.hourly;
    const license = `${offerId}-${actors.account(7).address.toLowerCase()}`;
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      await client.query('begin');
      await client.query('update indexer.license set paid = paid + 1 where id = $1', [license]);
      const { rows: lost } = await client.query<{ id: string }>(
        `delete from indexer.permission where permission = 'EDIT' returning *`
      );
      await client.query('commit');
      // nothing moves that would have to settle before the difference counts
      const { differences } = await compare({ ...sides, block: await height(), pause: 10 });
      // the contract knows until when it runs
      await client.query('update indexer.license set until = until + 1 where id = $1', [license]);
      const asked = { indexerUrl: sides.indexerUrl, chainUrl, deployment, ids: { License: [license] } };
      expect((await compareChain(asked)).differences).toEqual([
        { fact: 'License', id: license, field: 'until', indexer: expect.any(String), chain: expect.any(String) }
      ]);
      await client.query('update indexer.license set until = until - 1 where id = $1', [license]);
      expect(differences).toEqual([
        { fact: 'Permission', id: lost[0]?.id, field: null, indexer: undefined, subgraph: lost[0]?.id },
        { fact: 'License', id: license, field: 'paid', indexer: expect.any(String), subgraph: expect.any(String) }
      ]);
      const paid = differences[1];
      expect(BigInt(String(paid?.indexer)) - BigInt(String(paid?.subgraph))).toBe(1n);

      await client.query('update indexer.license set paid = paid - 1 where id = $1', [license]);
      await client.query(
        'insert into indexer.permission select * from json_populate_recordset(null::indexer.permission, $1)',
        [JSON.stringify(lost)]
      );
      expect((await compare({ ...sides, block: await height() })).differences).toEqual([]);
    } finally {
      await client.end();
    }
  });

  it('forget together what a reorganisation took back, and learn what took its place', async () => {
    const [seller, other, buyer, friend] = [1, 2, 7, 8].map((index) => actors.account(index));
    if (!seller || !other || !buyer || !friend) throw new RangeError('the local chain has ten accounts');
    const { hourly, free } = activity.offers;
    const before = await height();
    const forgotten = await actors.createStream(seller, 'Will not have been');
    await actors.onStream(seller, forgotten, 'setPermission', [everyone, permissions.read, forever]);
    await actors.onStream(buyer, forgotten, 'registerPublicKey', [bytes32(0x41)]);
    await actors.onStream(seller, activity.streams[1] ?? everyone, 'setMetadata', ['Will not be called this', '']);
    await actors.listOffer(seller, [forgotten], { productNumber: 77n });
    await actors.buy(buyer, hourly, 3_600, { publicKey: bytes32(0x42) });
    await actors.buy(buyer, free, 600, { publicKey: bytes32(0x43) });
    await actors.retireOffer(hourly, seller);
    await actors.buy(buyer, settled.offers.byEvent, 7_200);
    await actors.onLicense(seller, 'revoke', settled.offers.byEvent, buyer.address, bytes32(0x45));
    await actors.onLicense(buyer, 'flag', settled.offers.byEvent, bytes32(0x46));
    await actors.onWishlist(friend, 'back', 1n, 10n ** 18n);
    const old = await height();
    const first = await compare({ ...sides, block: old });
    expect(first.differences).toEqual([]);
    expect(first.counts).toMatchObject({ Stream: 5, Product: 6, Offer: 7, License: 11, Purchase: 21, Deposit: 8 });

    await actors.chain.request({ method: 'anvil_reorg' as never, params: [old - before, []] as never });
    // the registry's nonce went back: the same address becomes another stream
    const instead = await actors.createStream(other, 'Took its place', { slotDuration: 30, partitions: 3 });
    expect(instead).toBe(forgotten);
    await actors.onStream(other, instead, 'setPermission', [friend.address, permissions.write, forever]);
    await actors.buy(buyer, hourly, 7_200, { publicKey: bytes32(0x44) });
    await actors.describeOffer(hourly, seller, bytes32(0xd4));

    const second = await compare({ ...sides, block: await height() });
    expect(second.differences).toEqual([]);
    const asked = { indexerUrl: sides.indexerUrl, chainUrl, deployment, ids: second.sample };
    expect((await compareChain(asked)).differences).toEqual([]);
    expect(second.block.hash).toBe((await actors.reader.getBlock()).hash);
    expect(second.counts).toMatchObject({ Stream: 5, Product: 5, Offer: 6, License: 11, Purchase: 19, Deposit: 7 });

    const shape = z.object({
      stream: z.object({ name: z.string(), permissions: z.array(z.object({ permission: z.string() })) }),
      offer: z.object({ listed: z.boolean() })
    });
    const query = `{ stream(id: "${instead}") { name permissions { permission } } offer(id: "${hourly.offerId}") { listed } }`;
    expect(await ask(sides.subgraphUrl, shape, query.toLowerCase())).toEqual({
      stream: { name: 'Took its place', permissions: [{ permission: 'WRITE' }] },
      offer: { listed: true }
    });
  });

  it('read a product document that the seller stored, and sum its sales by the day', async () => {
    const seller = actors.account(1);
    const document = new TextEncoder().encode(
      JSON.stringify({ version: 1, name: 'Quakes', summary: 'Every one.', category: 'science', tags: ['usgs'] })
    );
    const stored = await fetch(`${sides.indexerUrl}/v1/content`, { method: 'POST', body: document });
    expect(stored.status).toBe(201);
    const listed = await actors.listOffer(seller, activity.streams.slice(0, 1), {
      productNumber: 5n,
      documentHash: sha256(document)
    });
    await actors.buy(actors.account(7), listed, 3_600);

    const shape = z.object({
      offer: z
        .object({ revenue: z.string(), document: z.object({ name: z.string(), tags: z.array(z.string()) }).nullable() })
        .nullable(),
      productRevenues: z.array(z.object({ revenue: z.string(), purchases: z.string() }))
    });
    const query = `query ($offer: ID!, $product: ID!) {
      offer(id: $offer) { revenue document { name tags } }
      productRevenues(interval: day, current: include, where: { product: $product }) { revenue purchases }
    }`;
    const product = `${seller.address.toLowerCase()}${'5'.padStart(24, '0')}`;
    let answer: z.output<typeof shape> | undefined;
    for (let attempt = 0; attempt < 300; attempt += 1) {
      answer = await ask(sides.subgraphUrl, shape, query, { offer: listed.offerId, product });
      if (answer.offer?.document != null && answer.productRevenues.length > 0) break;
      // what was found on IPFS is written with the next block
      await actors.chain.mine({ blocks: 1 });
      await sleep(100);
    }
    expect(answer?.offer?.document).toEqual({ name: 'Quakes', tags: ['usgs'] });
    expect(answer?.productRevenues).toEqual([{ revenue: answer?.offer?.revenue, purchases: '1' }]);
  });
});
