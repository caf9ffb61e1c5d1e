import { describe, expect, it } from 'vitest';
import { productQuerySchema, type ProductQuery } from '#sdk/protocol/discovery';
import { encodeCursor, CursorInvalidError } from '../cursor.ts';
import type { Term } from '../postgres/text-query.ts';
import { toResult } from './answer.ts';
import { MeilisearchUnavailableError } from './client.ts';
import { lexemesOf, partsOf, toDocument, type SearchRow } from './documents.ts';
import { readFilter } from './model-filter.ts';
import { equals, textOf, toRequest } from './query.ts';

const parse = (query: ProductQuery) => productQuerySchema.parse(query);
const term = (tokens: string[], begins = false): Term => ({
  ...{ words: tokens, exact: '', wide: '', found: '', tokens, begins },
  ...{ weight: 1, required: true, products: 1 }
});
const request = (query: ProductQuery, terms: Term[] | null = null) => toRequest('market', parse(query), terms, null);
const id = `0x${'ab'.repeat(32)}` as const;

describe('a search becomes queries', () => {
  it('for a page, for counts, and for each facet that narrows', () => {
    const { queries, counts } = request({ category: 'energy', tag: 'wind', limit: 5 });
    expect(queries).toHaveLength(4);
    const [page, counted, ofCategory, ofTag] = queries;
    expect(page).toMatchObject({
      indexUid: 'market',
      limit: 6,
      filter: ['listed = "true"', 'category = "energy"', 'tag = "wind"'],
      sort: ['quality:desc', 'purchases:desc', 'created:desc', 'id:desc']
    });
    expect(counted?.limit).toBe(0);
    expect(counted?.facets).toEqual(
      expect.arrayContaining([
        'listed',
        'free',
        'price',
        'settlement',
        'verified',
        'live',
        'rate',
        'region',
        'language'
      ])
    );
    expect(counted?.facets).not.toContain('category');
    expect(ofCategory).toMatchObject({ filter: ['listed = "true"', 'tag = "wind"'], facets: ['category'], limit: 0 });
    expect(ofTag).toMatchObject({ filter: ['listed = "true"', 'category = "energy"'], facets: ['tag'] });
    expect(counts).toMatchObject({ category: 2, tag: 3, live: 1, listed: 1 });
  });

  it('with words that all have to be there, the unfinished one last', () => {
    expect(textOf([term(['asteroi'], true), term(['order', 'book'])])).toBe('order book asteroi');
    expect(textOf([term(['earthquak'])])).toBe('earthquak ');
    const { queries } = request({ q: 'wind' }, [term(['wind'], true)]);
    for (const query of queries) expect(query).toMatchObject({ q: 'wind', matchingStrategy: 'all' });
    expect(queries[0]).not.toHaveProperty('sort');
  });

  it('in an order that words do not change', () => {
    const { queries } = request({ q: 'wind', sort: 'cheapest' }, [term(['wind'])]);
    expect(queries[0]?.sort).toEqual(['priceHigh:asc', 'priceLow:asc', 'purchases:desc', 'id:desc']);
  });

  it('that begin after a place, and count from the beginning all the same', () => {
    const cursor = encodeCursor({ keys: ['-1000000000000000007', '3'], id });
    const [page, counted] = request({ sort: 'cheapest', cursor }).queries;
    expect(page?.filter[1]).toBe(
      '((priceHigh > 1000) OR (priceHigh = 1000 AND priceLow > 7) OR ' +
        '(priceHigh = 1000 AND priceLow = 7 AND purchases < 3) OR ' +
        `(priceHigh = 1000 AND priceLow = 7 AND purchases = 3 AND id < "${id}"))`
    );
    expect(counted?.filter).toEqual(['listed = "true"']);
    const ranked = encodeCursor({ keys: ['48'], id });
    expect(request({ q: 'wind', cursor: ranked }, [term(['wind'])]).queries[0]).toMatchObject({ offset: 48 });
  });

  it('and refuses cursors of other lists', () => {
    for (const keys of [['1'], ['1', '2', '3', '4'], ['99999999'], ['x']]) {
      const cursor = encodeCursor({ keys, id });
      expect(() => request({ sort: 'karma', cursor })).toThrow(CursorInvalidError);
    }
    expect(() => request({ sort: 'newest', cursor: encodeCursor({ keys: ['1'], id: '7' }) })).toThrow(
      CursorInvalidError
    );
    const far = encodeCursor({ keys: ['10001'], id });
    expect(() => request({ q: 'wind', cursor: far }, [term(['wind'])])).toThrow(CursorInvalidError);
  });

  it('with prices of any size, exactly', () => {
    const price = (wei: string) => ({ priceHigh: partsOf(BigInt(wei)).high, priceLow: partsOf(BigInt(wei)).low });
    const meets = (query: ProductQuery, wei: string) =>
      request(query)
        .queries[0]?.filter.slice(1)
        .every((one) => readFilter(one, ['priceHigh', 'priceLow'])(price(wei)));
    // beyond 2^53 doubles would not tell these apart
    expect(meets({ minPrice: '9007199254740993' }, '9007199254740993')).toBe(true);
    expect(meets({ minPrice: '9007199254740993' }, '9007199254740992')).toBe(false);
    expect(meets({ maxPrice: '1000000000000000000000' }, '1000000000000000000000')).toBe(true);
    expect(meets({ maxPrice: '1000000000000000000000' }, '1000000000000000000001')).toBe(false);
    expect(meets({ minPrice: '1', maxPrice: '5' }, '0')).toBe(false);
    expect(meets({ minPrice: '1', maxPrice: '5' }, '3')).toBe(true);
  });

  it.each(['wind', '"', '\\', 'a" OR listed = "false', '\\" OR listed = "false', "it's", 'x\\'])(
    'in which %j is a value and nothing else',
    (tag) => {
      const expression = equals('tag', tag);
      expect(readFilter(expression, ['tag', 'listed'])({ tag: [tag], listed: 'false' })).toBe(true);
      expect(readFilter(expression, ['tag', 'listed'])({ tag: ['other'], listed: 'false' })).toBe(false);
    }
  );
});

