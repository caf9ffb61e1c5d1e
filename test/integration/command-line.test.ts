import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPublicClient, http, parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { connectMarket } from '#sdk/actions/connect-market';
import { fetchProduct } from '#sdk/actions/fetch-product';
import type { Fetch } from '#sdk/actions/platform';
import { searchProducts } from '#sdk/actions/search-products';
import { permissionNumber } from '#sdk/actions/stream-permission';
import { addressSchema, type Hex } from '#sdk/protocol/primitives';
import { streamAbi } from '#contracts/generated/stream';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { payDatacoin } from '../../scripts/start/chain-state.ts';
import { forever, marketActors } from '../market-actors.ts';
import { relayerIndex, startCommandLineMarket, type CommandLineMarket, type Ended } from '../command-line.ts';

const sellerIndex = 1;
const buyerIndex = 7;
const signerIndex = 6;
/** Has no ether. */
const poorIndex = 12;
const addressOf = (index: number) => privateKeyToAccount(localPrivateKey(index)).address.toLowerCase();

const listedSchema = z.looseObject({ productId: z.string(), streams: z.array(z.string()) });
const eventSchema = z.looseObject({ offset: z.int(), verified: z.boolean().optional(), json: z.unknown().optional() });
const checksSchema = z.object({ checks: z.array(z.looseObject({ name: z.string(), state: z.string() })) });

let shop: CommandLineMarket;
let seller: string;
let buyer: string;
let productFile: string;
let productId: string;
let stream: string;

/** Every failure is a sentence: no stack, no name of a file of the program. */
const expectSentence = ({ err }: Ended) => {
  expect(err).not.toMatch(/^\s+at |node:internal|\.ts:\d/m);
  expect(err.trim()).not.toBe('');
};

beforeAll(async () => {
  shop = await startCommandLineMarket(inject('databaseUrl'));
  const { chain, deployment } = shop.market;
  await payDatacoin(chain.url, deployment, buyerIndex, parseEther('100'));
  await payDatacoin(chain.url, deployment, signerIndex, parseEther('100'));
  [seller, buyer] = await Promise.all([
    shop.accountHome(localPrivateKey(sellerIndex)),
    shop.accountHome(localPrivateKey(buyerIndex))
  ]);
  productFile = join(shop.folder(), 'buses.json');
  writeFileSync(
    productFile,
    JSON.stringify({
      name: 'Bus positions \u001b[31mred',
      summary: 'Where every bus is.',
      category: 'transport',
      tags: ['buses'],
      terms: 'Read it, learn from it, do not resell it.',
      pricePerHour: '0.36',
      settlement: 'by-second',
      streams: [{ name: 'Buses', fields: [{ name: 'line', description: 'Line' }], sample: [{ line: 7 }] }]
    })
  );
});

afterAll(() => shop.stop());

