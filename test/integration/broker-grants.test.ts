import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { type Delegation, eraStateSchema, type Grant, type Issuer, issuerSchema } from '#sdk/protocol/grant';
import { openGrant, sealDelegation, verifyGrantSignature } from '#sdk/protocol/grant-sealing';
import { generateKeyPair, type KeyPair } from '#sdk/protocol/hpke';
import type { Offer } from '#sdk/protocol/offer';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { holdsSlot, rootSeed, slotKey } from '#sdk/protocol/slot-keys';
import { type BrokerMarket, SocketClient, startBrokerMarket } from '../broker-market.ts';
import { forever, type ListedOffer, permissions } from '../market-actors.ts';

const seller = privateKeySigner(localPrivateKey(1));
const noOffer: Hex = `0x${'00'.repeat(32)}`;
const day = 86_400;
const lower = (address: string) => address.toLowerCase() as Address;
const now = () => Math.floor(Date.now() / 1000);

let market: BrokerMarket;
let broker: Broker;
let issuer: Issuer;

beforeAll(async () => {
  market = await startBrokerMarket(inject('databaseUrl'));
  broker = market.broker();
  await broker.start();
  issuer = issuerSchema.parse(await (await fetch(`${broker.url}/v1/issuer`)).json());
  for (const index of [5, 6, 7]) await market.actors.fund(market.actors.account(index), 10n ** 24n);
});

afterAll(async () => {
  await broker.stop();
  await market.stop();
});

/** A stream with its root, and an offer of it. */
async function sell(
  name: string,
  terms: Partial<Pick<Offer, 'settlement'>> = {}
): Promise<{ stream: Address; root: Uint8Array; listed: ListedOffer }> {
  const account = market.actors.account(1);
  const stream = lower(await market.actors.createStream(account, name));
  const listed = await market.actors.listOffer(account, [stream], {
    productNumber: BigInt(now()) * 1000n + next++,
    ...terms
  });
  return { stream, root: randomBytes(32), listed };
}
let next = 0n;

function delegation(
  stream: Address,
  root: Uint8Array,
  range: { from: number; until: number; era?: number } = { from: now() - day, until: now() + 90 * day },
  signer = seller
): Promise<Delegation> {
  return sealDelegation(
    {
      stream,
      era: range.era ?? 0,
      fromSlot: Math.floor(range.from / 60),
      untilSlot: Math.floor(range.until / 60),
      issuer: issuer.issuer,
      recipient: issuer.publicKey,
      seeds: [rootSeed(root)]
    },
    signer
  );
}

const put = (stream: Address, body: unknown) =>
  fetch(`${broker.url}/v1/streams/${stream}/delegation`, { method: 'PUT', body: JSON.stringify(body) });

async function delegate(stream: Address, root: Uint8Array, range?: { from: number; until: number; era?: number }) {
  const answer = await put(stream, await delegation(stream, root, range));
  expect([answer.status, await answer.text()]).toEqual([204, '']);
}

async function grantsOf(stream: Address, licensee: Address): Promise<Grant[]> {
  const answer = await fetch(`${broker.url}/v1/streams/${stream}/grants?licensee=${licensee}`);
  return ((await answer.json()) as { items: Grant[] }).items;
}

async function expectOpens(grant: Grant, keyPair: KeyPair, root: Uint8Array): Promise<void> {
  expect(await verifyGrantSignature(grant)).toBe(true);
  expect(grant.issuer).toBe(issuer.issuer);
  const seeds = await openGrant(grant, keyPair);
  for (const slot of [grant.fromSlot, grant.untilSlot - 1]) {
    expect(slotKey(seeds, slot)).toEqual(slotKey([rootSeed(root)], slot));
  }
  expect(holdsSlot(seeds, grant.fromSlot - 1) || holdsSlot(seeds, grant.untilSlot)).toBe(false);
}

const licenseOf = async (listed: ListedOffer, licensee: Address) => {
  const { dataLicenseAbi } = await import('#contracts/generated/dataLicense');
  const [from, until] = await market.actors.reader.readContract({
    address: market.deployment.contracts.DataLicense,
    abi: dataLicenseAbi,
    functionName: 'licenseOf',
    args: [listed.offerId, licensee]
  });
  return { from: Number(from), until: Number(until) };
};

