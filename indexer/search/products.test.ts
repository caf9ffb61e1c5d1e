import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { ProductDocument } from '#sdk/protocol/product-document';
import { sha256 } from '#sdk/protocol/content-id';
import { createDatabase } from '../../test/database.ts';
import { fetchDocuments } from '../content/documents.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import { attestation, document, license, offer, product, trustedAttester, type FactRow } from '../schema.ts';
import { pino } from 'pino';
import { CursorInvalidError } from './cursor.ts';
import { productQuerySchema, type ProductQuery } from '#sdk/protocol/discovery';
import { encodeAttestation } from '#sdk/protocol/attestation-schemas';
import { createPostgresEngine } from './postgres/engine.ts';
import { refreshSearchRows } from './postgres/rows.ts';
import { findProducts as findParsed, productsById } from './products.ts';
import type { View } from './view.ts';

let open: OpenDatabase;
let drop: () => Promise<void>;
let view: View;
let now = 1_000;
const findProducts = (view: View, query: ProductQuery) => findParsed(view, productQuerySchema.parse(query));

const word = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`;
const address = (number: number): Address => `0x${number.toString(16).padStart(40, '0')}`;

interface Sample {
  readonly name: string;
  readonly category: ProductDocument['category'];
  readonly summary?: string;
  readonly tags?: string[];
  readonly price?: string;
  readonly purchases?: number;
  readonly listed?: boolean;
}
const samples: Sample[] = [
  {
    name: 'Weather of Seattle',
    category: 'weather',
    summary: 'Rain and temperature, hourly',
    tags: ['rain'],
    price: '5'
  },
  {
    name: 'Earthquakes worldwide',
    category: 'science',
    summary: 'USGS, as they are measured',
    price: '0',
    purchases: 9
  },
  {
    name: 'Bitcoin trades',
    category: 'finance',
    summary: 'Every trade of a large exchange',
    price: '700',
    purchases: 4
  },
  { name: 'Café occupancy in Zürich', category: 'sensors', summary: 'How many seats are taken', price: '20' },
  { name: 'Wind over the North Sea', category: 'weather', summary: 'Ten-minute means', price: '0', purchases: 2 },
  { name: 'Retired weather', category: 'weather', summary: 'No longer sold', price: '1', listed: false }
];

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  view = { database: open.database, engine: createPostgresEngine(), now: () => now, schemas: () => null };
  const stored = new Map<string, Uint8Array>();
  for (const [index, sample] of samples.entries()) {
    const bytes = new TextEncoder().encode(
      JSON.stringify({
        version: 1,
        name: sample.name,
        summary: sample.summary ?? '-',
        category: sample.category,
        tags: sample.tags ?? [],
        streams: [{ address: address(100 + index) }]
      })
    );
    const hash = sha256(bytes);
    stored.set(hash, bytes);
    await insertProduct(index, hash, sample);
    await open.database.insert(document).values({ hash, state: 'pending', attempts: 0, nextAttempt: 0 });
  }
  const contents = {
    put: () => Promise.reject(new RangeError('nothing is put here')),
    get: async (cid: string) => {
      const { digestOf } = await import('#sdk/protocol/content-id');
      return stored.get(digestOf(cid)) ?? null;
    }
  };
  const fetcher = fetchDocuments(open.database, contents, pino({ level: 'silent' }), () => ({ schemas: null, now }));
  while ((await findProducts(view, { q: 'wind' })).total === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await fetcher.stop();
});

afterAll(async () => {
  await open.close();
  await drop();
});

async function insertProduct(index: number, hash: Hex, sample: Sample): Promise<void> {
  const shared = {
    seller: address(1 + (index % 2)),
    pricePerSecond: sample.price ?? '1',
    streams: [address(100 + index), address(999)],
    documentHash: hash,
    listed: sample.listed ?? true
  };
  await open.database.insert(offer).values({
    ...shared,
    id: word(1_000 + index),
    product: word(index),
    productNumber: String(index),
    beneficiary: address(1),
    minimumPeriod: 60,
    maximumPeriod: 31_536_000,
    boundary: 3_600,
    feeBasisPoints: 500,
    settlement: 'AT_ONCE',
    oracle: null,
    events: '0',
    deliveryPeriod: 0,
    attestationSchema: null,
    attesters: [],
    termsHash: word(7),
    position: 1,
    listedAtBlock: index,
    listedAt: index,
    retiredAt: null,
    revenue: '0',
    refunded: '0',
    withdrawn: '0',
    fees: '0'
  } satisfies FactRow<'offer'>);
  await open.database.insert(product).values({
    ...shared,
    id: word(index),
    number: String(index),
    currentOffer: word(1_000 + index),
    createdAtBlock: index,
    createdAt: index,
    purchases: sample.purchases ?? 0,
    revenue: '0'
  } satisfies FactRow<'product'>);
}

const names = async (query: Parameters<typeof findProducts>[1]) =>
  (await findProducts(view, query)).items.map((item) => item.document?.name);

describe('searching products', () => {
  it.each([
    ['weather', ['Weather of Seattle', 'Wind over the North Sea']],
    ['WEATHER seattle', ['Weather of Seattle']],
    ['wether', ['Weather of Seattle', 'Wind over the North Sea']],
    ['seatle', ['Weather of Seattle']],
    ['bitcon', ['Bitcoin trades']],
    ['earthq', ['Earthquakes worldwide']],
    ['earthquake', ['Earthquakes worldwide']],
    ['cafe zurich', ['Café occupancy in Zürich']],
    ['rain', ['Weather of Seattle']],
    ['measuring', ['Earthquakes worldwide']],
    ['weather bitcoin', ['Bitcoin trades']],
    ['bitcoin zzzzzz', ['Bitcoin trades']],
    ['zzzzzz', []],
    ['!!!', []]
  ])('finds %j', async (q, expected) => {
    expect(await names({ q })).toEqual(expected);
  });

  it.each(["'); drop table indexer.product; --", 'a & | ! ( ) : * <->', '\\', '%_', 'x'.repeat(200)])(
    'takes %j for words, never for anything else',
    async (q) => {
      await expect(findProducts(view, { q })).resolves.toMatchObject({ total: expect.any(Number) as number });
    }
  );

  it('finds by seller, stream, product and offer', async () => {
    expect((await findProducts(view, { q: address(101).toUpperCase().replace('0X', '0x') })).items).toHaveLength(1);
    expect((await findProducts(view, { q: address(1) })).total).toBe(3);
    expect(await names({ q: word(2) })).toEqual(['Bitcoin trades']);
    expect(await names({ q: word(1_002) })).toEqual(['Bitcoin trades']);
    expect((await findProducts(view, { seller: address(2) })).total).toBe(2);
    expect((await findProducts(view, { stream: address(999) })).total).toBe(5);
  });

  it('says what it took for mistyped, what it left out, and where words match', async () => {
    const found = await findProducts(view, { q: 'wether seatle zzzzzz' });
    expect(found.corrections).toEqual([
      { typed: 'wether', meant: 'weather' },
      { typed: 'seatle', meant: 'seattle' }
    ]);
    expect(found.ignored).toEqual(['zzzzzz']);
    expect(found.items[0]?.highlights?.name).toEqual([
      { text: 'Weather', match: true },
      { text: ' of ', match: false },
      { text: 'Seattle', match: true }
    ]);
  });

  it('puts a match in the name before a match elsewhere', async () => {
    expect((await names({ q: 'trade' }))[0]).toBe('Bitcoin trades');
  });

  it('narrows by category, price and tag, and counts each facet without its own filter', async () => {
    expect(await names({ category: 'weather', free: 'true' })).toEqual(['Wind over the North Sea']);
    const found = await findProducts(view, { category: 'weather' });
    expect(found.total).toBe(2);
    expect(found.facets.category).toEqual([
      { value: 'weather', count: 2 },
      { value: 'finance', count: 1 },
      { value: 'science', count: 1 },
      { value: 'sensors', count: 1 }
    ]);
    expect(found.facets.free).toEqual([
      { value: 'false', count: 1 },
      { value: 'true', count: 1 }
    ]);
    expect(await names({ tag: 'Rain' })).toEqual(['Weather of Seattle']);
  });

  it('leaves retired products out unless asked for', async () => {
    expect((await findProducts(view, {})).total).toBe(5);
    expect((await findProducts(view, { retired: 'true' })).total).toBe(6);
  });

  it('sorts', async () => {
    expect((await names({ sort: 'newest' }))[0]).toBe('Wind over the North Sea');
    expect((await names({ sort: 'popular' })).slice(0, 2)).toEqual(['Earthquakes worldwide', 'Bitcoin trades']);
    expect(await names({ sort: 'cheapest' })).toEqual([
      'Earthquakes worldwide',
      'Wind over the North Sea',
      'Weather of Seattle',
      'Café occupancy in Zürich',
      'Bitcoin trades'
    ]);
  });

  it.each(['relevance', 'newest', 'cheapest', 'popular'] as const)(
    'pages by %s without gap or double',
    async (sort) => {
      const all = await names({ sort });
      const paged: (string | undefined)[] = [];
      let cursor: string | undefined;
      do {
        const page = await findProducts(view, { sort, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        expect(page.total).toBe(5);
        paged.push(...page.items.map((item) => item.document?.name));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(all);
    }
  );

  it('refuses a cursor that is none', async () => {
    await expect(findProducts(view, { cursor: 'bm9wZQ' })).rejects.toBeInstanceOf(CursorInvalidError);
  });

  it('counts licences that run at the given time', async () => {
    const row: FactRow<'license'> = {
      id: `${word(1_000)}-${address(5)}`,
      offer: word(1_000),
      product: word(0),
      licensee: address(5),
      from: 500,
      until: 2_000,
      publicKey: word(1),
      paid: '1',
      refunded: '0',
      spent: '0',
      settledUntil: null,
      endedEarly: null,
      endReasonHash: null,
      endedEarlyAt: null,
      attestation: null,
      flagPoints: null,
      flagReasonHash: null,
      flaggedAt: null,
      flagAnswerHash: null,
      latestDeposit: null,
      purchases: 1,
      purchasedAtBlock: 1,
      purchasedAt: 500,
      transactionHash: word(2)
    };
    await open.database.insert(license).values(row);
    expect((await productsById(view, [word(0)]))[0]?.licensees).toBe(1);
    now = 2_000;
    expect((await productsById(view, [word(0)]))[0]?.licensees).toBe(0);
  });

  it('counts a seller as verified by the word of trusted attesters alone, in the facet as on the badge', async () => {
    const schemas = { domain: word(0xd0), organisation: null, ensName: null, knownBuyer: null };
    const knowing: View = { ...view, schemas: () => schemas };
    const [trusted, stranger] = [address(0xa1), address(0xa2)];
    const row = (uid: number, recipient: Address, attester: Address, domain: string) => ({
      ...{ id: word(uid), recipient, attester, schema: schemas.domain, expirationTime: '0' },
      ...{ data: encodeAttestation('domain', { domain }), recordedAtBlock: uid, recordedAt: uid, revokedAt: null }
    });
    await open.database.insert(trustedAttester).values({ account: trusted });
    await open.database
      .insert(attestation)
      .values([
        row(0xe1, address(1), trusted, 'weather.example.org'),
        row(0xe2, address(1), stranger, 'bank.example.org'),
        row(0xe3, address(2), stranger, 'bank.example.org'),
        { ...row(0xe4, address(2), trusted, 'revoked.example.org'), revokedAt: 900 },
        { ...row(0xe5, address(2), trusted, 'expired.example.org'), expirationTime: '1000' }
      ]);
    await refreshSearchRows(open.database, { sellers: [address(1), address(2)] }, { schemas, now });
    const [all, verified] = [await findProducts(knowing, {}), await findProducts(knowing, { verified: 'true' })];
    const badges = (items: typeof all.items) =>
      items.map(({ seller, sellerIdentities }) => [seller, sellerIdentities.map(({ name }) => name)]);
    expect(new Set(all.items.map(({ seller }) => seller))).toEqual(new Set([address(1), address(2)]));
    for (const [seller, names] of badges(all.items)) {
      expect(names).toEqual(seller === address(1) ? ['weather.example.org'] : []);
    }
    expect(verified.items.map(({ productId }) => productId).sort()).toEqual(
      all.items.flatMap(({ productId, sellerIdentities }) => (sellerIdentities.length > 0 ? [productId] : [])).sort()
    );
    // what strangers say stays to be read, as what it is
    const shown = all.items.find(({ seller }) => seller === address(2));
    expect(shown?.sellerAttestations.map(({ attester }) => attester)).toEqual([stranger]);
    await open.database.delete(attestation);
    await open.database.delete(trustedAttester);
    await refreshSearchRows(open.database, { sellers: [address(1), address(2)] }, { schemas, now });
  });

  it('shows a product whose document is not there', async () => {
    await insertProduct(50, word(50), { name: '', category: 'other' });
    expect((await productsById(view, [word(50)]))[0]).toMatchObject({ documentState: 'pending', document: null });
  });
});
