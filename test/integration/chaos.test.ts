import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectAccount } from '#sdk/actions/connect-account';
import { type Market, openMarket } from '#sdk/actions/connect-market';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import type { ReceivedEvent, Reader } from '#sdk/actions/event-reader';
import { keepSession, type SessionKeeper } from '#sdk/actions/keep-session';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import { eventLimits } from '#sdk/protocol/event';
import { privateKeySigner } from '#sdk/protocol/signature';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startBrokerMarket } from '../broker-market.ts';
import { type ChaosParts, seller, startChaosParts } from '../chaos/parts.ts';
import { randomFrom } from '../chaos/random.ts';
import { LiveReading, numberOf, wholeHistory, Witness } from '../chaos/witness.ts';
import type { BrokerMarket } from '../broker-market.ts';
import { forever, type ListedOffer, permissions } from '../market-actors.ts';

/**
 * Hurts everything but the chain while programs publish, buy and read; then asks whether what was promised is true:
 * every acknowledged event is there once and in order, and whoever is entitled reads. The same seed hurts the same
 * things after the same pauses: CHAOS_SEED repeats a run, CHAOS_SECONDS prolongs it.
 */
const seed = Number(process.env['CHAOS_SEED'] ?? randomInt(2 ** 31));
const seconds = Number(process.env['CHAOS_SECONDS'] ?? 8);
const say = (line: string): void => {
  process.stdout.write(`chaos ${String(seed)}: ${line}\n`);
};

/** Under which the broker of these tests says that people reach it. */
const domain = 'market.test:4400';
const signer = privateKeySigner(localPrivateKey(seller));

interface Buyer {
  readonly account: number;
  readonly reader: Reader;
  readonly session: SessionKeeper;
}

const marketOf = ({ deployment, chain }: BrokerMarket, brokerUrl: string, clock?: () => number): Market =>
  openMarket(
    { chainId: deployment.chainId, rpcUrl: chain.url, deployment, brokerUrl, marketUrl: brokerUrl, local: true },
    { baseUrl: brokerUrl, webSocket: WebSocket, ...(clock === undefined ? {} : { clock }) }
  );

/** @param issuer The seller's own, where it makes the keys of the stream. */
async function createSoldStream(running: BrokerMarket, market: Market, name: string, issuer?: Address) {
  const { actors } = running;
  const owner = actors.account(seller);
  const stream = addressSchema.parse(await actors.createStream(owner, name));
  const listed = await actors.listOffer(owner, [stream]);
  const witness = new Witness(stream, issuer === undefined ? undefined : await generateKeyPair());
  if (issuer === undefined || witness.keyPair === undefined) {
    await delegateKeys({ market, stream, signer, keys: witness.keys });
  } else {
    await actors.onStream(owner, stream, 'registerPublicKey', [witness.keyPair.publicKey]);
    await actors.onStream(owner, stream, 'setPermission', [issuer, permissions.grant, forever]);
  }
  await witness.open(market, signer);
  return { stream, listed, witness };
}

async function buy(running: BrokerMarket, market: Market, account: number, listed: ListedOffer): Promise<Buyer> {
  const { actors } = running;
  const keyPair = await generateKeyPair();
  await actors.fund(actors.account(account), 10n ** 24n);
  await actors.buy(actors.account(account), listed, 3 * 3600, { publicKey: keyPair.publicKey });
  const wallet = connectAccount({ market, account: privateKeyToAccount(localPrivateKey(account)) });
  const licensee = addressSchema.parse(actors.account(account).address);
  return { account, reader: { licensee, keyPair }, session: keepSession({ market, wallet, domain }) };
}

/** Every acknowledged event stands where it was said to, nothing stands twice, and all in the order of publishing. */
async function expectKept(market: Market, witness: Witness, buyer: Buyer): Promise<void> {
  let history: ReceivedEvent[] = [];
  // Its grant may be on its way still.
  const locked = async () => {
    history = await wholeHistory(market, witness.stream, buyer.reader, buyer.session);
    return history.filter(({ content }) => content === undefined).length;
  };
  await expect.poll(locked, { timeout: 30_000 }).toBe(0);
  expect(history.map(({ offset }) => offset)).toEqual(history.map((_, offset) => offset));
  expect(history.every(({ verified }) => verified)).toBe(true);
  const sequence = history.map(({ content }) => numberOf(content));
  expect(new Set(sequence).size).toBe(sequence.length);
  expect(sequence).toEqual([...sequence].sort((one, other) => (one ?? 0) - (other ?? 0)));
  const wrong = [...witness.acknowledged].filter(([number, offset]) => sequence[offset] !== number);
  expect(wrong).toEqual([]);
}