describe('a purchase', () => {
  it('is granted to the key it registered, for exactly its slots, and pushed to who waits for it', async () => {
    const { stream, root, listed } = await sell('Sold');
    await delegate(stream, root);
    const buyer = market.actors.account(5);
    const licensee = lower(buyer.address);
    const keyPair = await generateKeyPair();
    // In the owner's name, which may subscribe already; whose grants are wanted is another question.
    const waiting = await SocketClient.connect(broker.url);
    await waiting.signIn(localPrivateKey(1));
    waiting.send({ type: 'subscribe', id: 1, stream, partition: 0, licensee });
    const bystander = await SocketClient.connect(broker.url);
    await bystander.signIn(localPrivateKey(1));
    bystander.send({
      type: 'subscribe',
      id: 1,
      stream,
      partition: 0,
      licensee: lower(market.actors.account(6).address)
    });
    await bystander.message('live');
    await market.actors.buy(buyer, listed, 3600, { publicKey: keyPair.publicKey });
    const { grant } = await waiting.message('grant');
    const license = await licenseOf(listed, licensee);
    expect(grant).toMatchObject({
      stream,
      era: 0,
      licensee,
      offerId: listed.offerId,
      recipient: keyPair.publicKey,
      fromSlot: Math.floor(license.from / 60),
      untilSlot: Math.floor(license.until / 60)
    });
    await expectOpens(grant, keyPair, root);
    expect(await grantsOf(stream, licensee)).toEqual([grant]);

    // Renewing grants the added range.
    await market.actors.buy(buyer, listed, 3600, { publicKey: keyPair.publicKey });
    const { grant: added } = await waiting.message('grant', (message) => message.grant.fromSlot === grant.untilSlot);
    expect(added.untilSlot).toBe(Math.floor((await licenseOf(listed, licensee)).until / 60));
    await expectOpens(added, keyPair, root);
    expect(bystander.messages.filter((message) => message.type === 'grant')).toEqual([]);
    waiting.close();
    bystander.close();
  });

  it('that came before the delegation is made up for, once, and so is what a longer delegation adds', async () => {
    const { stream, root, listed } = await sell('Delegated later');
    const buyer = market.actors.account(6);
    const licensee = lower(buyer.address);
    const keyPair = await generateKeyPair();
    await market.actors.buy(buyer, listed, 10 * day, { publicKey: keyPair.publicKey });
    const license = await licenseOf(listed, licensee);
    const short = { from: now() - day, until: now() + day };
    await delegate(stream, root, short);
    await expect.poll(() => grantsOf(stream, licensee), { timeout: 10_000 }).toHaveLength(1);
    await delegate(stream, root, short);
    await delegate(stream, root);
    await expect.poll(() => grantsOf(stream, licensee), { timeout: 10_000 }).toHaveLength(2);
    const grants = await grantsOf(stream, licensee);
    expect(grants.map((grant) => [grant.fromSlot, grant.untilSlot])).toEqual([
      [Math.floor(license.from / 60), Math.floor(short.until / 60)],
      [Math.floor(short.until / 60), Math.floor(license.until / 60)]
    ]);
    for (const grant of grants) await expectOpens(grant, keyPair, root);

    // The same vault and database: a restarted broker knows all of it and grants nothing twice.
    await broker.stop();
    const files = await readdir(join(market.directory, 'issuer', 'vault'));
    for (const name of files) {
      expect(statSync(join(market.directory, 'issuer', 'vault', name)).mode & 0o777).toBe(0o600);
      const content = await readFile(join(market.directory, 'issuer', 'vault', name));
      expect(content.includes(Buffer.from(Buffer.from(root).toString('hex')))).toBe(false);
    }
    expect(statSync(join(market.directory, 'issuer')).mode & 0o777).toBe(0o700);
    expect(statSync(join(market.directory, 'issuer', 'vault.key')).mode & 0o777).toBe(0o600);
    broker = market.broker();
    await broker.start();
    expect(await (await fetch(`${broker.url}/v1/issuer`)).json()).toEqual(issuer);
    const { stream: second, root: otherRoot, listed: other } = await sell('After the restart');
    await delegate(second, otherRoot);
    await market.actors.buy(buyer, other, 3600, { publicKey: keyPair.publicKey });
    await expect.poll(() => grantsOf(second, licensee), { timeout: 10_000 }).toHaveLength(1);
    expect(await grantsOf(stream, licensee)).toEqual(grants);
  });

  it('made while the broker was away is granted when it is back', async () => {
    const { stream, root, listed } = await sell('Bought while away');
    await delegate(stream, root);
    const buyer = market.actors.account(7);
    await broker.stop();
    const keyPair = await generateKeyPair();
    await market.actors.buy(buyer, listed, 3600, { publicKey: keyPair.publicKey });
    broker = market.broker();
    await broker.start();
    await expect.poll(() => grantsOf(stream, lower(buyer.address)), { timeout: 10_000 }).toHaveLength(1);
  });

  it('that the chain took back is granted as the chain says in the end', async () => {
    const { stream, root, listed } = await sell('Reorganised');
    const buyer = market.actors.account(7);
    const granted = async () => (await grantsOf(stream, lower(buyer.address))).map((grant) => grant.recipient);
    await delegate(stream, root, { from: now() - day, until: now() + day });
    const before = await market.actors.chain.snapshot();
    const [lost, kept] = [await generateKeyPair(), await generateKeyPair()];
    await market.actors.buy(buyer, listed, 10 * day, { publicKey: lost.publicKey });
    await expect.poll(granted, { timeout: 10_000 }).toEqual([lost.publicKey]);
    await market.actors.chain.revert({ id: before });
    await market.actors.buy(buyer, listed, 20 * day, { publicKey: kept.publicKey });
    await expect.poll(granted, { timeout: 10_000 }).toEqual([lost.publicKey, kept.publicKey]);
    // The purchase that never was gets nothing of what is delegated from now on.
    await delegate(stream, root);
    await expect.poll(granted, { timeout: 10_000 }).toEqual([lost.publicKey, kept.publicKey, kept.publicKey]);
  });
});

