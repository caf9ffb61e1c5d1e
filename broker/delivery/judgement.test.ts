import { describe, expect, it } from 'vitest';
import { earnedSeconds, type JudgedOffer, lastTimeOf, newestTimeOf } from './judgement.ts';

const afterEvents: JudgedOffer = { settlement: 'after-events', boundary: 60, events: 10n, deliveryPeriod: 300 };
const byEvent: JudgedOffer = { settlement: 'by-event', boundary: 60, events: 10n, deliveryPeriod: 90 };
const range = { since: 600, until: 1200 };

describe('a deposit', () => {
  it('is judged for the last time at the end of its delivery period, or at its own end', () => {
    expect(lastTimeOf(afterEvents, range)).toBe(900);
    expect(lastTimeOf(byEvent, range)).toBe(1200);
  });

  it('is judged at the newest settled boundary after its start, never after the last time', () => {
    expect(
      [599, 600, 659, 660, 719, 899, 900, 5000].map((settled) => newestTimeOf(afterEvents, range, settled))
    ).toEqual([undefined, undefined, undefined, 660, 660, 840, 900, 900]);
    expect(newestTimeOf(byEvent, range, 5000)).toBe(1200);
  });

  it('after events, earns all or nothing', () => {
    expect(earnedSeconds(afterEvents, range, 660, 9n)).toBe(0);
    expect(earnedSeconds(afterEvents, range, 660, 10n)).toBe(600);
  });

  it('by event, earns as the events come, rounded down, and never faster than time passes', () => {
    expect([0n, 1n, 3n, 6n, 7n, 10n ** 30n].map((events) => earnedSeconds(byEvent, range, 660, events))).toEqual([
      0, 9, 27, 54, 60, 60
    ]);
    expect(earnedSeconds({ ...byEvent, events: 7n }, range, 1200, 1n)).toBe(12);
  });
});
