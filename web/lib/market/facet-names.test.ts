import { expect, it } from 'vitest';
import { facetName, nameFacets, noFacets } from './facet-names.ts';

it.each([
  ['category', 'weather', 'Weather'],
  ['price', 'under-0.1', '0.01 to 0.1 an hour'],
  ['rate', 'minute', 'Every minute'],
  ['settlement', 'by-second', 'Paid by the second'],
  ['region', 'CH', 'Switzerland'],
  ['region', '150', 'Europe'],
  ['language', 'de', 'German'],
  ['live', 'true', 'Live now'],
  ['region', 'no code', 'no code'],
  ['price', 'toString', 'toString']
] as const)('%s %s is %s', (facet, value, name) => {
  expect(facetName(facet, value)).toBe(name);
});

it('keeps values, counts and their order', () => {
  const named = nameFacets({
    ...noFacets,
    region: [
      { value: 'US', count: 3 },
      { value: 'CH', count: 2 }
    ]
  } as never);
  expect(named.region).toEqual([
    { value: 'US', count: 3, name: 'United States' },
    { value: 'CH', count: 2, name: 'Switzerland' }
  ]);
});
