import { expect, it } from 'vitest';
import { categoryFields, countValues, placeFields, viewName, viewsOf } from './chart-views.ts';
import type { FieldValue, ShownEvent } from './messages.ts';

const event = (
  offset: number,
  fields: Record<string, FieldValue> | null,
  more: Partial<ShownEvent> = {}
): ShownEvent => ({
  partition: 0,
  offset,
  timestamp: 1_800_000_000_000 + offset,
  latency: null,
  origin: `0x${'01'.repeat(20)}`,
  signatureType: 'secp256k1',
  contentType: 'application/json',
  size: 10,
  verified: true,
  fault: undefined,
  locked: undefined,
  fields,
  text: null,
  cipher: null,
  picture: null,
  ...more
});
const quakes = Array.from({ length: 40 }, (_, index) =>
  event(index, {
    id: `us${String(index)}`,
    magnitude: index / 10,
    kind: index % 3 === 0 ? 'quarry blast' : 'earthquake',
    tsunami: false,
    latitude: index,
    longitude: -index
  })
);

it('draws places, numbers in the order of the description, and categories', () => {
  const described = [
    { name: 'kind', description: '' },
    { name: 'magnitude', description: '' }
  ];
  expect(viewsOf(quakes, described).map(viewName)).toEqual(['map', 'line:magnitude', 'bars:kind', 'bars:tsunami']);
  expect(placeFields(quakes)).toEqual({ latitude: 'latitude', longitude: 'longitude' });
  expect(placeFields([event(0, { plate: 1, along: 2 })])).toBeNull();
  expect(placeFields([event(0, { start_lat: 1, start_lng: 2 })])).toEqual({
    latitude: 'start_lat',
    longitude: 'start_lng'
  });
});

it('draws last what never changes', () => {
  const memory = [1, 2, 3].map((used) => event(used, { total: 24, used }));
  const described = [
    { name: 'total', description: '' },
    { name: 'used', description: '' }
  ];
  expect(viewsOf(memory, described).map(viewName)).toEqual(['line:used', 'line:total']);
});

it('takes no name that is different in every event for a category', () => {
  expect(categoryFields(quakes)).toEqual(['kind', 'tsunami']);
});

it('shows pictures first, and lines of text where there are no fields', () => {
  const picture = event(1, { camera: 'north' }, { picture: new Blob(['x'], { type: 'image/png' }) });
  expect(viewsOf([picture], []).map(viewName)).toEqual(['pictures', 'bars:camera']);
  expect(viewsOf([event(0, null, { text: 'WARN: high tide' })], []).map(viewName)).toEqual(['log']);
  expect(viewsOf([event(0, null, { locked: 'no-reader' })], [])).toEqual([]);
});

it('counts values, the most frequent first', () => {
  expect(countValues(quakes, 'kind')).toEqual([
    { value: 'earthquake', count: 26 },
    { value: 'quarry blast', count: 14 }
  ]);
  expect(countValues(quakes, 'none')).toEqual([]);
});
