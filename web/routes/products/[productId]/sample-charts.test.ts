import { expect, it } from 'vitest';
import { sampleCharts } from './sample-charts.ts';

const fields = [
  { name: 'price', description: '', unit: 'EUR' },
  { name: 'volume', description: '' }
];

it('draws numbers that change, in the order of their description', () => {
  const sample = [
    { volume: 5, price: 10, still: 1, symbol: 'A' },
    { volume: 6, price: 30, still: 1, symbol: 'B' },
    { volume: 7, price: 20, still: 1, symbol: 'A' }
  ];
  const charts = sampleCharts({ fields, sample });
  expect(charts.map(({ name }) => name)).toEqual(['price', 'volume']);
  expect(charts[0]).toEqual({
    ...{ name: 'price', unit: 'EUR', first: 10, last: 20, least: 10, most: 30 },
    points: [
      { across: 0, up: 0 },
      { across: 0.5, up: 1 },
      { across: 1, up: 0.5 }
    ]
  });
});

it('leaves a place in the order for events without the field', () => {
  const sample = [{ price: 1 }, {}, { price: 2 }, { price: 3 }, { price: 'none' }];
  expect(sampleCharts({ fields, sample })[0]?.points.map(({ across }) => across)).toEqual([0, 0.5, 0.75]);
});

it('draws neither places nor what is too little for a course', () => {
  const sample = [
    { latitude: 1, start_lng: 1, price: 1 },
    { latitude: 2, start_lng: 2, price: 2 },
    { latitude: 3, start_lng: 3 }
  ];
  expect(sampleCharts({ fields, sample })).toEqual([]);
  expect(sampleCharts({ fields, sample: [] })).toEqual([]);
});

it('draws the largest numbers that there are', () => {
  const sample = [{ price: -Number.MAX_VALUE }, { price: 0 }, { price: Number.MAX_VALUE }];
  expect(sampleCharts({ fields, sample })[0]?.points.map(({ up }) => up)).toEqual([0, 0.5, 1]);
});

it('shows so many at most', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const sample = [1, 2, 3].map((value) => Object.fromEntries(names.map((name) => [name, value])));
  expect(sampleCharts({ fields: [], sample })).toHaveLength(4);
});
