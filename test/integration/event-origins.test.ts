import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { encodeSignedPart } from '#sdk/protocol/event-encoding';
import { certifyOrigin } from '#sdk/protocol/origin-certificate';
import { p256Signer } from '#sdk/protocol/p256-signature';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner, type EventSigner } from '#sdk/protocol/signature';
import { signEvents } from '#sdk/protocol/signature-batch';
import { type BrokerMarket, encryptedEvent, SocketClient, startBrokerMarket } from '../broker-market.ts';
import { forever, permissions } from '../market-actors.ts';

const owner = privateKeySigner(localPrivateKey(1));
const root = randomBytes(32);

let market: BrokerMarket;
let broker: Broker;
let stream: Address;

beforeAll(async () => {
  market = await startBrokerMarket(inject('databaseUrl'));
  stream = (await market.actors.createStream(market.actors.account(1), 'Origins')).toLowerCase() as Address;
  broker = market.broker();
  await broker.start();
});

afterAll(async () => {
  await broker.stop();
  await market.stop();
});

const typesOf = (results: readonly object[]) =>
  results.map((result) => ('problem' in result ? (result.problem as { type: string }).type : 'stored'));

it('stores a batch of 64 under one signature, and nothing that was changed in it', async () => {
  const client = await SocketClient.connect(broker.url);
  const signatureType = 'secp256k1-merkle';
  const unsigned = await Promise.all(
    Array.from({ length: 64 }, async (_, sequence) => ({
      // Encrypted under a header that names the batch.
      ...(await encryptedEvent(stream, { ...owner, signatureType }, root, { sequence }))
    }))
  );
  const events = await signEvents(unsigned, owner);
  const [first] = events;
  if (first === undefined) return expect.fail('no events');
  const forged = { ...first, sequence: 99 };
  expect(typesOf(await client.publish([...events, forged]))).toEqual([
    ...events.map(() => 'stored'),
    '/problems/event-signature-invalid'
  ]);
  // The log gives each back as it came.
  await client.signIn(localPrivateKey(1));
  client.send({ type: 'subscribe', id: 1, stream, partition: 0, from: { last: 64 } });
  await client.until(() => client.events.length === 64, '64 events');
  expect(encodeSignedPart(client.events[0]?.event ?? first)).toEqual(encodeSignedPart(first));
  client.close();
});

it('takes events of a key while the account that vouches for it may write', async () => {
  const client = await SocketClient.connect(broker.url);
  const key = await p256Signer(`0x${randomBytes(32).toString('hex')}`);
  const until = Date.now() + 3_600_000;
  const certify = (by: EventSigner) => certifyOrigin({ stream, originType: 'p256', subject: key.origin, until }, by);
  const stranger = privateKeySigner(localPrivateKey(2));
  const [good, bad] = [await certify(owner), await certify(stranger)];
  const results = await client.publish([
    await encryptedEvent(stream, { ...key, certificate: good }, root),
    await encryptedEvent(stream, { ...key, certificate: bad }, root, { sequence: 1 }),
    await encryptedEvent(stream, { ...key, certificate: { ...good, until: until + 1 } }, root, { sequence: 2 })
  ]);
  expect(typesOf(results)).toEqual([
    'stored',
    '/problems/write-permission-missing',
    '/problems/event-signature-invalid'
  ]);
  client.close();
});

it('asks the contract of an account that is one, once it may write', async () => {
  // Answers every call with the magic value 0x1626ba7e, left-aligned: an account that approves of everything.
  const approving = '0x6010600c60003960106000f3631626ba7e60e01b60005260206000f3';
  // The same with another value: an account that approves of nothing.
  const refusing = '0x6010600c60003960106000f363ffffffff60e01b60005260206000f3';
  const client = await SocketClient.connect(broker.url);
  const eventOf = async (creation: typeof approving | typeof refusing) => {
    const deployed = await market.actors.deploy(market.actors.account(0), creation);
    const origin = deployed.toLowerCase() as Address;
    const sign = () => Promise.resolve(new Uint8Array(65).fill(1));
    const signer: EventSigner = { originType: 'address', origin, signatureType: 'erc1271', sign };
    return encryptedEvent(stream, signer, root);
  };
  const [good, bad] = [await eventOf(approving), await eventOf(refusing)];
  expect(typesOf(await client.publish([good]))).toEqual(['/problems/write-permission-missing']);
  for (const { origin } of [good, bad]) {
    await market.actors.onStream(market.actors.account(1), stream, 'setPermission', [
      origin,
      permissions.write,
      forever
    ]);
  }
  let results = typesOf(await client.publish([good, bad]));
  while (results.includes('/problems/write-permission-missing')) {
    // Believed for a moment.
    await new Promise((resolve) => setTimeout(resolve, 100));
    results = typesOf(await client.publish([good, bad]));
  }
  expect(results).toEqual(['stored', '/problems/event-signature-invalid']);
  client.close();
});
