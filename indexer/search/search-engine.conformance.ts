import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productQuerySchema, type ProductQuery } from '#sdk/protocol/discovery';
import { regionName, withContinents } from './regions.ts';
import { normalisedGain } from './judged/gain.ts';
import { languages, productId, standingOf } from './judged/market.ts';
import { judgedProducts, type JudgedProduct } from './judged/products.ts';
import { heldOutQueries, judgedQueries } from './judged/queries.ts';
import { CursorInvalidError } from './cursor.ts';
import type { SearchEngine } from './search-engine.ts';
import type { View } from './view.ts';

/** What every engine must reach on queries that nothing was tuned by. */
const heldOutFloor = 0.85;

/** An engine over the judged market, ready to be asked. */
export interface OpenEngine {
  readonly engine: SearchEngine;
  readonly view: View;
  close(): Promise<void>;
}

/**
 * What every search engine must do, on the judged market.
 *
 * @param open Makes the market and an engine that knows it.
 * @param floor Mean normalised gain of the first ten places that the engine must reach over all judged queries; null for
 *   one of which nobody wants to know how well it ranks.
 */
export function searchEngineConforms(name: string, open: () => Promise<OpenEngine>, floor: number | null): void {
  describe(`search by ${name}`, () => {
    let opened: OpenEngine;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    const keys = new Map(judgedProducts.map((product, place) => [productId(place), product.key]));
    const search = (query: ProductQuery) => opened.engine.search(opened.view, productQuerySchema.parse(query));
    const found = async (query: ProductQuery) =>
      (await search({ limit: 100, ...query })).hits.map(({ id }) => keys.get(id) ?? id);
    const first = async (q: string) => (await found({ q }))[0];

    it.skipIf(floor === null).each([
      ['the judged queries', judgedQueries, floor ?? 0],
      ['queries that nothing was tuned by', heldOutQueries, heldOutFloor]
    ])('answers %s well', async (what, queries, least) => {
      const known = new Set(judgedProducts.map(({ key }) => key));
      const gains: { query: string; gain: number }[] = [];
      for (const { query, grades } of queries) {
        // a key that is mistyped would be an answer that nobody can give
        expect([...grades.keys()].filter((key) => !known.has(key))).toEqual([]);
        gains.push({ query, gain: normalisedGain(await found({ q: query, limit: 10 }), grades) });
      }
      const mean = gains.reduce((sum, { gain }) => sum + gain, 0) / gains.length;
      const worst = gains.sort((one, other) => one.gain - other.gain).slice(0, 12);
      const told = worst.map(({ query, gain }) => `${gain.toFixed(2)} ${query}`).join(', ');
      console.log(`${name}: nDCG@10 ${mean.toFixed(4)} over ${String(gains.length)} (${what}); worst: ${told}`);
      expect(mean).toBeGreaterThan(least);
    });

    it.each([
      ['earthqake', 'quakes-world'],
      ['beehivs', 'beehives'],
      ['helsniki bus', 'bus-helsinki'],
      ['polen germany', 'pollen-germany'],
      ['zürich cafe', 'cafe-zurich'],
      ['ZURICH CAFÉ', 'cafe-zurich']
    ])('forgives %j', async (q, expected) => {
      expect(await first(q)).toBe(expected);
    });

    it.each([
      ['asteroi', 'asteroids'],
      ['gravitat', 'gravitational'],
      ['port of rott', 'rotterdam-port']
    ])('finds %j while it is being typed', async (q, expected) => {
      expect(await first(q)).toBe(expected);
    });

    it.each([
      ['soccer', 'football-scores'],
      ['quake japan', 'quakes-japan'],
      ['btc order book', 'btc-orderbook'],
      ['smog beijing', 'air-beijing']
    ])('knows other words for %j', async (q, expected) => {
      expect(await first(q)).toBe(expected);
    });

    it('says what it corrected and what it left out, and finds nothing in nonsense', async () => {
      expect(await search({ q: 'earthqake qqqqqq' })).toMatchObject({
        corrections: [{ typed: 'earthqake', meant: 'earthquake' }],
        ignored: ['qqqqqq']
      });
      expect(await search({ q: 'qqqqqq' })).toMatchObject({ total: 0, hits: [] });
    });

    it('marks what matches', async () => {
      const { hits } = await search({ q: 'wether seattle', limit: 1 });
      expect(hits[0]?.highlights?.name.filter(({ match }) => match).map(({ text }) => text)).toContain('Seattle');
      expect((await search({ limit: 1 })).hits[0]?.highlights).toBeNull();
    });

    /** The market, narrowed as a list of conditions would. */
    const having = (condition: (product: JudgedProduct, place: number) => boolean) =>
      judgedProducts.flatMap((product, place) => (condition(product, place) ? [product.key] : [])).sort();
    const regionsOf = ({ regions }: JudgedProduct) => withContinents(regions);
    const rateOf = ({ cadence }: JudgedProduct) =>
      cadence <= 1
        ? 'second'
        : cadence <= 60
          ? 'minute'
          : cadence <= 3_600
            ? 'hour'
            : cadence <= 86_400
              ? 'day'
              : 'slower';
    const bandOf = ({ price }: JudgedProduct) =>
      price === '0' ? 'free' : BigInt(price) * 3_600n < 10n ** 18n ? 'under-1' : 'under-10';
    const slug = (kind: string) => kind.toLowerCase().replace('_', '-');
    const narrowings: readonly [ProductQuery, (product: JudgedProduct, place: number) => boolean][] = [
      [{ category: 'energy' }, ({ category }) => category === 'energy'],
      [{ free: 'true' }, ({ price }) => price === '0'],
      [{ free: 'false' }, ({ price }) => price !== '0'],
      [{ price: 'under-10' }, (product) => bandOf(product) === 'under-10'],
      [{ maxPrice: '30000000000000', minPrice: '1' }, (product) => bandOf(product) === 'under-1'],
      [{ tag: 'friction' }, () => false],
      [{ tag: 'ship' }, ({ tags }) => tags.includes('ship')],
      [{ settlement: 'by-event' }, (_, place) => standingOf(place).settlement === 'BY_EVENT'],
      [{ verified: 'true' }, (_, place) => standingOf(place).verified],
      [{ live: 'false' }, (_, place) => !standingOf(place).live],
      [{ rate: 'day' }, (product) => rateOf(product) === 'day'],
      [{ region: '150' }, (product) => regionsOf(product).includes('150')],
      [{ region: 'ch' }, ({ regions }) => regions.includes('CH')],
      [{ language: 'de' }, ({ key }) => languages[key]?.some((tag) => tag.startsWith('de')) === true],
      [
        { category: 'transport', region: 'US', live: 'true', free: 'true' },
        (product, place) =>
          product.category === 'transport' &&
          product.regions.includes('US') &&
          standingOf(place).live &&
          product.price === '0'
      ]
    ];
    it.each(narrowings)('narrows by %j', async (query, condition) => {
      const all: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await search({ ...query, limit: 40, ...(cursor === undefined ? {} : { cursor }) });
        all.push(...page.hits.map(({ id }) => keys.get(id) ?? id));
        cursor = page.hasMore ? page.hits.at(-1)?.cursor : undefined;
        expect(page.total).toBe(having(condition).length);
      } while (cursor !== undefined);
      expect(all.sort()).toEqual(having(condition));
    });

    it('counts every facet without its own filter and with the others', async () => {
      const { facets, total } = await search({ category: 'weather', free: 'true', region: 'US', rate: 'minute' });
      const tally = (values: readonly string[]) => {
        const counts = new Map<string, number>();
        for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
        return [...counts].sort();
      };
      const told = (facet: keyof typeof facets) => facets[facet].map(({ value, count }) => [value, count]).sort();
      const filters = {
        category: (product: JudgedProduct) => product.category === 'weather',
        free: (product: JudgedProduct) => product.price === '0',
        region: (product: JudgedProduct) => regionsOf(product).includes('US'),
        rate: (product: JudgedProduct) => rateOf(product) === 'minute'
      };
      const but = (own?: keyof typeof filters) =>
        judgedProducts
          .map((product, place) => ({ product, place }))
          .filter(({ product }) => Object.entries(filters).every(([facet, holds]) => facet === own || holds(product)));
      expect(total).toBe(but().length);
      expect(told('category')).toEqual(tally(but('category').map(({ product }) => product.category)));
      expect(told('free')).toEqual(tally(but('free').map(({ product }) => String(product.price === '0'))));
      expect(told('region')).toEqual(tally(but('region').flatMap(({ product }) => regionsOf(product))));
      expect(told('rate')).toEqual(tally(but('rate').map(({ product }) => rateOf(product))));
      expect(told('price')).toEqual(tally(but().map(({ product }) => bandOf(product))));
      expect(told('tag')).toEqual(tally(but().flatMap(({ product }) => product.tags)));
      expect(told('settlement')).toEqual(tally(but().map(({ place }) => slug(standingOf(place).settlement))));
      expect(told('verified')).toEqual(tally(but().map(({ place }) => String(standingOf(place).verified))));
      expect(told('live')).toEqual(tally(but().map(({ place }) => String(standingOf(place).live))));
    });

    it('counts facets of what words find, too', async () => {
      const all = await search({ q: 'wind', limit: 100 });
      const narrowed = await search({ q: 'wind', category: 'energy' });
      expect(all.facets.category.reduce((sum, { count }) => sum + count, 0)).toBe(all.total);
      expect(narrowed.facets.category).toEqual(all.facets.category);
      expect(narrowed.total).toBe(all.facets.category.find(({ value }) => value === 'energy')?.count);
    });

    it('finds by place, near it and in a box, over the antimeridian too', async () => {
      const sorted = async (query: ProductQuery) => (await found(query)).sort();
      expect(await sorted({ near: '8.54,47.37', within: 5 })).toEqual([
        'cafe-zurich',
        'lake-temperature',
        'zurich-weather'
      ]);
      expect(await sorted({ near: '11,47.8', within: 60 })).toEqual(['lake-temperature', 'parking-munich']);
      expect(await sorted({ near: '-179,20', within: 50 })).toEqual(['typhoon-pacific']);
      expect(await sorted({ near: '-165,20', within: 600 })).toEqual(['typhoon-pacific']);
      expect(await sorted({ near: '-165,20', within: 400 })).toEqual([]);
      expect(await sorted({ bbox: '139,35,140,36' })).toEqual(['tokyo-weather', 'typhoon-pacific']);
      expect(await sorted({ bbox: '170,10,-175,20' })).toEqual(['typhoon-pacific']);
      expect(await sorted({ q: 'weather', near: '8.54,47.37' })).toEqual(
        ['lake-temperature', 'zurich-weather'].slice(1)
      );
    });

    it.each([
      ['newest', (place: number) => place],
      ['cheapest', (place: number) => -Number(judgedProducts[place]?.price)],
      ['popular', (place: number) => standingOf(place).purchases],
      ['karma', (place: number) => place % 5],
      ['busiest', (place: number) => place]
    ] as const)('sorts by %s, page by page without gap or double', async (sort, key) => {
      const places: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await search({ sort, limit: 40, ...(cursor === undefined ? {} : { cursor }) });
        places.push(...page.hits.map(({ id }) => judgedProducts.findIndex(({ key: own }) => own === keys.get(id))));
        cursor = page.hasMore ? page.hits.at(-1)?.cursor : undefined;
      } while (cursor !== undefined);
      expect(new Set(places).size).toBe(judgedProducts.length);
      const values = places.map(key);
      expect(values).toEqual([...values].sort((one, other) => other - one));
    });

    it('pages through what words find without gap or double', async () => {
      const all = await found({ q: 'europe' });
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await search({ q: 'europe', limit: 3, ...(cursor === undefined ? {} : { cursor }) });
        paged.push(...page.hits.map(({ id }) => keys.get(id) ?? id));
        cursor = page.hasMore ? page.hits.at(-1)?.cursor : undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(all);
      expect(all.length).toBeGreaterThan(6);
      await expect(search({ q: 'europe', cursor: 'bm9wZQ' })).rejects.toBeInstanceOf(CursorInvalidError);
    });

    it('suggests words and products', async () => {
      const suggested = async (typed: string) => opened.engine.suggest(opened.view, typed, 8);
      expect((await suggested('eart')).map(({ text }) => text)).toContain('earthquakes');
      expect((await suggested('bitcoin ord')).map(({ text }) => text)).toContain('Bitcoin order book');
      expect(await suggested('')).toEqual([]);
      expect(await suggested('qqqqqq')).toEqual([]);
      for (const { productId: id, text } of await suggested('snow')) {
        if (id !== null) expect(judgedProducts.find(({ key }) => key === keys.get(id))?.name).toBe(text);
      }
    });

    it('knows what is alike', async () => {
      const like = async (key: string) => {
        const place = judgedProducts.findIndex((product) => product.key === key);
        const ids = await opened.engine.similar(opened.view, productId(place), 4);
        return ids.map((id) => keys.get(id) ?? id);
      };
      expect(await like('ev-germany')).toContain('ev-norway');
      expect(await like('ships-baltic')).toContain('ships-med');
      expect(await like('btc-trades')).toContain('btc-orderbook');
      expect(await like('bikes-nyc')).not.toContain('bikes-nyc');
      expect(await opened.engine.similar(opened.view, productId(9_999), 4)).toEqual([]);
    });

    it('finds countries by their names', async () => {
      expect(regionName('NO')).toBe('Norway');
      expect(await found({ q: 'norway' })).toContain('aurora');
    });
  });
}
