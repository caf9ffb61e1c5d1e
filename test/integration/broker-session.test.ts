import { randomBytes } from 'node:crypto';
import { privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { type BrokerMarket, encryptedEvent, SocketClient, startBrokerMarket } from '../broker-market.ts';
import { everyone, forever, permissions } from '../market-actors.ts';

const owner = privateKeySigner(localPrivateKey(1));
const root = randomBytes(32);

let market: BrokerMarket;
let broker: Broker;

beforeAll(async () => {
  market = await startBrokerMarket(inject('databaseUrl'));
  broker = market.broker({
    limits: { socketsPerAddress: 6, slowAt: 256 * 1024, cutAt: 2 * 1024 * 1024, subscriptionsWithoutSession: 1 }
  });
  await broker.start();
});

afterAll(async () => {
  await broker.stop();
  await market.stop();
});

describe('signing in', () => {
  const account = privateKeyToAccount(localPrivateKey(3));

  async function signIn(
    client: SocketClient,
    changes: Partial<Parameters<typeof createSiweMessage>[0]> = {},
    signer = account
  ): Promise<void> {
    const { nonce, domain, chainId } = await client.message('challenge');
    const fields = { address: account.address, nonce, domain, chainId, uri: `http://${domain}`, version: '1' } as const;
    const message = createSiweMessage({ ...fields, ...changes });
    client.send({ type: 'authenticate', id: 1, message, signature: await signer.signMessage({ message }) });
  }

  it('opens a session for the account that signed', async () => {
    const client = await SocketClient.connect(broker.url);
    expect((await client.message('challenge')).domain).toBe('market.test:4400');
    await signIn(client);
    expect((await client.message('authenticated')).account).toBe(account.address.toLowerCase());
    client.close();
  });

  it.each([
    ['another domain', { domain: 'elsewhere.test' }],
    ['another nonce', { nonce: 'abcdefgh12345678' }],
    ['another chain', { chainId: 1 }],
    ['an expired message', { expirationTime: new Date(Date.now() - 1000) }],
    ['a message not yet valid', { notBefore: new Date(Date.now() + 60_000) }]
  ])('refuses %s', async (_, changes) => {
    const client = await SocketClient.connect(broker.url);
    await signIn(client, changes);
    expect((await client.message('problem')).problem.type).toBe('/problems/authentication-failed');
    client.close();
  });

  it('refuses the signature of somebody else', async () => {
    const client = await SocketClient.connect(broker.url);
    await signIn(client, {}, privateKeyToAccount(localPrivateKey(4)));
    expect((await client.message('problem')).problem.status).toBe(401);
    client.close();
  });

  it('takes the signature of a contract account (ERC-1271)', async () => {
    // Answers every call with the magic value 0x1626ba7e, left-aligned: a wallet that approves of everything.
    const runtime = '631626ba7e60e01b60005260206000f3';
    const creation = `0x6010600c60003960106000f3${runtime}` as const;
    const wallet = await market.actors.deploy(market.actors.account(0), creation);
    const client = await SocketClient.connect(broker.url);
    await signIn(client, { address: wallet });
    expect((await client.message('authenticated')).account).toBe(wallet.toLowerCase());
    client.close();
  });
});

describe('a socket that never reads', () => {
  it('is told, then cut, while another one gets everything', async () => {
    const stream = (await market.actors.createStream(market.actors.account(1), 'Much')).toLowerCase() as Address;
    const publisher = await SocketClient.connect(broker.url);
    const sleeper = await SocketClient.connect(broker.url);
    const reader = await SocketClient.connect(broker.url);
    for (const client of [sleeper, reader]) {
      await client.signIn(localPrivateKey(1));
      client.send({ type: 'subscribe', id: 1, stream, partition: 0 });
      await client.message('live');
    }
    sleeper.socket.pause();
    const text = 'x'.repeat(200_000);
    const metrics = async () => (await fetch(`${broker.url}/metrics`)).text();
    let sequence = 0;
    while (!(await metrics()).includes('tributary_sockets_cut_total{reason="slow"} 1')) {
      await publisher.publish([await encryptedEvent(stream, owner, root, { sequence: sequence++, text })]);
    }
    sleeper.socket.resume();
    const { code, reason } = await sleeper.untilClosed();
    expect([code, reason]).toEqual([4001, 'the connection reads too slowly']);
    expect(sleeper.messages.some((message) => message.type === 'slow')).toBe(true);
    await reader.until(() => reader.events.length === sequence);
    expect(reader.closed).toBeNull();
    publisher.close();
    reader.close();
  });
});

describe('limits', () => {
  it('bounds subscriptions without a session, and sockets of one address', async () => {
    const account = market.actors.account(1);
    const stream = (await market.actors.createStream(account, 'Two', { partitions: 2 })).toLowerCase() as Address;
    await market.actors.onStream(account, stream, 'setPermission', [everyone, permissions.read, forever]);
    const client = await SocketClient.connect(broker.url);
    client.send({ type: 'subscribe', id: 1, stream, partition: 0 });
    client.send({ type: 'subscribe', id: 2, stream, partition: 1 });
    expect((await client.message('problem')).id).toBe(2);
    const more: SocketClient[] = [client];
    await expect(
      (async () => {
        for (;;) more.push(await SocketClient.connect(broker.url));
      })()
    ).rejects.toThrow();
    expect(more.length).toBeLessThanOrEqual(6);
    for (const open of more) open.close();
  });
});
