import { describe, expect, it } from 'vitest';
import { boxesOf } from './geography.ts';
import { productDocumentSchema } from './product-document.ts';

const stream = { address: `0x${'1'.repeat(40)}` };
const first = { version: 1, name: 'Wind', summary: 'Wind of a harbour', category: 'weather', streams: [stream] };
const parse = (more: object) => productDocumentSchema.safeParse({ ...first, ...more });
const cid = `b${'a'.repeat(58)}`;
const policy = {
  '@context': 'http://www.w3.org/ns/odrl.jsonld',
  '@type': 'Offer',
  uid: 'urn:example:wind',
  permission: [
    {
      action: 'derive',
      constraint: [{ leftOperand: 'purpose', operator: 'isAnyOf', rightOperand: ['research', 'forecasting'] }],
      duty: [{ action: 'attribute' }]
    }
  ],
  prohibition: [{ action: 'distribute' }]
};

describe('product documents', () => {
  it('of before stay valid, and gain nothing', () => {
    const parsed = productDocumentSchema.parse(first);
    expect(Object.keys(parsed).sort()).toEqual(
      ['category', 'description', 'languages', 'name', 'recorded', 'streams', 'summary', 'tags', 'version'].sort()
    );
  });

  it('say where and when, in pictures and in terms for machines', () => {
    const more = {
      coverage: {
        places: [
          { name: 'Zug', geometry: { type: 'Point', coordinates: [8.52, 47.17] } },
          { name: 'Fiji', bbox: [177, -20, -178, -16] }
        ],
        regions: ['CH', 'FJ', '009'],
        time: { from: '2012-01-01', until: '2015-12-31T23:59:59Z' }
      },
      picture: { cid, alt: 'A wind vane' },
      policy
    };
    expect(parse(more).data).toMatchObject(more);
  });

  it.each([
    ['a latitude beyond the pole', { coverage: { places: [{ geometry: { type: 'Point', coordinates: [0, 91] } }] } }],
    ['latitude before longitude', { coverage: { places: [{ geometry: { type: 'Point', coordinates: [47, 181] } }] } }],
    ['a box upside down', { coverage: { places: [{ bbox: [0, 10, 10, 0] }] } }],
    ['a place that is nowhere', { coverage: { places: [{ name: 'Zug' }] } }],
    ['too many places', { coverage: { places: Array.from({ length: 33 }, () => ({ bbox: [0, 0, 1, 1] })) } }],
    ['a region by name', { coverage: { regions: ['Europe'] } }],
    ['a time that ends before it begins', { coverage: { time: { from: '2020-01-02', until: '2020-01-01' } } }],
    ['a picture elsewhere', { picture: { cid: 'https://example.org/wind.png' } }],
    ['a policy without rules', { policy: { ...policy, permission: [], prohibition: [] } }],
    ['an action that ODRL does not know', { policy: { ...policy, permission: [{ action: 'enjoy' }] } }],
    ['another vocabulary', { policy: { ...policy, '@context': 'https://schema.org' } }],
    ['too many rules', { policy: { ...policy, permission: Array.from({ length: 21 }, () => ({ action: 'use' })) } }]
  ])('are refused with %s', (_, more) => {
    expect(parse(more).success).toBe(false);
  });
});

describe('places', () => {
  it('become boxes that do not lie across the antimeridian', () => {
    expect(boxesOf({ geometry: { type: 'Point', coordinates: [8, 47] } })).toEqual([[8, 47, 8, 47]]);
    expect(boxesOf({ bbox: [177, -20, -178, -16] })).toEqual([
      [177, -20, 180, -16],
      [-180, -20, -178, -16]
    ]);
  });
});
