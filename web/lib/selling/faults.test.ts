import { describe, expect, test } from 'vitest';
import { emptyDraft, type Draft } from './draft.ts';
import { faultsOf } from './faults.ts';
import { offerTermsOf, type SellRules } from './offer-terms.ts';
import { pricePerSecondOf } from './price.ts';

const oracle = `0x${'0c'.repeat(20)}` as const;
const rules: SellRules = {
  feeBasisPoints: 500,
  contracts: { DeliveryOracle: oracle, AttestationService: `0x${'ea'.repeat(20)}` },
  schemas: { domain: `0x${'d0'.repeat(32)}`, organisation: null, ensName: null, knownBuyer: `0x${'cb'.repeat(32)}` }
};

const complete: Draft = {
  ...emptyDraft,
  streamName: 'city/buses',
  name: 'Bus positions',
  summary: 'Where every bus is.',
  amount: '0.5'
};

const nine = Array.from({ length: 9 }, (_, index) => `0x${String(index + 1).padStart(40, '0')}`).join(' ');

describe('faultsOf', () => {
  test('a complete draft has none', () => {
    expect(faultsOf(complete, rules)).toEqual({});
  });

  test('an empty form names what is missing', () => {
    expect(Object.keys(faultsOf(emptyDraft, rules))).toEqual(['streamName', 'name', 'summary', 'amount']);
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
    ['a longest licence below the shortest and a boundary', { maximumPeriod: 3600 }, 'maximumPeriod'],
    ['no number of events', { settlement: 'by-event', events: 'many' }, 'events'],
    ['no event promised', { settlement: 'after-events', events: '0' }, 'events'],
    ['more events than the contract counts', { settlement: 'by-event', events: '18446744073709551616' }, 'events'],
    [
      'a delivery period off the boundary, after events',
      { settlement: 'after-events', events: '5', deliveryPeriod: 60 },
      'deliveryPeriod'
    ],
    ['an oracle that is no address', { settlement: 'by-event', events: '5', oracle: 'me' }, 'oracle'],
    ['the zero address as oracle', { settlement: 'by-event', events: '5', oracle: `0x${'00'.repeat(20)}` }, 'oracle'],
    ['a demanded attestation without attesters', { demand: 'knownBuyer' }, 'attesters'],
    ['an attester that is no address', { demand: 'knownBuyer', attesters: `${oracle}, someone` }, 'attesters'],
    ['too many attesters', { demand: 'knownBuyer', attesters: nine }, 'attesters'],
    ['a schema that this market has not', { demand: 'organisation', attesters: oracle }, 'demand'],
    ['another schema that is none', { demand: 'other', schema: '0x12', attesters: oracle }, 'schema'],
    ['too many tags', { tags: Array.from({ length: 13 }, (_, index) => String(index)).join(',') }, 'tags']
  ])('finds %s', (_, change, field) => {
    expect(Object.keys(faultsOf({ ...complete, ...change }, rules))).toEqual([field]);
  });
});

describe('what the contract is given', () => {
  test('a free product is settled at once, whatever was chosen before', () => {
    const draft: Draft = { ...complete, free: true, settlement: 'by-event', events: '5' };
    expect(faultsOf(draft, rules)).toEqual({});
    expect(offerTermsOf(draft, rules)).toMatchObject({ pricePerSecond: 0n, settlement: 'at-once' });
    expect(offerTermsOf(draft, rules)).not.toHaveProperty('delivery');
  });

  test('by events it names number, period, and the market’s own oracle by default', () => {
    const draft: Draft = { ...complete, settlement: 'by-event', events: '1 200', deliveryPeriod: 60 };
    expect(faultsOf(draft, rules)).toEqual({});
    expect(offerTermsOf(draft, rules)).toMatchObject({ delivery: { events: 1200n, period: 60, oracle } });
  });

  test('a demanded attestation names schema and attesters', () => {
    const draft: Draft = {
      ...complete,
      demand: 'knownBuyer',
      attesters: `${oracle.toUpperCase().replace('X', 'x')}\n`
    };
    expect(faultsOf(draft, rules)).toEqual({});
    expect(offerTermsOf(draft, rules)).toMatchObject({
      requires: { schema: rules.schemas.knownBuyer, attesters: [oracle] }
    });
  });

  test('a market without an oracle of its own needs another', () => {
    const without = { ...rules, contracts: { ...rules.contracts, DeliveryOracle: null } };
    expect(Object.keys(faultsOf({ ...complete, settlement: 'by-event', events: '5' }, without))).toEqual(['oracle']);
  });
});

test('the price per second is rounded down', () => {
  expect(pricePerSecondOf({ free: false, amount: '1', per: 'hour' })).toBe(277_777_777_777_777n);
  expect(pricePerSecondOf({ free: false, amount: '0.36', per: 'hour' })).toBe(10n ** 14n);
  expect(pricePerSecondOf({ free: true, amount: '', per: 'hour' })).toBe(0n);
});