describe('the command line', () => {
  it('creates the streams of a product file, lists it, and writes down what it is', async () => {
    const ended = await shop.run(['sell', 'list', productFile, '--json'], { home: seller });
    expect(ended).toMatchObject({ code: 0 });
    const [listed] = ended.values(listedSchema);
    productId = listed?.productId ?? '';
    stream = listed?.streams[0] ?? '';
    expect(JSON.parse(readFileSync(productFile, 'utf8'))).toMatchObject({
      product: productId,
      streams: [{ address: stream, name: 'Buses' }]
    });
    expect(ended.err).toContain('Creating the stream "Buses"');
    expect(statSync(join(seller, 'secrets', `${addressOf(sellerIndex)}.json`)).mode & 0o777).toBe(0o600);
    await expect
      .poll(async () => (await fetch(`${shop.url}/v1/products/${productId}`)).status, { timeout: 10_000 })
      .toBe(200);
  });

  it('finds and shows it, for people and for programs', async () => {
    const [found, human, shown, nothing] = await Promise.all([
      shop.run(['search', 'bus', '--json']),
      shop.run(['search', 'bus', '--category', 'transport']),
      shop.run(['show', `${shop.url}/products/${productId}`, '--terms']),
      shop.run(['search', 'zeppelins'])
    ]);
    expect(found.values()[0]).toMatchObject({ total: 1, items: [{ productId, seller: addressOf(sellerIndex) }] });
    expect(found.out.trim().split('\n')).toHaveLength(1);
    expect(human.out).toMatch(/^NAME +CATEGORY +PRICE/);
    expect(human.out).toContain('0.36 DATA/h');
    // What a seller writes cannot colour or move anything.
    expect(human.out).toContain('\ufffd[31mred');
    expect(`${human.out}${shown.out}`).not.toContain('\u001b');
    expect(shown.out).toContain('do not resell it');
    expect(shown.out).toContain('by the second');
    expect(nothing).toMatchObject({ code: 0 });
    expect(nothing.out).toContain('Nothing fits');
  });

  it('keeps searches for the account, and tells what came to match them', async () => {
    const saved = await shop.run(['searches', 'save', 'buses', '--paid', '--name', 'Buses', '--json'], { home: buyer });
    expect(saved).toMatchObject({ code: 0 });
    const [search] = saved.values(z.looseObject({ id: z.string(), query: z.string() }));
    expect(search).toMatchObject({ account: addressOf(buyerIndex), name: 'Buses', query: 'q=buses&free=false' });
    const id = search?.id ?? '';
    const [listed, matched, foreign, foul] = await Promise.all([
      shop.run(['searches', 'list'], { home: buyer }),
      shop.run(['searches', 'matches', id], { home: buyer }),
      shop.run(['searches', 'matches', id, '--json'], { home: seller }),
      shop.run(['searches', 'save', 'wind', '--free', '--paid'], { home: buyer })
    ]);
    expect(listed.out).toContain(id);
    // what matched before is not new
    expect(matched.out).toContain('Nothing has come to match it yet.');
    expect(JSON.parse(foreign.err.trim())).toMatchObject({ status: 404 });
    expect(foul).toMatchObject({ code: 2, out: '' });
    expectSentence(foul);
    const [renamed, recent] = await Promise.all([
      shop.run(['searches', 'rename', id, 'City buses'], { home: buyer }),
      shop.run(['searches', 'matches', id, '--since', '2026-01-01T00:00:00Z'], { home: buyer })
    ]);
    expect(renamed.out).toContain('City buses');
    expect(recent.out).toContain('Nothing has come to match it since 2026-01-01T00:00:00Z.');
    expect((await shop.run(['searches', 'list'], { home: buyer })).out).toContain('City buses');
    expect(await shop.run(['searches', 'remove', id], { home: buyer })).toMatchObject({ code: 0 });
    expect((await shop.run(['searches', 'list'], { home: buyer })).out).toContain('has saved no search');
  });

  it('believes no index that passes off another price', async () => {
    const fetchChanged: Fetch = async (url, request) => {
      const answer = await fetch(url, request as RequestInit);
      if (!url.includes('/v1/products/')) return answer;
      return new Response((await answer.text()).replace(/"pricePerSecond":"\d+"/, '"pricePerSecond":"1"'), answer);
    };
    const market = await connectMarket(shop.url, { fetch: fetchChanged });
    await expect(fetchProduct({ market, productId: productId as Hex })).rejects.toThrow('not the one of its id');
    const honest = await connectMarket(shop.url);
    expect((await fetchProduct({ market: honest, productId: productId as Hex })).product.productId).toBe(productId);
  });

  it('asks before it pays, and pays no more than was allowed', async () => {
    const [asked, dear, quoted] = await Promise.all([
      shop.run(['buy', productId, '--for', '1h'], { home: buyer }),
      shop.run(['buy', productId, '--for', '1h', '--most', '0.0001', '--json'], { home: buyer }),
      shop.run(['buy', productId, '--for', '1h', '--dry-run', '--json'])
    ]);
    expect(asked).toMatchObject({ code: 2, out: '' });
    expectSentence(asked);
    expect(dear).toMatchObject({ code: 4, out: '' });
    expect(JSON.parse(dear.err.trim())).toMatchObject({ type: '/problems/price-too-high', status: 402 });
    expect(quoted.values()[0]).toMatchObject({ productId, settlement: 'by-second' });
  });

  it('buys, and reads what is published', async () => {
    const bought = await shop.run(['buy', productId, '--for', '1h', '--most', '1', '--json'], { home: buyer });
    expect(bought).toMatchObject({ code: 0 });
    const [license] = bought.values(z.looseObject({ until: z.int() }));
    expect(license).toMatchObject({ productId, licensee: addressOf(buyerIndex) });
    expect((license?.until ?? 1) % 3600).toBe(0);
    expect(bought.out).not.toContain('privateKey');
    const [published, read] = await Promise.all([
      shop.run(['publish', stream, '--json'], {
        home: seller,
        input: '{"line":7,"delay":42}\n\n{"line":8,"stop":"\\u001b[2J"}\n["any","value"]\n'
      }),
      shop.run(['subscribe', productId, '--from', 'start', '--limit', '3', '--json'], { home: buyer })
    ]);
    expect(published).toMatchObject({ code: 0 });
    expect(published.values(eventSchema).map(({ offset }) => offset)).toEqual([0, 1, 2]);
    expect(read).toMatchObject({ code: 0 });
    expect(read.values(eventSchema).map(({ offset, verified, json }) => [offset, verified, json])).toEqual([
      [0, true, { line: 7, delay: 42 }],
      [1, true, { line: 8, stop: '\u001b[2J' }],
      [2, true, ['any', 'value']]
    ]);
    // Escaped: a terminal that shows the line obeys nothing.
    expect(read.out).not.toContain('\u001b');
  });

  it('goes on where it ended, and ends by Ctrl-C', async () => {
    const words = ['subscribe', productId, '--from', 'start', '--resume'];
    const first = await shop.run([...words, '--limit', '2'], { home: buyer });
    expect(first.out).toMatch(/#0 {2}\{"line":7,"delay":42\}\n.*#1 {2}\{"line":8/);
    const second = await shop.run(words, { home: buyer, interruptWhen: (out) => out.includes('#2') });
    expect(second.code).toBe(130);
    expect(second.out.trim().split('\n')).toHaveLength(1);
  });

  it('lists licences and karma, and lets the signer of a node buy', async () => {
    await expect
      .poll(async () => {
        const answer = await fetch(`${shop.url}/v1/licenses?licensee=${addressOf(buyerIndex)}`);
        return ((await answer.json()) as { items: unknown[] }).items.length;
      })
      .toBe(1);
    const home = shop.folder();
    writeFileSync(join(home, 'passphrase'), 'correct horse battery', { mode: 0o600 });
    const [licences, sold, karma, bySigner] = await Promise.all([
      shop.run(['licences', '--json'], { home: buyer }),
      shop.run(['licences', '--sold'], { home: seller }),
      shop.run(['karma', addressOf(buyerIndex), '--json']),
      shop.run(['buy', productId, '--yes', '--json'], {
        home,
        environment: { TRIBUTARY_SIGNER: shop.market.chain.url, TRIBUTARY_ACCOUNT: addressOf(signerIndex) }
      })
    ]);
    expect(licences.values()[0]).toMatchObject({ items: [{ productId, productName: expect.any(String) as string }] });
    expect(sold.out).toContain(addressOf(buyerIndex));
    const [points] = karma.values(z.looseObject({ buyer: z.string() }));
    // Settled by the second, karma comes with what was used.
    expect(BigInt(points?.buyer ?? -1)).toBeGreaterThanOrEqual(0n);
    expect(bySigner).toMatchObject({ code: 0 });
    expect(bySigner.values()[0]).toMatchObject({ licensee: addressOf(signerIndex) });
  });

  it('has the market carry a purchase for who has no ether, and for who asks for it', async () => {
    const { chain, deployment } = shop.market;
    const client = createPublicClient({ transport: http(chain.url) });
    const sentBy = (index: number) => client.getTransactionCount({ address: addressOf(index) as Hex });
    await payDatacoin(chain.url, deployment, poorIndex, parseEther('10'));
    const poor = await shop.accountHome(localPrivateKey(poorIndex));
    const before = [await sentBy(relayerIndex), await sentBy(buyerIndex)];
    const [bought, renewed, dear] = await Promise.all([
      shop.run(['buy', productId, '--for', '1h', '--most', '1', '--json'], { home: poor }),
      shop.run(['buy', productId, '--for', '1h', '--yes', '--relayed', '--json'], { home: buyer }),
      shop.run(['buy', productId, '--for', '1h', '--most', '0.0001', '--relayed'], { home: poor })
    ]);
    expect(bought).toMatchObject({ code: 0 });
    expect(bought.values()[0]).toMatchObject({ productId, licensee: addressOf(poorIndex) });
    expect(renewed).toMatchObject({ code: 0 });
    expect(renewed.values()[0]).toMatchObject({ productId, licensee: addressOf(buyerIndex) });
    expect(dear).toMatchObject({ code: 4, out: '' });
    expect([await sentBy(relayerIndex), await sentBy(buyerIndex)]).toEqual([(before[0] ?? 0) + 2, before[1]]);
    expect(await client.getBalance({ address: addressOf(poorIndex) as Hex })).toBe(0n);
    // What was published in an earlier minute has another key, which this licence does not open.
    const [published, read] = await Promise.all([
      shop.run(['publish', stream, '--json'], { home: seller, input: '{"line":9}\n' }),
      shop.run(['subscribe', productId, '--from', 'start', '--limit', '1', '--json'], { home: poor })
    ]);
    expect(published).toMatchObject({ code: 0 });
    expect(read.values(eventSchema)).toMatchObject([{ verified: true }]);
  });

  it('says in a sentence what went wrong, by its exit code too', async () => {
    const unknown = `0x${'5'.repeat(64)}`;
    writeFileSync(join(buyer, 'wrong'), 'another passphrase', { mode: 0o600 });
    writeFileSync(join(buyer, 'open'), 'correct horse battery', { mode: 0o644 });
    const from = (file: string) => ['--passphrase-from', `file:${join(buyer, file)}`];
    const runs: readonly (readonly [number, readonly string[], string | undefined])[] = [
      [6, ['show', unknown], undefined],
      [2, ['show', 'buses'], undefined],
      [2, ['buy', productId, '--for', 'ages'], buyer],
      [2, ['serach'], undefined],
      [3, ['search', '--market', 'http://127.0.0.1:9'], undefined],
      [5, ['buy', productId, '--yes', ...from('wrong')], buyer],
      [5, ['buy', productId, '--yes', ...from('open')], buyer],
      [5, ['buy', productId, '--yes'], shop.folder()]
    ];
    for (let index = 0; index < runs.length; index += 4) {
      const some = runs.slice(index, index + 4);
      const ended = await Promise.all(
        some.map(([, words, home]) => shop.run(words, home === undefined ? {} : { home }))
      );
      expect(ended.map(({ code }) => code)).toEqual(some.map(([code]) => code));
      for (const each of ended) expectSentence(each);
    }
  });

  it('publishes nothing without the keys of the stream, and says which line is no JSON', async () => {
    const [keyless, broken] = await Promise.all([
      shop.run(['publish', stream], { home: buyer, input: '{}\n' }),
      shop.run(['publish', stream], { home: seller, input: '{"line":9}\nno json\n' })
    ]);
    expect(keyless.code).toBe(5);
    expectSentence(keyless);
    expect(broken.code).toBe(1);
    expect(broken.err).toContain('Line 2');
    expect(broken.err).toContain('1 of 1 events stored');
  });

  it('lets a seller have an issuer make the keys of a stream', async () => {
    const file = join(shop.folder(), 'own.json');
    const issuer = addressOf(5);
    writeFileSync(
      file,
      JSON.stringify({
        name: 'Own',
        summary: 'Own.',
        category: 'other',
        terms: 'Own.',
        pricePerHour: 0,
        streams: [{ slotDuration: 30 }]
      })
    );
    const made = await shop.run(['sell', 'streams', file, '--issuer', issuer, '--json'], { home: seller });
    expect(made).toMatchObject({ code: 0 });
    const [report] = made.values(z.object({ addresses: z.array(addressSchema), created: z.array(addressSchema) }));
    const client = createPublicClient({ transport: http(shop.market.chain.url) });
    const grant = permissionNumber.grant;
    const address = report?.addresses[0] ?? '0x';
    expect(
      await client.readContract({
        address,
        abi: streamAbi,
        functionName: 'hasPermission',
        args: [issuer as Hex, grant]
      })
    ).toBe(true);
    const registered = await client.getContractEvents({
      address,
      abi: streamAbi,
      eventName: 'PublicKeyRegistered',
      fromBlock: 0n
    });
    expect(registered).toHaveLength(1);

    // Back to the market's issuer, with fresh keys; a reseller keeps its permission.
    const mayGrant = (account: string) =>
      client.readContract({ address, abi: streamAbi, functionName: 'hasPermission', args: [account as Hex, grant] });
    const issuerOf = ['sell', 'issuer', address];
    expect(await shop.run([...issuerOf, 'me'], { home: seller })).toMatchObject({ code: 2 });
    expect(await shop.run([...issuerOf, 'market', '--keep-others'], { home: seller })).toMatchObject({ code: 0 });
    expect(await mayGrant(issuer)).toBe(true);
    const actors = marketActors(shop.market.chain.url, shop.market.deployment);
    const reseller = actors.account(signerIndex);
    await actors.onStream(actors.account(sellerIndex), address, 'setPermission', [reseller.address, grant, forever]);
    const resold = await actors.listOffer(reseller, [address]);
    const reader = await connectMarket(shop.url);
    const query = { stream: address, seller: addressSchema.parse(reseller.address) };
    await expect.poll(async () => (await searchProducts({ market: reader, query })).total, { timeout: 20_000 }).toBe(1);
    const back = await shop.run([...issuerOf, 'market', '--json'], { home: seller });
    const [entrusted] = back.values(z.object({ issuer: z.literal('market'), until: z.number() }));
    expect(entrusted?.until).toBeGreaterThan(Date.now() / 1000);
    expect([await mayGrant(issuer), await mayGrant(reseller.address)]).toEqual([false, true]);
    // It sold once: it is still no issuer.
    await actors.retireOffer(resold, reseller);
    expect(await shop.run(['publish', address], { home: seller, input: '{"by":"itself"}\n' })).toMatchObject({
      code: 0
    });
    // And to an issuer again: to another key of the program's, since the keys of before are not to be used.
    const again = addressOf(5);
    expect(await shop.run([...issuerOf, again], { home: seller })).toMatchObject({ code: 0 });
    expect(await mayGrant(again)).toBe(true);
    const keys = await client.getContractEvents({
      ...{ address, abi: streamAbi, eventName: 'PublicKeyRegistered', fromBlock: 0n }
    });
    expect(new Set(keys.map(({ args }) => args.publicKey)).size).toBe(2);
  });

  it('checks everything, and takes a product off sale', async () => {
    const [doctor, retired] = await Promise.all([
      shop.run(['doctor', '--json'], { home: buyer }),
      shop.run(['sell', 'retire', productId], { home: seller })
    ]);
    const [report] = doctor.values(checksSchema);
    const states = Object.fromEntries(report?.checks.map(({ name, state }) => [name, state]) ?? []);
    expect(states).toEqual({
      market: 'good',
      chain: 'good',
      clock: 'good',
      index: 'good',
      search: 'good',
      documents: 'good',
      broker: 'good',
      events: 'good',
      subgraph: 'absent',
      keystore: 'good',
      balance: 'good'
    });
    expect(doctor.code).toBe(0);
    expect(retired).toMatchObject({ code: 0 });
    await expect
      .poll(async () => (await shop.run(['buy', productId, '--yes'], { home: buyer })).code, { timeout: 20_000 })
      .toBe(6);
  });
});
