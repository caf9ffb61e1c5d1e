import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openMarket } from '#sdk/actions/connect-market';
import type { Market } from '#sdk/actions/connect-market';
import { createEventReader } from '#sdk/actions/event-reader';
import type { EventReader } from '#sdk/actions/event-reader';
import { fetchIssuer } from '#sdk/actions/fetch-issuer';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import type { StreamEvent } from '#sdk/protocol/event';
import { sealGrant } from '#sdk/protocol/grant-sealing';
import { generateKeyPair } from '#sdk/protocol/hpke';
import type { KeyPair } from '#sdk/protocol/hpke';
import { addressSchema } from '#sdk/protocol/primitives';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { slotAt } from '#sdk/protocol/slot-keys';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { bytes32, permissions } from '../market-actors.ts';
import { encryptedEvent, startBrokerMarket } from '../broker-market.ts';
import type { BrokerMarket } from '../broker-market.ts';

const { root, seeds } = createStreamKeys(0);
const owner = privateKeySigner(localPrivateKey(1));
const writer = privateKeySigner(localPrivateKey(2));
const stranger = privateKeySigner(localPrivateKey(3));
const licensee = addressSchema.parse(stranger.origin);

let running: BrokerMarket;
let broker: Broker;
let market: Market;
let stream: Address;
let keyPair: KeyPair;

const newReader = (): Promise<EventReader> =>
  createEventReader({ market, stream, partition: 0, reader: { licensee, keyPair }, keys: [{ era: 0, seeds }] });
const newLockedReader = (): Promise<EventReader> =>
  createEventReader({ market, stream, partition: 0, reader: { licensee, keyPair }, keys: [] });

beforeAll(async () => {
  running = await startBrokerMarket(inject('databaseUrl'));
  broker = running.broker();
  await broker.start();
  const { deployment, chain, actors } = running;
  const [brokerUrl, rpcUrl] = [broker.url, chain.url];
  market = openMarket(
    { chainId: deployment.chainId, rpcUrl, deployment, brokerUrl, marketUrl: brokerUrl, local: true },
    { baseUrl: brokerUrl }
  );
  stream = addressSchema.parse(await actors.createStream(actors.account(1), 'Read with suspicion'));
  const until = (await actors.now()) + 3600;
  await actors.onStream(actors.account(1), stream, 'setPermission', [writer.origin, permissions.write, until]);
  keyPair = await generateKeyPair();
});

afterAll(async () => {
  await broker.stop();
  await running.stop();
});

describe('a reader that trusts nobody in between', () => {
  it('believes the owner and whoever may write', async () => {
    const reader = await newReader();
    for (const signer of [owner, writer]) {
      const event = await encryptedEvent(stream, signer, root, { text: 'true' });
      const received = await reader.read({ offset: 0, event });
      expect(received).toMatchObject({ verified: true, fault: undefined, locked: undefined });
      expect(new TextDecoder().decode(received.content)).toBe('true');
    }
  });

  it('believes a publisher no longer once Write was taken away, and again when it was given back', async () => {
    let now = Date.now();
    const { deployment, chain, actors } = running;
    const document = { chainId: deployment.chainId, rpcUrl: chain.url, deployment, brokerUrl: broker.url };
    const patient = openMarket(
      { ...document, marketUrl: broker.url, local: true },
      { baseUrl: broker.url, clock: () => now }
    );
    const reader = await createEventReader({
      market: patient,
      stream,
      partition: 0,
      reader: { licensee, keyPair },
      keys: [{ era: 0, seeds }]
    });
    const event = await encryptedEvent(stream, writer, root);
    const faultNow = async () => (await reader.read({ offset: 0, event })).fault;
    const give = (until: number) =>
      actors.onStream(actors.account(1), stream, 'setPermission', [writer.origin, permissions.write, until]);
    expect(await faultNow()).toBeUndefined();
    await give(0);
    // The chain is asked for its newest block so often, not more often.
    expect(await faultNow()).toBeUndefined();
    now += patient.publicClient.pollingInterval;
    expect(await faultNow()).toBe('origin-unauthorized');
    await give((await actors.now()) + 3600);
    now += patient.publicClient.pollingInterval;
    expect(await faultNow()).toBeUndefined();
    // A block that says nothing of the stream changes nothing.
    await actors.createStream(actors.account(1), 'Elsewhere');
    now += patient.publicClient.pollingInterval;
    expect(await faultNow()).toBeUndefined();
  });

  const faults: readonly (readonly [string, () => Promise<StreamEvent>])[] = [
    ['origin-unauthorized', () => encryptedEvent(stream, stranger, root)],
    ['slot-mismatch', () => encryptedEvent(stream, owner, root, {}, { slot: 7 })],
    ['not-encrypted', () => encryptedEvent(stream, owner, root, {}, { encryptionType: 'none', era: 0, slot: 0 })],
    ['stream-mismatch', () => encryptedEvent(addressSchema.parse(`0x${'12'.repeat(20)}`), owner, root)],
    ['stream-mismatch', () => encryptedEvent(stream, owner, root, {}, { partition: 1 })],
    ['signature-invalid', async () => ({ ...(await encryptedEvent(stream, owner, root)), contentType: 'text/html' })],
    ['signature-invalid', async () => ({ ...(await encryptedEvent(stream, stranger, root)), origin: owner.origin })]
  ];
  it.each(faults)('finds %s and shows nothing of the event', async (fault, make) => {
    const received = await (await newReader()).read({ offset: 0, event: await make() });
    expect(received).toMatchObject({ verified: false, fault, content: undefined, locked: 'faulty' });
  });

  it('says that content was encrypted under another key', async () => {
    const other = createStreamKeys(0).root;
    const received = await (await newReader()).read({ offset: 0, event: await encryptedEvent(stream, owner, other) });
    expect(received).toMatchObject({ verified: true, content: undefined, locked: 'undecryptable' });
  });

  it('opens grants of the owner and of the issuer for exactly their slots, and nobody else’s', async () => {
    const slot = slotAt(Date.now(), 60);
    const range = { stream, era: 0, fromSlot: slot, untilSlot: slot + 2, licensee, offerId: bytes32(1), seeds };
    const grantBy = (signer: typeof owner) => sealGrant({ ...range, recipient: keyPair.publicKey }, signer);
    const at = (minutes: number) => (slot + minutes) * 60_000 + 30_000;
    const read = async (reader: EventReader, minutes: number) =>
      reader.read({ offset: 0, event: await encryptedEvent(stream, owner, root, { timestamp: at(minutes) }) });

    const reader = await newLockedReader();
    const forged = { ...(await grantBy(stranger)), issuer: (await fetchIssuer({ market })).issuer };
    const elsewhere = await sealGrant({ ...range, recipient: (await generateKeyPair()).publicKey }, owner);
    for (const grant of [await grantBy(stranger), forged, elsewhere]) expect(await reader.addGrant(grant)).toBe(false);
    expect(await read(reader, 0)).toMatchObject({ locked: 'waiting-for-key' });
    expect(reader.keyState(at(0))).toBe('waiting');

    const grant = await grantBy(owner);
    expect([await reader.addGrant(grant), await reader.addGrant(grant)]).toEqual([true, false]);
    const locked = [];
    for (const minutes of [-1, 0, 1, 2]) locked.push((await read(reader, minutes)).locked);
    expect(locked).toEqual(['before-license', undefined, undefined, 'license-ended']);
    expect([0, 1, 2].map((minutes) => reader.keyState(at(minutes)))).toEqual(['held', 'held', 'ended']);
  });
});