it('counts a purchase that was granted and then vanished, until an era goes by without it or it comes again', async () => {
  const { stream, root, listed } = await sell('Vanished');
  const state = async () => eraStateSchema.parse(await (await fetch(`${broker.url}/v1/streams/${stream}/era`)).json());
  const range = { from: now() - day, until: now() + 90 * day };
  await delegate(stream, root, { ...range, era: 0 });
  const [lost, again] = [market.actors.account(6), market.actors.account(7)];
  const { publicKey } = await generateKeyPair();
  const before = await market.actors.chain.snapshot();
  for (const buyer of [lost, again]) {
    await market.actors.buy(buyer, listed, 10 * day, { publicKey });
    await expect.poll(() => grantsOf(stream, lower(buyer.address)), { timeout: 10_000 }).toHaveLength(1);
  }
  expect(await state()).toEqual({ era: 0, cutOffsDue: 0 });
  await market.actors.chain.revert({ id: before });
  await market.actors.chain.mine({ blocks: 1 });
  await expect.poll(state, { timeout: 10_000 }).toEqual({ era: 0, cutOffsDue: 2 });
  await market.actors.buy(again, listed, 10 * day, { publicKey });
  await expect.poll(state, { timeout: 10_000 }).toEqual({ era: 0, cutOffsDue: 1 });
  // Also after a restart.
  await broker.stop();
  broker = market.broker();
  await broker.start();
  await expect.poll(state, { timeout: 10_000 }).toEqual({ era: 0, cutOffsDue: 1 });
  await delegate(stream, randomBytes(32), { ...range, era: 1 });
  await expect
    .poll(async () => (await grantsOf(stream, lower(again.address))).at(-1)?.era, { timeout: 10_000 })
    .toBe(1);
  expect((await grantsOf(stream, lower(lost.address))).map(({ era }) => era)).toEqual([0]);
  await expect.poll(state, { timeout: 10_000 }).toEqual({ era: 1, cutOffsDue: 0 });
});

