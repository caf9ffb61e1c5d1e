import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { bucketSecret } from '#sdk/protocol/complete-subtree';
import { encodeEraChange, eraChangeFromJson } from '#sdk/protocol/era-change-encoding';
import { makeEraChange } from '#sdk/protocol/era-change-sealing';
import type { Grant } from '#sdk/protocol/grant';
import { sealGrant } from '#sdk/protocol/grant-sealing';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import { type EventSigner, privateKeySigner } from '#sdk/protocol/signature';
import { generateRoot, rootSeed } from '#sdk/protocol/slot-keys';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { type BrokerMarket, startBrokerMarket } from '../broker-market.ts';
import { forever, permissions } from '../market-actors.ts';

const owner = privateKeySigner(localPrivateKey(1));
const issuer = privateKeySigner(localPrivateKey(2));
const stranger = privateKeySigner(localPrivateKey(3));
const licensee: Address = `0x${'11'.repeat(20)}`;
let running: BrokerMarket;
let broker: Broker;
let stream: Address;
let recipient: Grant['recipient'];
const seeds = [rootSeed(generateRoot())];

beforeAll(async () => {
  running = await startBrokerMarket(inject('databaseUrl'));
  broker = running.broker();
  await broker.start();
  stream = addressSchema.parse(await running.actors.createStream(running.actors.account(1), 'Issued elsewhere'));
  ({ publicKey: recipient } = await generateKeyPair());
});

afterAll(async () => {
  await broker.stop();
  await running.stop();
});

const grantBy = (signer: EventSigner, changes: Partial<Parameters<typeof sealGrant>[0]> = {}) =>
  sealGrant(
    {
      stream,
      era: 1,
      fromSlot: 100,
      untilSlot: 200,
      licensee,
      offerId: `0x${'22'.repeat(32)}`,
      recipient,
      seeds,
      ...changes
    },
    signer
  );
const url = (what: string, of: Address = stream) => `${broker.url}/v1/streams/${of}/${what}`;
async function put(what: string, body: string | Uint8Array, of?: Address): Promise<[number, string]> {
  const binary = typeof body !== 'string';
  const answer = await fetch(url(what, of), {
    method: 'PUT',
    headers: { 'content-type': binary ? 'application/octet-stream' : 'application/json' },
    body: binary ? new Uint8Array(body) : body
  });
  const text = await answer.text();
  return [answer.status, text === '' ? '' : (JSON.parse(text) as { type: string }).type];
}
const hand = (...grants: readonly unknown[]) => put('grants', JSON.stringify({ grants }));
const kept = async () =>
  ((await (await fetch(`${url('grants')}?licensee=${licensee}`)).json()) as { items: Grant[] }).items;

