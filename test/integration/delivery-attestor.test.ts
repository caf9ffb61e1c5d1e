import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { connectAccount } from '#sdk/actions/connect-account';
import { openMarket } from '#sdk/actions/connect-market';
import { fetchDelivery } from '#sdk/actions/fetch-delivery';
import { readDelivery, reportDelivery } from '#sdk/actions/report-delivery';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { signedDeliverySchema } from '#sdk/protocol/delivery';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { encodePublishFrame } from '#sdk/protocol/frame';
import { problemSchema } from '#sdk/protocol/problem';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { encryptedEvent, startBrokerMarket } from '../broker-market.ts';
import { createDatabase } from '../database.ts';
import type { ListedOffer } from '../market-actors.ts';

const hour = 3_600;
const wait = 60;
const price = 10n ** 12n;
const seller = privateKeySigner(localPrivateKey(1));
const patience = { timeout: 60_000, interval: 200 };

/** A market whose oracle believes some of the local accounts, with brokers that attest for them and a movable clock. */
async function startAttestedMarket(attestors: readonly number[], threshold: number) {
  const accounts = attestors.map((index) => addressSchema.parse(privateKeySigner(localPrivateKey(index)).origin));
  const market = await startBrokerMarket(inject('databaseUrl'), { attestors: accounts, threshold });
  const { actors, deployment } = market;
  for (const index of [5, 6]) await actors.fund(actors.account(index), 10n ** 24n);
  let ahead = 0;
  let numbers = 0;
  const clock = () => Date.now() + ahead;
  const now = () => Math.floor(clock() / 1000);
  const root = randomBytes(32);
  const escrow = { address: deployment.contracts.DeliveryEscrow, abi: deliveryEscrowAbi, fromBlock: 0n } as const;
  return {
    market,
    clock,
    now,
    actors,
    deployment,
    /** A broker that attests by one of the local accounts. */
    attestor(index: number, more: Record<string, string> = {}): Broker {
      const file = join(market.directory, `attestor-${String(index)}.key`);
      writeFileSync(file, localPrivateKey(index), { mode: 0o600 });
      const configuration = parseConfiguration({
        ...market.environment,
        ATTESTOR_KEY_FILE: file,
        DELIVERY_WAIT: String(wait),
        ...more
      });
      return market.broker({ configuration, clock });
    },
    /** Moves the time of brokers and chain to a Unix time in seconds. */
    async moveTo(time: number): Promise<void> {
      const seconds = time - now();
      expect(seconds).toBeGreaterThanOrEqual(0);
      ahead += seconds * 1000;
      await actors.chain.increaseTime({ seconds });
      await actors.chain.mine({ blocks: 1 });
    },
    /** A stream of the seller with an offer that is settled by its events. */
    async sell(terms: { settlement: 'after-events' | 'by-event'; events: bigint }) {
      const account = actors.account(1);
      const stream = addressSchema.parse(await actors.createStream(account, `Stream ${String(++numbers)}`));
      const listed = await actors.listOffer(account, [stream], {
        ...terms,
        productNumber: BigInt(numbers),
        pricePerSecond: price,
        oracle: deployment.contracts.DeliveryOracle ?? account.address,
        deliveryPeriod: hour
      });
      return { stream, listed };
    },
    /** Publishes events with timestamps of now to brokers. */
    async publish(stream: Address, count: number, brokers: readonly Broker[]): Promise<void> {
      const events = await Promise.all(
        Array.from({ length: count }, async () => {
          const values = { sequence: numbers++, timestamp: clock() };
          return encodeEvent(await encryptedEvent(stream, seller, root, values));
        })
      );
      for (const broker of brokers) {
        const answer = await fetch(`${broker.url}/v1/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: encodePublishFrame(1, events)
        });
        const { results } = (await answer.json()) as { results: { offset?: number }[] };
        expect(results.filter(({ offset }) => offset !== undefined)).toHaveLength(count);
      }
    },
    /** What was paid out for an offer, by the time that was judged. */
    async released({ offerId }: ListedOffer) {
      const logs = await actors.reader.getContractEvents({
        ...escrow,
        eventName: 'DeliveryReleased',
        args: { offerId },
        strict: true
      });
      return logs.map(({ args }) => ({ time: Number(args.time), amount: args.amount, final: args.final_ }));
    },
    async closed({ offerId }: ListedOffer, buyer: number) {
      const licensee = actors.account(buyer).address;
      const logs = await actors.reader.getContractEvents({
        ...escrow,
        eventName: 'DepositClosed',
        args: { offerId, licensee },
        strict: true
      });
      return logs.map(({ args }) => ({ since: Number(args.since), spent: args.spent, refund: args.refund }));
    },
    async endOf({ offerId }: ListedOffer, buyer: number): Promise<number> {
      const [, until] = await actors.reader.readContract({
        address: deployment.contracts.DataLicense,
        abi: dataLicenseAbi,
        functionName: 'licenseOf',
        args: [offerId, actors.account(buyer).address]
      });
      return Number(until);
    },
    /** The market as a stranger's program sees it, through a broker. */
    seenThrough: (broker: Broker) =>
      openMarket(
        {
          chainId: deployment.chainId,
          rpcUrl: market.chain.url,
          deployment,
          brokerUrl: broker.url,
          marketUrl: broker.url,
          local: true
        },
        { baseUrl: broker.url, clock }
      )
  };
}

const nextHour = (time: number) => Math.ceil((time + 1) / hour) * hour;

async function refusal(broker: Broker, stream: Address, time: number) {
  const answer = await fetch(`${broker.url}/v1/streams/${stream}/deliveries/${String(time)}`);
  return problemSchema.parse(await answer.json());
}

/** Whether the broker has read the purchase by now, and gives out its count. */
async function isGivenOut(broker: Broker, stream: Address, time: number): Promise<boolean> {
  return (await fetch(`${broker.url}/v1/streams/${stream}/deliveries/${String(time)}`)).ok;
}

async function metric(broker: Broker, name: string): Promise<number> {
  const text = await (await fetch(`${broker.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const ready = async (broker: Broker) =>
  (await (await fetch(`${broker.url}/ready`)).json()) as { status: unknown; warnings?: string[] };

describe('one attestor', () => {
  let test: Awaited<ReturnType<typeof startAttestedMarket>>;
  let broker: Broker;

  beforeAll(async () => {
    test = await startAttestedMarket([8], 1);
    broker = test.attestor(8);
    await broker.start();
  });

  afterAll(async () => {
    await broker.stop();
    await test.market.stop();
  });

  it('reports what came, pays what was earned, pays back the rest, and goes on where it was stopped', async () => {
    const { actors } = test;
    const earned = await test.sell({ settlement: 'after-events', events: 5n });
    const silent = await test.sell({ settlement: 'after-events', events: 5n });
    const partly = await test.sell({ settlement: 'by-event', events: 60n });
    const [buyer, friend] = [actors.account(5), actors.account(6)];
    // Far enough from the hour that all purchases start at the same one.
    await test.moveTo(nextHour(test.now()) + 600);
    const since = nextHour(test.now());
    for (const { listed } of [earned, silent, partly]) await actors.buy(buyer, listed, 2 * hour);
    await actors.buy(friend, partly.listed, 4 * hour);
    await actors.buy(friend, silent.listed, 2 * hour);
    expect(await test.endOf(partly.listed, 5)).toBe(since + 2 * hour);

    // What comes before the deposits begin earns nothing.
    for (const { stream } of [earned, silent, partly]) await test.publish(stream, 4, [broker]);
    await test.moveTo(since + 10);
    await test.publish(earned.stream, 6, [broker]);
    await test.publish(silent.stream, 4, [broker]);
    await test.publish(partly.stream, 30, [broker]);
    // Leaves at the first boundary that it may leave at.
    await actors.onLicense(friend, 'cancel', partly.listed);
    expect(await test.endOf(partly.listed, 6)).toBe(since + hour);

    // Known as soon as the attestor has read the block in which the friend left.
    await expect.poll(async () => (await refusal(broker, partly.stream, since + hour)).status, patience).toBe(409);
    const [early, unsold, nobody] = await Promise.all([
      refusal(broker, partly.stream, since + hour),
      refusal(broker, partly.stream, since + 60),
      refusal(broker, test.deployment.contracts.DATAcoin, since)
    ]);
    expect([early.status, unsold.status, nobody.status]).toEqual([409, 404, 404]);
    expect(early.retryAfter).toBeGreaterThan(hour);
    const seen = test.seenThrough(broker);
    await test.moveTo(since + wait + 10);
    await expect.poll(() => readDelivery({ market: seen, stream: partly.stream, time: since }), patience).toBe(4n);

    await test.moveTo(since + hour + wait - 10);
    await test.publish(partly.stream, 10, [broker]);
    expect(await readDelivery({ market: seen, stream: partly.stream, time: since + hour })).toBe(undefined);
    await test.moveTo(since + hour + wait + 10);
    const all = BigInt(2 * hour) * price;
    await expect.poll(() => test.closed(earned.listed, 5), patience).toEqual([{ since, spent: all, refund: 0n }]);
    for (const licensee of [5, 6]) {
      await expect
        .poll(() => test.closed(silent.listed, licensee), patience)
        .toEqual([{ since, spent: 0n, refund: all }]);
    }
    expect(await test.released(earned.listed)).toEqual([{ time: since + hour, amount: all, final: true }]);
    expect(await test.released(silent.listed)).toEqual([{ time: since + hour, amount: 0n, final: true }]);
    const half = BigInt(hour / 2) * price;
    // Of the time up to its new end; the rest flowed back when it left.
    await expect.poll(() => test.closed(partly.listed, 6), patience).toEqual([{ since, spent: half, refund: half }]);
    await expect
      .poll(() => test.released(partly.listed), patience)
      .toContainEqual({ time: since + hour, amount: half, final: false });
    expect(await test.closed(partly.listed, 5)).toEqual([]);

    // Another broker on the same database takes over, after the time has passed.
    const transactions = await actors.reader.getTransactionCount({ address: actors.account(8).address });
    await broker.stop();
    await test.moveTo(since + 3 * hour + 5);
    await actors.chain.setBalance({ address: actors.account(8).address, value: 0n });
    broker = test.attestor(8);
    await broker.start();
    await expect
      .poll(async () => (await ready(broker)).warnings, patience)
      .toEqual([expect.stringContaining('too little for gas')]);
    await expect.poll(() => metric(broker, 'tributary_delivery_failures_total'), patience).toBeGreaterThan(0);
    expect((await ready(broker)).status).toBe('ready');
    expect(await test.closed(partly.listed, 5)).toEqual([]);
    await actors.chain.setBalance({ address: actors.account(8).address, value: 10n ** 20n });
    await test.moveTo(test.now() + 1_200);
    // 40 of 60 events an hour came in two hours: 40 minutes of 120 are earned.
    const spent = BigInt(40 * 60) * price;
    await expect.poll(() => test.closed(partly.listed, 5), patience).toEqual([{ since, spent, refund: all - spent }]);
    expect((await test.released(partly.listed)).at(-1)).toEqual({
      time: since + 2 * hour,
      amount: spent - half,
      final: true
    });
    // One report, one release, one close: nothing was done twice.
    expect(await actors.reader.getTransactionCount({ address: actors.account(8).address })).toBe(transactions + 3);
    expect(await metric(broker, 'tributary_delivery_transactions_total')).toBe(3);
  });

  it('attests nothing with a key that the oracle does not count, and says so', async () => {
    const other = test.attestor(7);
    await other.start();
    try {
      await expect
        .poll(async () => (await ready(other)).warnings, patience)
        .toEqual([expect.stringContaining('does not count')]);
      const { type } = await refusal(other, test.deployment.contracts.DATAcoin, 0);
      expect(type).toContain('no-attestor');
    } finally {
      await other.stop();
    }
  });

  it('counts a late event when it came, and says of a time what it said before', async () => {
    const { actors } = test;
    const { stream, listed } = await test.sell({ settlement: 'by-event', events: 60n });
    await test.moveTo(nextHour(test.now()) + 600);
    const since = nextHour(test.now());
    await actors.buy(actors.account(5), listed, 2 * hour);
    await test.moveTo(since + wait + 10);
    const seen = test.seenThrough(broker);
    await expect.poll(() => isGivenOut(broker, stream, since), patience).toBe(true);
    const before = await fetchDelivery({ market: seen, stream, time: since });
    expect(before).toMatchObject({ count: '0', attestor: actors.account(8).address.toLowerCase() });
    // Its timestamp lies before the deposit, which is counted already.
    const event = await encryptedEvent(stream, seller, randomBytes(32), { timestamp: (since - 600) * 1000 });
    const answer = await fetch(`${broker.url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: encodePublishFrame(1, [encodeEvent(event)])
    });
    expect(await answer.json()).toMatchObject({ results: [{ offset: 0 }] });
    expect(await fetchDelivery({ market: seen, stream, time: since })).toEqual(before);
    await test.moveTo(since + hour + wait + 10);
    expect(await fetchDelivery({ market: seen, stream, time: since + hour })).toMatchObject({ count: '1' });
    await expect
      .poll(() => test.released(listed), patience)
      .toEqual([{ time: since + hour, amount: 60n * price, final: false }]);
  });
});

describe('a chain that goes another way', () => {
  let test: Awaited<ReturnType<typeof startAttestedMarket>>;
  let broker: Broker;

  beforeAll(async () => {
    test = await startAttestedMarket([8], 1);
    broker = test.attestor(8);
    await broker.start();
  });

  afterAll(async () => {
    await broker.stop();
    await test.market.stop();
  });

  it('takes a purchase back, and the attestor with it', async () => {
    const { actors } = test;
    const { stream, listed } = await test.sell({ settlement: 'by-event', events: 60n });
    await test.moveTo(nextHour(test.now()) + 600);
    const since = nextHour(test.now());
    const snapshot = await actors.chain.snapshot();
    await actors.buy(actors.account(5), listed, 2 * hour);
    const status = async () => (await refusal(broker, stream, since)).status;
    await expect.poll(status, patience).toBe(409);
    await actors.chain.revert({ id: snapshot });
    await actors.chain.mine({ blocks: 10 });
    await expect.poll(status, patience).toBe(404);
    await actors.buy(actors.account(6), listed, 2 * hour);
    await expect.poll(status, patience).toBe(409);
  });
});

describe('two attestors that must agree', () => {
  let test: Awaited<ReturnType<typeof startAttestedMarket>>;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let first: Broker;
  let second: Broker;

  beforeAll(async () => {
    test = await startAttestedMarket([8, 9], 2);
    database = await createDatabase(inject('databaseUrl'));
    second = test.attestor(9, { DATABASE_URL: database.url });
    await second.start();
    first = test.attestor(8);
    await first.start();
  });

  afterAll(async () => {
    await first.stop();
    await second.stop();
    await database.drop();
    await test.market.stop();
  });

  it('give out signatures that a stranger carries, or carry them themselves; different counts never stand', async () => {
    const { actors } = test;
    const agreed = await test.sell({ settlement: 'after-events', events: 5n });
    const disputed = await test.sell({ settlement: 'after-events', events: 5n });
    await test.moveTo(nextHour(test.now()) + 600);
    const since = nextHour(test.now());
    for (const { listed } of [agreed, disputed]) await actors.buy(actors.account(5), listed, 2 * hour);
    await test.moveTo(since + 10);
    await test.publish(agreed.stream, 7, [first, second]);
    await test.publish(disputed.stream, 7, [first]);
    await test.publish(disputed.stream, 6, [second]);
    await test.moveTo(since + wait + 10);

    // Neither was told where the other is.
    const market = test.seenThrough(first);
    const [stream, time] = [agreed.stream, since];
    for (const broker of [first, second]) {
      await expect.poll(() => isGivenOut(broker, stream, time), patience).toBe(true);
    }
    const signed = await Promise.all(
      [first, second].map((broker) => fetchDelivery({ market, stream, time, brokerUrl: broker.url }))
    );
    expect(signed.map(({ count }) => count)).toEqual(['0', '0']);
    expect(new Set(signed.map(({ attestor }) => attestor)).size).toBe(2);
    expect(await readDelivery({ market, stream, time })).toBe(undefined);
    const wallet = connectAccount({ market, account: actors.account(6) });
    const alone = reportDelivery({ market, wallet, stream, time, count: 0n, attestations: signed.slice(1) });
    await expect(alone).rejects.toMatchObject({ reason: 'AttestationsTooFew' });
    await reportDelivery({ market, wallet, stream, time, count: 0n, attestations: signed });
    expect(await readDelivery({ market, stream, time })).toBe(0n);

    await first.stop();
    first = test.attestor(8, { DELIVERY_PEERS: `http://127.0.0.1:9,${second.url}` });
    await first.start();
    await test.moveTo(since + hour + wait + 1_200);
    const all = BigInt(2 * hour) * price;
    await expect.poll(() => test.closed(agreed.listed, 5), patience).toEqual([{ since, spent: all, refund: 0n }]);
    expect(await readDelivery({ market, stream, time: since + hour })).toBe(7n);
    await expect.poll(() => metric(first, 'tributary_delivery_disagreements_total'), patience).toBeGreaterThan(0);
    expect(await readDelivery({ market, stream: disputed.stream, time: since })).toBe(0n);
    expect(await readDelivery({ market, stream: disputed.stream, time: since + hour })).toBe(undefined);

    // Seven days later nobody is asked any more, and the buyer has its money back.
    await test.moveTo(since + hour + 7 * 24 * hour + 1_200);
    await expect.poll(() => test.closed(disputed.listed, 5), patience).toEqual([{ since, spent: 0n, refund: all }]);
    const answer = await fetch(`${second.url}/v1/streams/${stream}/deliveries/${String(since + hour)}`);
    expect(signedDeliverySchema.parse(await answer.json()).count).toBe('7');
  });
});