describe('in chaos', () => {
  let parts: ChaosParts;
  let issuer: Address;

  beforeAll(async () => {
    parts = await startChaosParts();
    await parts.startBroker();
    issuer = await parts.startIssuer();
  });
  afterAll(async () => {
    await parts.stop();
  });

  it(
    'keeps what it acknowledged, once and in order, and lets everybody read who may',
    async () => {
      const random = randomFrom(seed);
      const { network, disk } = parts;
      if (typeof disk === 'string') say(`the disk does not get full in this run. ${disk}`);
      const market = marketOf(parts.market, network.url);
      const sold = [
        await createSoldStream(parts.market, market, 'Endangered'),
        await createSoldStream(parts.market, market, 'In danger'),
        await createSoldStream(parts.market, market, 'Its keys in danger', issuer)
      ] as const;
      // All streams are bought before anything is published: these readers may read everything.
      const first: Buyer[] = [];
      for (const [place, { listed }] of sold.entries()) first.push(await buy(parts.market, market, 3 + place, listed));
      const readings = await Promise.all(
        first.map(({ reader, session }, place) =>
          LiveReading.begin(market, (sold[place] ?? sold[0]).stream, reader, session)
        )
      );
      const late: { readonly buyer: Buyer; readonly stream: Address }[] = [];

      let publishing = true;
      const publishers = sold.map(async ({ witness }) => {
        while (publishing) {
          witness.publish(3);
          await sleep(80);
        }
      });
      const hurts = {
        'the broker is killed': async () => {
          await parts.killBroker();
          await sleep(random.between(0, 200));
          await parts.startBroker();
        },
        'Postgres is killed': async () => {
          await parts.killPostgres();
          await sleep(random.between(0, 300));
          await parts.startPostgres();
        },
        'the issuer is killed': async () => {
          await parts.killIssuer();
          await sleep(random.between(0, 200));
          await parts.startIssuer();
        },
        'all are killed': async () => {
          await Promise.all([parts.killPostgres(), parts.killBroker(), parts.killIssuer()]);
          await parts.startPostgres();
          await Promise.all([parts.startBroker(), parts.startIssuer()]);
        },
        'connections are cut in the middle of a frame': async () => {
          network.cutAfter(random.between(1, 5_000));
          await sleep(random.between(50, 300));
        },
        'the disk is full': async () => {
          if (typeof disk === 'string') return;
          disk.fill();
          await sleep(random.between(300, 1_500));
          disk.free();
          await parts.startPostgres();
        },
        'somebody buys': async () => {
          // Streams whose keys the broker grants, and those that wait for the seller's issuer.
          const wanted = [sold[2], sold[0], sold[1]][late.length];
          if (wanted === undefined) return;
          const { listed, stream } = wanted;
          late.push({ buyer: await buy(parts.market, market, 6 + late.length, listed), stream });
        }
      };
      type Hurt = keyof typeof hurts;
      const names = Object.keys(hurts) as [Hurt, ...Hurt[]];
      // Each once, in a random order; then whatever comes, until the time is over.
      const due = names.map((name) => ({ name, at: random.next() })).sort((one, other) => one.at - other.at);
      for (const end = Date.now() + seconds * 1000; due.length > 0 || Date.now() < end;) {
        await sleep(random.between(50, 600));
        const name = due.shift()?.name ?? random.pick(names);
        say(name);
        await hurts[name]();
      }
      publishing = false;
      await Promise.all(publishers);
      for (const { witness } of sold) {
        await witness.settle();
        expect(witness.refused).toEqual([]);
      }
      // The last words come after everything: whoever holds a licence then must be able to read them.
      const last = sold.map(({ witness }) => witness.publish(1));
      for (const { witness } of sold) await witness.settle();
      say(sold.map(({ witness }) => `${String(witness.acknowledged.size)} acknowledged`).join(', '));

      for (const [place, { witness, stream }] of sold.entries()) {
        const buyer = first[place] ?? expect.fail('no buyer');
        await expectKept(market, witness, buyer);
        const count = witness.acknowledged.size;
        const reading = readings[place] ?? expect.fail('no reading');
        await expect.poll(() => reading.readable().size, { timeout: 30_000 }).toBe(count);
        expect(reading.offsets()).toEqual(Array.from({ length: count }, (_, offset) => offset));
        await reading.end();
        for (const { buyer: other } of late.filter((purchase) => purchase.stream === stream)) {
          const readsLast = async () => {
            const history = await wholeHistory(market, stream, other.reader, other.session);
            return numberOf(history.at(-1)?.content);
          };
          await expect.poll(readsLast, { timeout: 30_000 }).toBe(last[place]);
        }
        await witness.close();
      }
    },
    seconds * 1000 + 300_000
  );
});

describe('with a clock that jumps', () => {
  it('keeps what it acknowledged in order, and refuses what its clock cannot believe', async () => {
    const random = randomFrom(seed);
    const running = await startBrokerMarket(inject('databaseUrl'));
    // The clock of a process cannot be moved from outside: this broker runs in here, with one that can.
    let ahead = 0;
    const broker = running.broker({ clock: () => Date.now() + ahead });
    await broker.start();
    try {
      const market = marketOf(running, broker.url);
      const { listed, witness } = await createSoldStream(running, market, 'Out of time');
      const buyer = await buy(running, market, 5, listed);
      const believable = [0, -eventLimits.ahead / 2, 3_600_000, eventLimits.behind / 2] as const;
      for (let jump = 0; jump < 12; jump += 1) {
        const unbelievable = jump % 4 === 3;
        ahead = unbelievable ? random.pick([-10 * eventLimits.ahead, 2 * eventLimits.behind]) : random.pick(believable);
        const [known, refused] = [witness.acknowledged.size, witness.refused.length];
        witness.publish(20);
        await witness.settle();
        expect(witness.acknowledged.size - known).toBe(unbelievable ? 0 : 20);
        expect(witness.refused.length - refused).toBe(unbelievable ? 20 : 0);
      }
      ahead = 0;
      for (const error of witness.refused) expect(String(error)).toMatch(/timestamp/i);
      await expectKept(market, witness, buyer);
      await witness.close();
    } finally {
      await broker.stop();
      await running.stop();
    }
  });
});