describe('answers become results', () => {
  const hit = { id, ...{ wei: '12', karma: '7', purchases: 1, created: 5, busy: 9, quality: 300 } };

  it('with cursors that Postgres takes as well', () => {
    const query = parse({ sort: 'cheapest', limit: 1 });
    const asked = toRequest('market', query, null, null);
    const found = [
      { hits: [hit, { ...hit, wei: '13' }] },
      { hits: [], facetDistribution: { listed: { true: 2 }, free: { false: 2 }, tag: { b: 1, a: 1, c: 2 } } }
    ];
    const result = toResult(query, asked, found);
    expect(result).toMatchObject({ hasMore: true, total: 2 });
    expect(result.hits.map(({ cursor }) => cursor)).toEqual([encodeCursor({ keys: ['-12', '1'], id })]);
    expect(result.facets.tag.map(({ value }) => value)).toEqual(['c', 'a', 'b']);
    expect(result.facets.region).toEqual([]);
  });

  it('and are refused when they are not what was asked for', () => {
    const query = parse({});
    const asked = toRequest('market', query, null, null);
    for (const foul of [{}, { ...hit, id: 'nothing' }, { ...hit, wei: 12 }, { ...hit, quality: null }]) {
      expect(() => toResult(query, asked, [{ hits: [foul] }, { hits: [] }])).toThrow(MeilisearchUnavailableError);
    }
  });
});

describe('a product becomes a document', () => {
  const row: SearchRow = {
    ...{ id, cell: 1, price: '1000000000000000007', karma: '0', purchases: 0, created: 1, busy: 0, quality: 500 },
    ...{ tag: [], region: [], language: [], areas: [], lexemes: '', hash: '' }
  };

  it('without a text where it has none, and without values that it lacks', () => {
    const made = toDocument(row, null);
    expect(made).toMatchObject({ id, listed: 'true', free: 'false', priceHigh: 1_000, priceLow: 7 });
    expect(made).not.toHaveProperty('category');
    expect(made).not.toHaveProperty('name');
    expect(made).not.toHaveProperty('_geo');
  });

  it('with one point as such, areas as numbers, and the last ones of many together', () => {
    expect(toDocument({ ...row, areas: [[8.5, 47.4, 8.5, 47.4]] }, null)).toMatchObject({
      _geo: { lat: 47.4, lng: 8.5 }
    });
    const area = toDocument({ ...row, areas: [[5.9, 45.8, 10.5, 47.8]] }, null);
    expect(area).toMatchObject({ area0West: 5.9, area0South: 45.8, area0East: 10.5, area0North: 47.8 });
    expect(area).not.toHaveProperty('_geo');
    const many = Array.from({ length: 12 }, (_, place): [number, number, number, number] => [place, 0, place, 1]);
    const made = toDocument({ ...row, areas: many }, null);
    expect(made).toMatchObject({ area6West: 6, area6East: 6, area7West: 7, area7East: 11 });
    expect(made).not.toHaveProperty('area8West');
  });

  it('with lexemes in the order of the text, by weight', () => {
    expect(lexemesOf("'book':2A,9C 'btc':1A 'order':4B 'rest':12")).toEqual({
      ...{ A: 'btc book', B: 'order', C: 'book', D: 'rest' }
    });
  });
});
