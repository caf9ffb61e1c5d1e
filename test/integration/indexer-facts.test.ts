import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { getAbiItem, type Hex } from 'viem';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { karmaAbi } from '#contracts/generated/karma';
import { streamAbi } from '#contracts/generated/stream';
import { wishlistAbi } from '#contracts/generated/wishlist';
import { parseConfiguration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import type {
  KarmaRecord,
  LicenseRecord,
  ProductPage,
  RecipientRecord,
  SellerRecord,
  WishRecord
} from '#sdk/protocol/discovery';
import { createIndexer, type Indexer } from '../../indexer/indexer.ts';
import { deploy } from '../../scripts/deploy/deploy.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startChain, type RunningChain } from '../../scripts/start/chain.ts';
import { freePorts } from '../../scripts/start/ports.ts';
import { createDatabase } from '../database.ts';
import { indexerTables, until } from '../indexer-tables.ts';
import { tradeForADay, type Activity } from '../market-activity.ts';
import { bytes32, everyone, marketActors, type ListedOffer, type MarketActors } from '../market-actors.ts';
import { settleForADay, type SettlementActivity } from '../settlement-activity.ts';

interface KarmaPage {
  readonly items: readonly KarmaRecord[];
}

const directory = mkdtempSync(join(tmpdir(), 'tributary-indexer-'));
let chain: RunningChain;
let deployment: Deployment;
let actors: MarketActors;
let activity: Activity;
let settled: SettlementActivity;
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

async function graphql<Answer>(query: string): Promise<Answer> {
  const response = await fetch(`${indexer.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query })
  });
  const { data, errors } = (await response.json()) as { data: Answer; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
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

/** What the outbox told of a kind of message and did not take back, as one field of it. */
async function stillTold(kind: string, field: string): Promise<string[]> {
  const rows = await tables.query(`
    select payload ->> '${field}' as told from indexer.outbox message where kind = '${kind}' and undoes is null
      and not exists (select from indexer.outbox taken where taken.undoes = message.position)`);
  return rows.map(({ told }) => String(told)).sort();
}

/** Unix seconds until which licences that end soon have been told of. */
const expiryClock = async () => Number((await tables.query('select told from indexer.expiry_clock'))[0]?.['told']);

/** The outbox told of what the tables hold, and of nothing else. */
async function expectToldRight(): Promise<void> {
  const { purchase, offer } = await tables.facts();
  expect(await stillTold('purchased', 'purchase')).toEqual(purchase.map(({ id }) => id).sort());
  expect(await stillTold('offerListed', 'offer')).toEqual(offer.map(({ id }) => id).sort());
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
  settled = await settleForADay(actors, deployment, activity.streams);
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
    expect(facts.offer).toHaveLength(6);
    expect(facts.offer).toContainEqual(
      expect.objectContaining({
        id: activity.offers.retired.offerId,
        listed: false,
        price_per_second: String(2n ** 96n - 1n)
      })
    );
    expect(facts.product).toHaveLength(5);
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
    expect(products.total).toBe(5);
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

  it('takes no log of the market for a foul one', async () => {
    // those of the registry that is not the market's and of its stream
    const foreign = await actors.reader.getLogs({
      fromBlock: 0n,
      event: getAbiItem({ abi: streamAbi, name: 'PermissionChanged' })
    });
    const known = new Set((await tables.facts()).stream.map((row) => row['id']));
    const [cursor] = await tables.query('select foul_logs from indexer.cursor');
    expect(Number(cursor?.['foul_logs'])).toBe(
      foreign.filter(({ address }) => !known.has(address.toLowerCase())).length
    );
  });

  it('is the same when it is built from scratch, in ranges that need no undoing and in ranges that do', async () => {
    const grown = await tables.facts();
    expect(await fromScratch(2)).toEqual(grown);
    expect(await fromScratch(10_000)).toEqual(grown);
  });
});

describe('the indexer over a day of settlement', () => {
  const row = (rows: Record<string, unknown>[], id: string) => rows.find((found) => found['id'] === id.toLowerCase());
  const license = (offer: ListedOffer, account: number) => `${offer.offerId}-${actors.account(account).address}`;
  const text = (value: unknown) => String(value);

  it('agrees with the escrow about every deposit and cohort', async () => {
    const { deposit, cohort } = await tables.facts();
    expect(deposit).toHaveLength(7);
    const { DeliveryEscrow: address } = deployment.contracts;
    for (const found of deposit) {
      const [until] = await actors.reader.readContract({
        address,
        abi: deliveryEscrowAbi,
        functionName: 'depositOf',
        args: [found['offer'] as Hex, found['licensee'] as Hex, BigInt(text(found['since']))]
      });
      expect(text(until)).toBe(found['closed_at'] === null ? found['until'] : '0');
      if (found['closed_at'] === null) continue;
      const amount = BigInt(text(found['spent'])) + BigInt(text(found['refund']));
      expect(text(amount)).toBe(found['amount']);
    }
    expect(deposit.filter((found) => found['alone'] === true)).toHaveLength(2);
    expect(cohort).toHaveLength(5);
    for (const found of cohort) {
      const times = [BigInt(text(found['since'])), BigInt(text(found['until']))] as const;
      const [licenses] = await actors.reader.readContract({
        address,
        abi: deliveryEscrowAbi,
        functionName: 'cohortOf',
        args: [found['offer'] as Hex, ...times]
      });
      expect(Number(licenses)).toBe(found['deposits']);
    }
  });

  it('accounts for every coin: what was paid is withdrawn, refunded or still held', async () => {
    const { offer } = await tables.facts();
    let held = 0n;
    for (const found of offer.filter(({ settlement }) => settlement !== 'AT_ONCE')) {
      expect(BigInt(text(found['withdrawn']))).toBeGreaterThan(0n);
      expect(BigInt(text(found['refunded']))).toBeGreaterThan(0n);
      expect(BigInt(text(found['fees']))).toBeGreaterThan(0n);
      held += BigInt(text(found['revenue'])) - BigInt(text(found['withdrawn'])) - BigInt(text(found['refunded']));
    }
    const { DATAcoin, DataLicense, DeliveryEscrow } = deployment.contracts;
    const balances = await Promise.all(
      [DataLicense, DeliveryEscrow].map((account) =>
        actors.reader.readContract({ address: DATAcoin, abi: datacoinAbi, functionName: 'balanceOf', args: [account] })
      )
    );
    expect(balances.reduce((sum, balance) => sum + balance, 0n)).toBe(held);
  });

  it('agrees with the contract about karma, and tells points as it does', async () => {
    const { karma } = await tables.facts();
    expect(karma.length).toBeGreaterThan(3);
    const at = (await actors.now()) + 10 * 86_400;
    for (const role of ['seller', 'buyer'] as const) {
      const { items } = await get<KarmaPage>(`/v1/karma?role=${role}&at=${String(at)}&limit=100`);
      expect(items.map(({ units }) => BigInt(units))).toEqual(
        items.map(({ units }) => BigInt(units)).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
      );
      expect(items).toHaveLength(karma.filter((found) => found['role'] === role.toUpperCase()).length);
      for (const { account, points, units } of items) {
        const args = [account, role === 'seller' ? 0 : 1] as const;
        const { Karma: address } = deployment.contracts;
        const shared = { address, abi: karmaAbi } as const;
        expect(await actors.reader.readContract({ ...shared, functionName: 'unitsOf', args })).toBe(BigInt(units));
        const exact = await actors.reader.readContract({
          ...shared,
          functionName: 'pointsAt',
          args: [...args, BigInt(at)]
        });
        expect(Math.abs(Number(exact - BigInt(points)))).toBeLessThanOrEqual(Number(exact) * 1e-14);
      }
    }
  });

  it('agrees with the wishlist about wishes, answers and stakes', async () => {
    const { wish, wish_answer: answers } = await tables.facts();
    const shared = { address: deployment.contracts.Wishlist, abi: wishlistAbi } as const;
    expect(wish.map((found) => found['id'])).toEqual(['1', '2']);
    for (const found of wish) {
      const args = [BigInt(text(found['number']))] as const;
      const [asker, , , total, held, proposed] = await actors.reader.readContract({
        ...shared,
        functionName: 'wishOf',
        args
      });
      const following = await actors.reader.readContract({ ...shared, functionName: 'restOf', args });
      expect(found).toMatchObject({
        asker: asker.toLowerCase(),
        total: text(total),
        held: text(held),
        following: text(following)
      });
      expect(found['rest_answer'] === null).toBe(proposed === 0n);
    }
    expect(answers).toHaveLength(1);
    const { items } = await get<{ items: { wish: string; backer: Hex; stake: string; follows: boolean }[] }>(
      '/v1/wish-stakes'
    );
    expect(items).toHaveLength(4);
    for (const { wish: number, backer, stake, follows } of items) {
      const args = [BigInt(number), backer] as const;
      expect(await actors.reader.readContract({ ...shared, functionName: 'stakeOf', args })).toBe(BigInt(stake));
      expect(await actors.reader.readContract({ ...shared, functionName: 'follows', args })).toBe(follows);
    }
    const found = await get<WishRecord>('/v1/wishes/1');
    expect(found.answers[0]?.released).not.toBe('0');
    expect(found.restReleased).toBe(text(31n * 10n ** 18n));
  });

  it('remembers how licences ended, and what was flagged and answered', async () => {
    const { license: licenses } = await tables.facts();
    const revoked = row(licenses, license(settled.offers.bySecond, 7));
    expect(revoked).toMatchObject({
      ended_early: 'REVOKED',
      end_reason_hash: bytes32(0xe1),
      attestation: settled.attestation,
      flag_reason_hash: bytes32(0xf1),
      flag_answer_hash: bytes32(0xf2)
    });
    expect(BigInt(text(revoked?.['spent'])) + BigInt(text(revoked?.['refunded']))).toBe(
      BigInt(text(revoked?.['paid']))
    );
    expect(row(licenses, license(settled.offers.byEvent, 8))).toMatchObject({ ended_early: null });
    expect(row(licenses, license(settled.offers.byEvent, 9))).toMatchObject({ ended_early: 'REVOKED' });
    const flagged = await get<{ items: LicenseRecord[] }>('/v1/licenses?flagged=true');
    expect(flagged.items.map(({ flag }) => flag?.answerHash)).toEqual(expect.arrayContaining([null, bytes32(0xf2)]));
  });

  it('shows what is attested of a seller, as far as it is valid and is what its schema says', async () => {
    const seller = actors.account(1).address;
    const shown = await get<SellerRecord>(`/v1/sellers/${seller}`);
    expect(shown).toMatchObject({ flags: 2, answeredFlags: 1, products: 5 });
    expect(shown.attestations.map(({ name, statement }) => ({ name, statement }))).toEqual([
      { name: 'organisation', statement: null },
      { name: 'domain', statement: { domain: 'quakes.example.org' } }
    ]);
    const all = await get<{ total: number }>(`/v1/attestations?recipient=${seller}`);
    expect(all.total).toBe(3);
    const invalid = await get<{ items: { name: string }[] }>(`/v1/attestations?recipient=${seller}&valid=false`);
    expect(invalid.items.map(({ name }) => name)).toEqual(['ensName']);
    const [product] = (await get<ProductPage>(`/v1/products?seller=${seller}`)).items;
    expect(product?.sellerAttestations).toEqual(shown.attestations);
    expect(product?.sellerKarma).toBe(shown.karma);
    const asked = await graphql<{ products: { nodes: { sellerAttestations: { name: string }[] }[] } }>(
      `{ products(seller: "${seller}", first: 5) { nodes { sellerKarma sellerAttestations { name statement } } } }`
    );
    expect(asked.products.nodes).toHaveLength(5);
    for (const { sellerAttestations } of asked.products.nodes) expect(sellerAttestations).toHaveLength(2);
  });

  it('names the recipients of a stream with their keys, page by page', async () => {
    const [quakes] = activity.streams;
    const reader = actors.account(6);
    await actors.onStream(actors.account(1), quakes ?? everyone, 'setPermission', [reader.address, 0, 2 ** 40 - 1]);
    await actors.onStream(reader, quakes ?? everyone, 'registerPublicKey', [bytes32(0x61)]);
    await actors.buy(actors.account(7), activity.offers.hourly, 3_600, { publicKey: bytes32(0x62) });
    await actors.replaceKey(actors.account(7), activity.offers.hourly, bytes32(0x63));
    await caughtUp();
    const path = `/v1/streams/${quakes ?? everyone}/recipients`;
    const { items, total } = await get<{ items: RecipientRecord[]; total: number }>(path);
    expect(total).toBe(items.length);
    const of = (index: number) =>
      items.filter(({ account }) => account === actors.account(index).address.toLowerCase());
    expect(of(6)).toEqual([
      {
        account: reader.address.toLowerCase(),
        by: 'permission',
        offerId: null,
        until: 2 ** 40 - 1,
        publicKey: bytes32(0x61)
      }
    ]);
    expect(of(7)).toContainEqual(
      expect.objectContaining({ by: 'license', offerId: activity.offers.hourly.offerId, publicKey: bytes32(0x63) })
    );
    const paged: RecipientRecord[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: RecipientRecord[]; nextCursor: string | null } = await get(
        `${path}?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`
      );
      paged.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(items);
    const asked = await graphql<{ recipients: { totalCount: number; nodes: { account: string }[] } }>(
      `{ recipients(stream: "${quakes ?? everyone}") { totalCount nodes { account by offer until publicKey } } }`
    );
    expect(asked.recipients.totalCount).toBe(total);
    expect(asked.recipients.nodes.map(({ account }) => account)).toEqual(items.map(({ account }) => account));
  });

  it('lists every kind of fact over GraphQL', async () => {
    const facts = await tables.facts();
    const answer = await graphql<Record<string, { totalCount: number }>>(`
      {
        deposits {
          totalCount
          nodes {
            id
            previous {
              id
            }
            cohort {
              id
              deposits
            }
            license {
              latestDeposit {
                id
              }
            }
          }
        }
        cohorts {
          totalCount
          nodes {
            id
          }
        }
        deliveryReports {
          totalCount
          nodes {
            time
            count
          }
        }
        karmas(orderBy: UNITS) {
          totalCount
          nodes {
            id
            points(at: "1900000000")
          }
        }
        wishes {
          totalCount
          nodes {
            id
            restAnswer {
              id
            }
          }
        }
        wishAnswers {
          totalCount
          nodes {
            wish {
              id
            }
          }
        }
        wishStakes {
          totalCount
          nodes {
            answer {
              id
            }
          }
        }
        attestations {
          totalCount
          nodes {
            name
            valid
          }
        }
      }
    `);
    const totals = Object.entries(answer).map(([name, { totalCount }]) => [name, totalCount]);
    expect(Object.fromEntries(totals)).toEqual({
      deposits: facts.deposit.length,
      cohorts: facts.cohort.length,
      deliveryReports: facts.delivery_report.length,
      karmas: facts.karma.length,
      wishes: facts.wish.length,
      wishAnswers: facts.wish_answer.length,
      wishStakes: facts.wish_stake.length,
      attestations: facts.attestation.length
    });
    expect(Math.min(...Object.values(answer).map(({ totalCount }) => totalCount))).toBeGreaterThan(0);
  });
});

describe('the indexer over reorganisations', () => {
  it('undoes blocks exactly when the chain goes back', async () => {
    const before = await tables.facts();
    const toldAfter = (after: unknown) =>
      // the clock tells of ends whenever they come near, and takes nothing back
      tables.query(`
        select * from indexer.outbox where position > ${String(after)} and kind <> 'licenseExpiring' order by position`);
    const position = (await tables.query('select max(position) from indexer.outbox'))[0]?.['max'];
    const snapshot = await actors.chain.snapshot();
    const buyer = actors.account(7);
    await actors.buy(buyer, activity.offers.hourly, 3_600);
    await actors.describeOffer(activity.offers.hourly, actors.account(1), `0x${'ab'.repeat(32)}`);
    await actors.createStream(buyer, 'Never was');
    const { bySecond, byEvent } = settled.offers;
    await actors.buy(buyer, bySecond, 3_600, { attestation: settled.attestation });
    await actors.onLicense(buyer, 'cancel', bySecond);
    await actors.buy(buyer, byEvent, 7_200);
    await actors.buy(buyer, byEvent, 3_600);
    await actors.chain.increaseTime({ seconds: 3_600 });
    await actors.onLicense(buyer, 'cancel', byEvent);
    await actors.onWishlist(actors.account(8), 'follow', 1n, true);
    await actors.reportDelivery(activity.streams[1] ?? everyone, await actors.now(), 77n);
    const uid = await actors.attest(actors.account(3), deployment.schemas.domain, buyer.address, '0x');
    await actors.revokeAttestation(actors.account(3), deployment.schemas.domain, uid);
    await actors.revokeAttestation(actors.account(3), deployment.schemas.knownBuyer, settled.attestation);
    await caughtUp();
    expect(await tables.facts()).not.toEqual(before);
    const told = await toldAfter(position);
    expect(new Set(told.map(({ kind }) => kind))).toEqual(
      new Set([...['purchased', 'licenseEnded', 'karmaChanged', 'offerDescribed', 'attestationChanged']])
    );
    // The clock of coming ends is an hour ahead as well by now, and goes back with the chain.
    const ahead = await actors.now();
    await until(async () => (await expiryClock()) >= ahead);
    await actors.chain.revert({ id: snapshot });
    await caughtUp();
    expect(await tables.facts()).toEqual(before);
    await until(async () => (await expiryClock()) < ahead - 3_000);
    const takenBack = (await toldAfter(position)).slice(told.length);
    expect(takenBack.map(({ undoes }) => undoes)).toEqual(told.map(({ position: of }) => of).reverse());
    await expectToldRight();
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
    await expectToldRight();
  });

  it('follows anvil_reorg', async () => {
    await actors.createStream(actors.account(1), 'Dropped by the reorganisation');
    await caughtUp();
    await actors.chain.request({ method: 'anvil_reorg', params: [3, []] } as never);
    await caughtUp();
    expect((await tables.facts()).stream.map((row) => row['name'])).not.toContain('Dropped by the reorganisation');
    expect(await fromScratch()).toEqual(await tables.facts());
    await expectToldRight();
  });
});

describe('passing time', () => {
  it('is told to whoever listens: a licence ends soon', async () => {
    const buyer = actors.account(6);
    await actors.fund(buyer, 10n ** 20n);
    const { offerId } = activity.offers.free;
    await actors.buy(buyer, activity.offers.free, 3_600);
    await caughtUp();
    const licensee = buyer.address.toLowerCase();
    const { items } = await get<{ items: LicenseRecord[] }>(`/v1/licenses?licensee=${licensee}&offer=${offerId}`);
    const until = items[0]?.until ?? 0;
    const leaving = new AbortController();
    const path = `/v1/events?kinds=licenseExpiring&subjects=${licensee}`;
    const { body } = await fetch(indexer.url + path, { signal: leaving.signal });
    await actors.chain.increaseTime({ seconds: until - 200 - (await actors.now()) });
    await actors.chain.mine({ blocks: 1 });
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!/^data: .*\n/m.test(text)) text += (await reader?.read())?.value ?? '';
    leaving.abort();
    expect(text).toMatch(/^event: licenseExpiring$/m);
    expect(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '')).toMatchObject({
      ...{ kind: 'licenseExpiring', block: null, undoes: null },
      payload: { offer: offerId, licensee, until, ahead: 300 }
    });
  });
});
