import { describe, expect, it } from 'vitest';
import { createCatalogue, internetSources } from '../catalogue/catalogue.ts';
import { numberOf, readTable } from './recording.ts';

describe('a recording', () => {
  it('is read with all its rows and columns', () => {
    const rows = readTable('seattle-weather.csv');
    expect(rows).toHaveLength(1461);
    expect(rows[1]).toEqual({
      date: '2012-01-02',
      precipitation: '10.9',
      temp_max: '10.6',
      temp_min: '2.8',
      wind: '4.5',
      weather: 'rain'
    });
  });

  it('keeps empty columns apart from numbers', () => {
    expect([numberOf('0'), numberOf(''), numberOf(undefined), numberOf('n/a')]).toEqual([0, null, null, null]);
    expect(readTable('airports.csv').every(({ iata, longitude }) => iata !== '' && numberOf(longitude) !== null)).toBe(
      true
    );
  });
});

describe('the catalogue', () => {
  const sellers = createCatalogue('/nowhere', internetSources);

  it('names every stream and product once', () => {
    const keys = sellers.flatMap(({ streams, products }) =>
      [streams, products].map((list) => list.map((one) => one.key))
    );
    for (const kind of [0, 1]) {
      const all = keys.filter((_, index) => index % 2 === kind).flat();
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('sells only streams that exist, and plays back only what is called recorded', () => {
    for (const { streams, products } of sellers) {
      const known = new Map(streams.map((stream) => [stream.key, stream]));
      for (const product of products) {
        expect(product.streams.filter((key) => !known.has(key))).toEqual([]);
        const playedBack = product.streams.some((key) => known.get(key)?.name.includes('played back') === true);
        expect(product.recorded ?? false, product.key).toBe(playedBack);
      }
    }
  });

  it.each(sellers.flatMap(({ streams }) => streams.filter((one) => one.name.includes('played back'))))(
    'explains every field of: $name',
    async ({ feed, fields }) => {
      const sample = await feed.sample(new AbortController().signal);
      expect(sample).toHaveLength(5);
      for (const content of sample)
        expect(Object.keys(content).toSorted()).toEqual(fields.map(({ name }) => name).toSorted());
    }
  );
});
