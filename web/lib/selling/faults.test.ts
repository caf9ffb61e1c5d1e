import { describe, expect, test } from 'vitest';
import { emptyDraft, type Draft } from './draft.ts';
import { faultsOf } from './faults.ts';
import { pricePerSecondOf } from './price.ts';

const complete: Draft = {
  ...emptyDraft,
  streamName: 'city/buses',
  name: 'Bus positions',
  summary: 'Where every bus is.',
  amount: '0.5'
};

describe('faultsOf', () => {
  test('a complete draft has none', () => {
    expect(faultsOf(complete)).toEqual({});
  });

  test('an empty form names what is missing', () => {
    expect(Object.keys(faultsOf(emptyDraft))).toEqual(['streamName', 'name', 'summary', 'amount']);
  });

  test.each<[string, Partial<Draft>, keyof Draft]>([
    ['a stream name of too many bytes', { streamName: 'ä'.repeat(65) }, 'streamName'],
    ['an existing stream that is not chosen', { streamMode: 'existing' }, 'streamAddress'],
    ['a publisher that is no address', { publisher: '0x12' }, 'publisher'],
    ['a sample that is no JSON', { sample: 'a,b' }, 'sample'],
    ['no terms', { terms: ' ' }, 'terms'],
    ['terms beyond one block', { terms: 'x'.repeat(128 * 1024 + 1) }, 'terms'],
    ['a price below a wei per second', { amount: '0.000000000000000001' }, 'amount'],
    ['a public stream with a price', { access: 'public' }, 'free'],
    ['a script instead of a web address', { sourceUrl: 'javascript:alert(1)' }, 'sourceUrl'],
    ['too many tags', { tags: Array.from({ length: 13 }, (_, index) => String(index)).join(',') }, 'tags']
  ])('finds %s', (_, change, field) => {
    expect(Object.keys(faultsOf({ ...complete, ...change }))).toEqual([field]);
  });
});

test('the price per second is rounded down', () => {
  expect(pricePerSecondOf({ free: false, amount: '1', per: 'hour' })).toBe(277_777_777_777_777n);
  expect(pricePerSecondOf({ free: false, amount: '0.36', per: 'hour' })).toBe(10n ** 14n);
  expect(pricePerSecondOf({ free: true, amount: '', per: 'hour' })).toBe(0n);
});
