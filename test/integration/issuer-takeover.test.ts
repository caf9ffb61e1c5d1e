import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Market, openMarket } from '#sdk/actions/connect-market';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { fetchIssuer } from '#sdk/actions/fetch-issuer';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import type { Grant } from '#sdk/protocol/grant';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { type BrokerMarket, startBrokerMarket } from '../broker-market.ts';
import type { ListedOffer } from '../market-actors.ts';

const signer = privateKeySigner(localPrivateKey(1));
let running: BrokerMarket;
/** One broker is a process of its own, the other runs here; both have one vault and one database. */
let first: ChildProcess | undefined;
let firstUrl: string;
let second: Broker;

beforeAll(async () => {
  running = await startBrokerMarket(inject('databaseUrl'));
  writeFileSync(join(running.directory, 'deployment.json'), JSON.stringify(running.deployment));
  firstUrl = `http://127.0.0.1:${running.environment['BROKER_PORT'] ?? ''}`;
  await startFirst();
  second = running.broker();
  await second.start();
});

afterAll(async () => {
  await killFirst();
  await second.stop();
  await running.stop();
});

async function startFirst(): Promise<void> {
  first = spawn(process.execPath, ['--import', 'tsx', 'broker/main.ts'], {
    env: { ...process.env, ...running.environment },
    stdio: ['ignore', 'ignore', 'inherit']
  });
  while ((await fetch(`${firstUrl}/ready`).catch(() => null))?.status !== 200) await sleep(50);
}

async function killFirst(): Promise<void> {
  const ending = first;
  first = undefined;
  if (ending === undefined || ending.exitCode !== null) return;
  const gone = new Promise((resolve) => ending.once('exit', resolve));
  ending.kill('SIGKILL');
  await gone;
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
const leaders = () =>
  Promise.all([firstUrl, second.url].map((url) => metric(url, 'tributary_issuer_leads').catch(() => 0)));

const marketAt = (brokerUrl: string): Market => {
  const { deployment, chain } = running;
  const { chainId } = deployment;
  const document = { chainId, rpcUrl: chain.url, deployment, brokerUrl, marketUrl: brokerUrl, local: true };
  return openMarket(document, { baseUrl: brokerUrl });
};

async function sell(name: string, brokerUrl: string): Promise<{ stream: Address; listed: ListedOffer }> {
  const account = running.actors.account(1);
  const stream = addressSchema.parse(await running.actors.createStream(account, name));
  const listed = await running.actors.listOffer(account, [stream]);
  await delegateKeys({ market: marketAt(brokerUrl), stream, signer, keys: createStreamKeys(1) });
  return { stream, listed };
}

/** Buys, and looks until both brokers that run show the same grants. */
async function buy(index: number, stream: Address, listed: ListedOffer, urls: readonly string[]): Promise<Grant[]> {
  const account = running.actors.account(index);
  await running.actors.fund(account, 10n ** 24n);
  const { publicKey } = await generateKeyPair();
  const licensee = addressSchema.parse(account.address);
  const before = (await fetchGrants({ market: marketAt(second.url), stream, licensee })).length;
  await running.actors.buy(account, listed, 3_600, { publicKey });
  const seen = () => Promise.all(urls.map((url) => fetchGrants({ market: marketAt(url), stream, licensee })));
  await expect
    .poll(async () => (await seen()).map(({ length }) => length), { timeout: 20_000 })
    .toEqual(urls.map(() => before + 1));
  const [grants = [], ...others] = await seen();
  for (const other of others) expect(other).toEqual(grants);
  expect(grants.at(-1)?.recipient).toBe(publicKey);
  return [...grants];
}

it('issues from one of two brokers, and from the other when that one is killed', async () => {
  const both = [firstUrl, second.url];
  expect(await fetchIssuer({ market: marketAt(firstUrl) })).toEqual(
    await fetchIssuer({ market: marketAt(second.url) })
  );
  expect(await leaders()).toEqual([1, 0]);
  // Delegated to the one that does not issue; the one that does hears of it.
  const { stream, listed } = await sell('By either', second.url);
  await buy(5, stream, listed, both);
  const onFirst = await sell('By the first', firstUrl);
  await buy(5, onFirst.stream, onFirst.listed, both);
  expect(await metric(second.url, 'tributary_grants_issued_total')).toBe(0);

  await killFirst();
  await expect.poll(leaders, { timeout: 10_000 }).toEqual([0, 1]);
  for (const sold of [{ stream, listed }, onFirst]) await buy(6, sold.stream, sold.listed, [second.url]);
  expect(await metric(second.url, 'tributary_grants_issued_total')).toBe(2);

  // Back again, it stands by.
  await startFirst();
  expect(await leaders()).toEqual([0, 1]);
  await buy(7, stream, listed, both);
  expect(await metric(firstUrl, 'tributary_grants_issued_total')).toBe(0);
});

it('has one that issues again after the connections with the lock were cut', async () => {
  const { stream, listed } = await sell('Cut', second.url);
  const client = new pg.Client({ connectionString: running.configuration.DATABASE_URL ?? '' });
  await client.connect();
  try {
    for (let time = 0; time < 3; time += 1) {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and pid in
           (select pid from pg_stat_activity where datname = current_database()) and pid <> pg_backend_pid()`
      );
      expect(rowCount).toBeGreaterThan(0);
      await buy(5 + time, stream, listed, [firstUrl, second.url]);
    }
  } finally {
    await client.end();
  }
  await expect.poll(async () => (await leaders()).sort(), { timeout: 10_000 }).toEqual([0, 1]);
});