it('takes grants of the owner and of who holds Grant, once, and no others', async () => {
  const good = await grantBy(owner);
  const refused = 'sealed-invalid';
  const cases: [string, Promise<[number, string]>, number, string][] = [
    ['by a stranger', hand(await grantBy(stranger)), 403, 'issuer-not-allowed'],
    ["in the owner's name", hand({ ...(await grantBy(stranger)), issuer: owner.origin }), 400, refused],
    ['changed', hand({ ...good, untilSlot: 201 }), 400, refused],
    ['a good one with a bad one', hand(good, { ...good, fromSlot: 99 }), 400, refused],
    ['of another stream', hand(await grantBy(owner, { stream: licensee })), 400, refused],
    ['of no slot', hand({ ...good, fromSlot: 200 }), 400, refused],
    ['none', hand(), 400, 'request-invalid'],
    ['too many', hand(...Array<Grant>(257).fill(good)), 400, 'request-invalid'],
    ['too large', put('grants', `"${'x'.repeat(2 * 1024 * 1024)}"`), 413, 'request-too-large'],
    ['for no stream', put('grants', JSON.stringify({ grants: [good] }), licensee), 404, 'stream-unknown']
  ];
  for (const [name, answer, status, type] of cases) {
    expect([name, ...(await answer)]).toEqual([name, status, `/problems/${type}`]);
  }
  expect(await kept()).toEqual([]);

  expect(await hand(good)).toEqual([204, '']);
  expect(await hand(good, good)).toEqual([204, '']);
  // Another one for the same: the first stays.
  expect(await hand(await grantBy(owner))).toEqual([204, '']);
  expect(await kept()).toEqual([good]);

  const account = running.actors.account(1);
  const permit = (until: number) =>
    running.actors.onStream(account, stream, 'setPermission', [issuer.origin, permissions.grant, until]);
  const next = await grantBy(issuer, { era: 2 });
  expect(await hand(next)).toEqual([403, '/problems/issuer-not-allowed']);
  await permit(forever);
  await expect.poll(() => hand(next), { timeout: 5_000 }).toEqual([204, '']);
  await permit(0);
  const last = await grantBy(issuer, { era: 3 });
  await expect.poll(() => hand(last), { timeout: 5_000 }).toEqual([403, '/problems/issuer-not-allowed']);
  await running.actors.onStream(account, stream, 'setPermission', [
    '0x0000000000000000000000000000000000000000',
    permissions.grant,
    forever
  ]);
  // That everyone may grant is no reason to believe a stranger.
  expect(await hand(last)).toEqual([403, '/problems/issuer-not-allowed']);
});

it('takes era changes likewise', async () => {
  const secret = bucketSecret(new Uint8Array(32).fill(7), 180);
  const make = async (signer: EventSigner, era = 5) => {
    const buckets = [{ end: 180, secret, leaves: [0, 1, 2, 5] }];
    const change = await makeEraChange({ stream, era, fromSlot: 100, untilSlot: 200, seeds, buckets }, signer);
    return change ?? expect.fail('no era change');
  };
  const good = await make(owner);
  const refused = [400, '/problems/sealed-invalid'];
  expect(await put('era-changes', encodeEraChange(await make(stranger)))).toEqual([
    403,
    '/problems/issuer-not-allowed'
  ]);
  expect(await put('era-changes', encodeEraChange({ ...(await make(stranger)), issuer: owner.origin }))).toEqual(
    refused
  );
  expect(await put('era-changes', encodeEraChange({ ...good, era: 6 }))).toEqual(refused);
  expect(await put('era-changes', encodeEraChange(good).subarray(1))).toEqual([400, '/problems/era-change-malformed']);
  expect(await put('era-changes', JSON.stringify({}))).toEqual([415, '/problems/unsupported-media-type']);
  expect(await put('era-changes', new Uint8Array(8 * 1024 * 1024 + 1))).toEqual([413, '/problems/request-too-large']);
  for (let time = 0; time < 2; time += 1) expect(await put('era-changes', encodeEraChange(good))).toEqual([204, '']);
  const { items } = (await (await fetch(url('era-changes'))).json()) as { items: unknown[] };
  expect(items.map(eraChangeFromJson)).toEqual([good]);
});

// Last: nothing more is taken from this address for a while.
it('bounds how often one address may ask, and says when it may again', async () => {
  const good = JSON.stringify({ grants: [await grantBy(owner)] });
  const put = (body: string) =>
    fetch(url('grants'), { method: 'PUT', headers: { 'content-type': 'application/json' }, body });
  expect((await put(good)).status).toBe(204);
  const statuses = new Set<number>();
  let answer: Response | undefined;
  // At once, so that they come faster than the rate grows again, however slow the machine is.
  for (let wave = 0; wave < 5 && answer === undefined; wave += 1) {
    const answers = await Promise.all(Array.from({ length: 400 }, () => put('{}')));
    for (const { status } of answers) statuses.add(status);
    answer = answers.find(({ status }) => status === 429);
  }
  expect(statuses).toEqual(new Set([400, 429]));
  expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await answer?.json()).toMatchObject({ type: '/problems/rate-limited', status: 429 });
});
