import { describe, expect, it } from 'vitest';
import { settlements } from '#sdk/protocol/settlement';
import { everyPeriod, settlementSentence } from './settlement-words.ts';

const terms = { pricePerSecond: 1n, boundary: 3600, deliveryPeriod: 86_400, events: 1200n };

describe('settlementSentence', () => {
  it('tells the four kinds apart', () => {
    const sentences = settlements.map((settlement) => settlementSentence({ ...terms, settlement }));
    expect(new Set(sentences).size).toBe(4);
  });

  it('says that nothing flows back where the seller is paid at once', () => {
    expect(settlementSentence({ ...terms, settlement: 'at-once' })).toContain('nothing flows back');
  });

  it.each(['after-events', 'by-event'] as const)('names events and period of %s', (settlement) => {
    const sentence = settlementSentence({ ...terms, settlement });
    expect(sentence).toContain('1,200 events');
    expect(sentence).toContain('1 day');
  });

  it('speaks of one event in the singular', () => {
    expect(settlementSentence({ ...terms, settlement: 'by-event', events: '1' })).toContain('every 1 event earns');
  });

  it('says of a free product that there is nothing to lose', () => {
    expect(settlementSentence({ ...terms, pricePerSecond: '0', settlement: 'at-once' })).toContain('costs nothing');
  });
});

it('names how often something comes', () => {
  expect(everyPeriod(3600)).toBe('every hour');
  expect(everyPeriod(7200)).toBe('every 2 hours');
  expect(everyPeriod(5400)).toBe('every 1 hour 30 minutes');
});
