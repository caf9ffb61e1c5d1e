import { WebSocket } from 'ws';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Market, openMarket } from '#sdk/actions/connect-market';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { fetchEraChanges } from '#sdk/actions/fetch-era-changes';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { startEra } from '#sdk/actions/start-era';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { eraChangeCovers } from '#sdk/protocol/era-change-sealing';
import type { Grant } from '#sdk/protocol/grant';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { type Address, addressSchema, type Hex } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { type Broker, createBroker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { type BrokerMarket, startBrokerMarket } from '../broker-market.ts';
import type { ListedOffer } from '../market-actors.ts';

const count = 300;
const confirmations = 3;
const signer = privateKeySigner(localPrivateKey(1));
let running: BrokerMarket;
let broker: Broker;
let market: Market;
let stream: Address;
let listed: ListedOffer;

beforeAll(async () => {
  running = await startBrokerMarket(inject('databaseUrl'));
  const { deployment, chain, actors, configuration } = running;
  broker = createBroker({
    configuration: { ...configuration, CONFIRMATIONS: confirmations },
    deployment,
    port: 0,
    logger: pino({ level: configuration.LOG_LEVEL }),
    eraChangeFrom: 100
  });
  await broker.start();
  market = openMarket(
    {
      chainId: deployment.chainId,
      rpcUrl: chain.url,
      deployment,
      brokerUrl: broker.url,
      marketUrl: broker.url,
      local: true
    },
    { baseUrl: broker.url, webSocket: WebSocket }
  );
  stream = addressSchema.parse(await actors.createStream(actors.account(1), 'Many'));
  listed = await actors.listOffer(actors.account(1), [stream]);
  await delegateKeys({ market, stream, signer, keys: createStreamKeys(1) });
  await actors.fund(actors.account(5), 10n ** 26n);
  // Hundreds of purchases in one block.
  await actors.chain.setBlockGasLimit({ gasLimit: 2_000_000_000n });
});

afterAll(async () => {
  await broker.stop();
  await running.stop();
});

/** Licensees by number; one of them acts by itself. */
const rekeyed = 150;
const licenseeOf = (number: number): Address =>
  number === rekeyed
    ? addressSchema.parse(running.actors.account(6).address)
    : `0x${(number + 0x1000).toString(16).padStart(40, 'a')}`;

async function issued(): Promise<number> {
  const metrics = await (await fetch(`${broker.url}/metrics`)).text();
  return Number(/^tributary_grants_issued_total (\d+)$/m.exec(metrics)?.[1]);
}

async function onlyGrantOf(number: number): Promise<Grant> {
  const grants = await fetchGrants({ market, stream, licensee: licenseeOf(number) });
  expect(grants).toHaveLength(1);
  const [grant] = grants;
  if (grant === undefined) throw new RangeError('no grant');
  return grant;
}

it('grants hundreds of purchases in one block, and changes the era for all of them at once', async () => {
  const { actors } = running;
  const buyer = actors.account(5);
  const { publicKey } = await generateKeyPair();
  await actors.inOneBlock(async () => {
    const hashes: Hex[] = [];
    for (let number = 0; number < count; number += 1) {
      // One after the other: their nonces follow each other.
      hashes.push(await actors.sendPurchase(buyer, listed, 3 * 3600, { licensee: licenseeOf(number), publicKey }));
    }
    return hashes;
  });
  await actors.chain.mine({ blocks: confirmations });
  await expect.poll(issued, { timeout: 60_000 }).toBe(count);
  const grants: Grant[] = [];
  for (let number = 0; number < count; number += 1) grants.push(await onlyGrantOf(number));
  const places = grants.map((grant) => `${String(grant.bucket?.end)} ${String(grant.bucket?.leaf)}`);
  expect(new Set(places).size).toBe(count);
  expect(grants.every((grant) => grant.era === 1 && grant.recipient === publicKey)).toBe(true);

  const revoked = new Set([17, 200]);
  for (const number of revoked) {
    await actors.onLicense(actors.account(1), 'revoke', listed, licenseeOf(number), `0x${'77'.repeat(32)}`);
  }
  // In a block that the issuer has not read when the era changes.
  const fresh = await generateKeyPair();
  await actors.replaceKey(actors.account(6), listed, fresh.publicKey);
  await startEra({ market, stream, signer, era: 2 });
  await expect.poll(async () => (await fetchEraChanges({ market, stream })).length, { timeout: 60_000 }).toBe(1);
  const [change] = await fetchEraChanges({ market, stream });
  if (change === undefined) throw new RangeError('no era change');
  const covers = ({ bucket }: Grant): boolean =>
    bucket !== undefined && eraChangeCovers(change, bucket.end, bucket.leaf);
  for (const [number, grant] of grants.entries()) {
    expect([number, covers(grant)]).toEqual([number, !revoked.has(number) && number !== rekeyed]);
  }
  await actors.buy(buyer, listed, 3 * 3600, { licensee: licenseeOf(count), publicKey });
  await actors.chain.mine({ blocks: confirmations });
  // What the change did not bring, to each by itself: to the newcomer both eras, to the new key the new one as well.
  const grantsOf = async (number: number) =>
    (await fetchGrants({ market, stream, licensee: licenseeOf(number) })).map(
      ({ era, recipient }) => `${String(era)} ${recipient}`
    );
  const both = (key: Hex) => [`1 ${key}`, `2 ${key}`];
  await expect.poll(async () => new Set(await grantsOf(count)), { timeout: 60_000 }).toEqual(new Set(both(publicKey)));
  await expect
    .poll(async () => new Set(await grantsOf(rekeyed)), { timeout: 60_000 })
    .toEqual(new Set([`1 ${publicKey}`, ...both(fresh.publicKey)]));
  expect(await grantsOf(0)).toEqual([`1 ${publicKey}`]);
  for (const number of revoked) expect(await grantsOf(number)).toEqual([`1 ${publicKey}`]);
});
