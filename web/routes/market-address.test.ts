import { expect, test } from 'vitest';
import { marketAddress } from './market-address.ts';

const plain = { q: '', sort: 'popular' };

test('the plain page has a plain address', () => {
  expect(marketAddress(plain, {})).toBe('/');
  expect(marketAddress({ q: 'bus', sort: 'relevance' }, {})).toBe('/?q=bus');
});

test('a change keeps the rest', () => {
  const query = { q: 'bus', category: 'transport', free: 'false', sort: 'cheapest' };
  expect(marketAddress(query, { category: null })).toBe('/?q=bus&free=false&sort=cheapest');
  expect(marketAddress(query, { free: 'true' })).toBe('/?q=bus&category=transport&free=true&sort=cheapest');
});

test('a cursor goes with its own list only', () => {
  expect(marketAddress(plain, { cursor: 'abc' })).toBe('/?cursor=abc');
  expect(marketAddress({ ...plain, ...{ cursor: 'abc' } }, { category: 'weather' })).not.toContain('abc');
});

test('text is encoded', () => {
  expect(marketAddress({ q: 'a&b=c', sort: 'relevance' }, {})).toBe('/?q=a%26b%3Dc');
});

test('the map is kept while the list is narrowed, and a distance only with its place', () => {
  const query = { ...plain, view: 'map', near: '8.52,47.17', within: '20' } as const;
  expect(marketAddress(query, { category: 'weather' })).toBe('/?category=weather&near=8.52%2C47.17&within=20&view=map');
  expect(marketAddress(query, { near: null, view: null })).toBe('/');
});