describe('a licence that changes while it runs', () => {
  const short = () => ({ from: now() - day, until: now() + day });
  /** Recipient and slots of every grant, oldest first. */
  const granted = async (stream: Address, licensee: Address) =>
    (await grantsOf(stream, licensee)).map(({ recipient, fromSlot, untilSlot }) => [recipient, fromSlot, untilSlot]);
  const slot = (seconds: number) => Math.floor(seconds / 60);

  it('is granted to the new key from when it was replaced, and no longer to the old one', async () => {
    const { stream, root, listed } = await sell('Rekeyed');
    const buyer = market.actors.account(5);
    const licensee = lower(buyer.address);
    const [old, fresh] = [await generateKeyPair(), await generateKeyPair()];
    const range = short();
    await delegate(stream, root, range);
    await market.actors.buy(buyer, listed, 10 * day, { publicKey: old.publicKey });
    await expect.poll(() => granted(stream, licensee), { timeout: 10_000 }).toHaveLength(1);
    await market.actors.replaceKey(buyer, listed, fresh.publicKey);
    const replaced = await market.actors.now();
    await expect.poll(() => granted(stream, licensee), { timeout: 10_000 }).toHaveLength(2);
    // What is delegated later goes to the new key alone, also after a restart.
    await broker.stop();
    broker = market.broker();
    await broker.start();
    await delegate(stream, root);
    await expect.poll(() => granted(stream, licensee), { timeout: 10_000 }).toHaveLength(3);
    const license = await licenseOf(listed, licensee);
    expect(await granted(stream, licensee)).toEqual([
      [old.publicKey, slot(license.from), slot(range.until)],
      [fresh.publicKey, slot(replaced), slot(range.until)],
      [fresh.publicKey, slot(range.until), slot(license.until)]
    ]);
    const [, second, third] = await grantsOf(stream, licensee);
    for (const grant of [second, third]) await expectOpens(grant ?? expect.fail('no grant'), fresh, root);
    // A renewal is sealed to the key that it names.
    const next = await generateKeyPair();
    await market.actors.buy(buyer, listed, day, { publicKey: next.publicKey });
    await expect.poll(() => granted(stream, licensee), { timeout: 10_000 }).toHaveLength(4);
    expect((await granted(stream, licensee)).at(-1)?.[0]).toBe(next.publicKey);
  });

  it.each([
    ['cancelled', 'by-second'],
    ['revoked', 'at-once']
  ] as const)('is granted nothing more once it was %s, also when it is bought anew', async (how, settlement) => {
    const { stream, root, listed } = await sell(`Ended early: ${how}`, { settlement });
    const seller = market.actors.account(1);
    const buyer = market.actors.account(6);
    const licensee = lower(buyer.address);
    const [old, fresh] = [await generateKeyPair(), await generateKeyPair()];
    const range = short();
    await delegate(stream, root, range);
    await market.actors.buy(buyer, listed, 10 * day, { publicKey: old.publicKey });
    await expect.poll(() => granted(stream, licensee), { timeout: 10_000 }).toHaveLength(1);
    const first = await licenseOf(listed, licensee);
    if (how === 'cancelled') await market.actors.onLicense(buyer, 'cancel', listed);
    else await market.actors.onLicense(seller, 'revoke', listed, licensee, `0x${'77'.repeat(32)}`);
    expect((await licenseOf(listed, licensee)).until).toBe(await market.actors.now());
    await delegate(stream, root);
    await market.actors.buy(buyer, listed, 20 * day, { publicKey: fresh.publicKey });
    const anew = await licenseOf(listed, licensee);
    expect(anew.from).toBeGreaterThanOrEqual(first.from);
    await expect.poll(() => granted(stream, licensee), { timeout: 10_000 }).toHaveLength(2);
    // Looked at once more, by a broker that knows only what it wrote down: still nothing for the old key.
    await broker.stop();
    broker = market.broker();
    await broker.start();
    await delegate(stream, root);
    const { stream: other, root: otherRoot, listed: last } = await sell('The one after it');
    await delegate(other, otherRoot);
    await market.actors.buy(buyer, last, 3600, { publicKey: fresh.publicKey });
    await expect.poll(() => granted(other, licensee), { timeout: 10_000 }).toHaveLength(1);
    expect(await granted(stream, licensee)).toEqual([
      [old.publicKey, slot(first.from), slot(range.until)],
      [fresh.publicKey, slot(anew.from), slot(anew.until)]
    ]);
  });
});

describe('a reader with a permission of its own', () => {
  it('is granted at most 30 days once it registered a key', async () => {
    const account = market.actors.account(1);
    const reader = market.actors.account(4);
    const { stream, root } = await sell('Shared');
    await delegate(stream, root);
    await market.actors.onStream(account, stream, 'setPermission', [reader.address, permissions.read, forever]);
    const keyPair = await generateKeyPair();
    const start = now();
    await market.actors.onStream(reader, stream, 'registerPublicKey', [keyPair.publicKey]);
    await expect.poll(() => grantsOf(stream, lower(reader.address)), { timeout: 10_000 }).toHaveLength(1);
    const [grant] = await grantsOf(stream, lower(reader.address));
    if (grant === undefined) throw new TypeError('no grant');
    expect(grant.offerId).toBe(noOffer);
    expect(grant.fromSlot).toBeGreaterThanOrEqual(Math.floor(start / 60));
    expect(grant.untilSlot - grant.fromSlot).toBe((30 * day) / 60);
    await expectOpens(grant, keyPair, root);
  });
});

describe('a delegation', () => {
  it('is refused with its reason when it is not what it should be', async () => {
    const { stream, root } = await sell('Bad delegations');
    const good = await delegation(stream, root);
    const stranger = privateKeySigner(localPrivateKey(8));
    const cases: [string, unknown, number, string][] = [
      ['malformed', { ...good, era: 'x' }, 400, '/problems/request-invalid'],
      ['changed', { ...good, untilSlot: good.untilSlot - 1 }, 400, '/problems/delegation-invalid'],
      ['another issuer', { ...good, issuer: `0x${'11'.repeat(20)}` }, 400, '/problems/delegation-invalid'],
      [
        'too long',
        await delegation(stream, root, { from: now(), until: now() + 500 * day }),
        400,
        '/problems/delegation-invalid'
      ],
      [
        'by a stranger',
        await delegation(stream, root, { from: now(), until: now() + day }, stranger),
        403,
        '/problems/delegator-not-allowed'
      ]
    ];
    for (const [name, body, status, type] of cases) {
      const answer = await put(stream, body);
      expect([name, answer.status, ((await answer.json()) as { type: string }).type]).toEqual([name, status, type]);
    }
    await delegate(stream, root);
    const contradicting = await put(stream, await delegation(stream, randomBytes(32)));
    expect(contradicting.status).toBe(409);
  });
});

// Last: from here on the vault opens with its passphrase alone.
it('keeps who it is when its vault is sealed, and does not start without the passphrase', async () => {
  await broker.stop();
  const file = join(market.directory, 'passphrase');
  await writeFile(file, 'correct horse battery\n', { mode: 0o600 });
  const configuration = { ...market.configuration, VAULT_PASSPHRASE_FROM: `file:${file}` };
  for (let start = 0; start < 2; start += 1) {
    broker = market.broker({ configuration });
    await broker.start();
    expect(issuerSchema.parse(await (await fetch(`${broker.url}/v1/issuer`)).json())).toEqual(issuer);
    await broker.stop();
  }
  expect(await readdir(join(market.directory, 'issuer'))).not.toContain('vault.key');
  await writeFile(file, 'another horse battery\n');
  for (const [given, reason] of [
    [configuration, /does not open with this passphrase/],
    [market.configuration, /is sealed/]
  ] as const) {
    broker = market.broker({ configuration: given });
    await expect(broker.start()).rejects.toThrow(reason);
    await broker.stop();
  }
});
