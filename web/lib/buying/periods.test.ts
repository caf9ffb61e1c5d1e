import { describe, expect, it } from 'vitest';
import { customPeriod, periodChoices } from './periods.ts';

const price = 10n ** 15n;
const hourly = {
  pricePerSecond: price,
  minimumPeriod: 3600,
  maximumPeriod: 31_536_000,
  boundary: 3600,
  settlement: 'at-once' as const
};
const tenToFour = 1_800_000_000 - (1_800_000_000 % 3600) + 3000;

describe('periodChoices', () => {
  it('ends on the boundary, and asks for exactly the seconds up to it', () => {
    const [hour, day] = periodChoices({ offer: hourly, now: tenToFour, runningUntil: 0 });
    expect(hour?.label).toBe('1 hour');
    expect(hour?.until).toBe(tenToFour + 600 + 3600);
    expect(hour?.price).toBe(4200n * price);
    expect(day?.until).toBe(tenToFour + 600 + 86_400);
  });

  it('starts a renewal at the end of the running licence', () => {
    const runningUntil = tenToFour + 600;
    const [hour] = periodChoices({ offer: hourly, now: tenToFour, runningUntil });
    expect(hour?.from).toBe(runningUntil);
    expect(hour?.until).toBe(runningUntil + 3600);
    expect(hour?.price).toBe(3600n * price);
  });

  it('offers periods that end alike only once, and says how long they are', () => {
    const daily = { ...hourly, minimumPeriod: 86_400, boundary: 86_400 };
    const choices = periodChoices({ offer: daily, now: tenToFour, runningUntil: tenToFour + 600 });
    expect(new Set(choices.map((choice) => choice.until)).size).toBe(choices.length);
    expect(choices[0]?.label).not.toBe('1 hour');
  });

  it('sells no further ahead than the seller does, and says how long that is', () => {
    const choices = periodChoices({
      offer: { ...hourly, maximumPeriod: 2 * 86_400 },
      now: tenToFour,
      runningUntil: 0
    });
    expect(choices.map(({ label }) => label)).toEqual(['1 hour', '1 day', '1 day']);
    expect(choices.every(({ until }) => until <= tenToFour + 2 * 86_400)).toBe(true);
  });

  it('offers nothing while the licence runs as far ahead as is sold', () => {
    const offer = { ...hourly, maximumPeriod: 7200 };
    expect(periodChoices({ offer, now: tenToFour, runningUntil: tenToFour + 600 + 3600 })).toEqual([]);
  });

  it('charges from the boundary where events are counted', () => {
    const [hour] = periodChoices({ offer: { ...hourly, settlement: 'by-event' }, now: tenToFour, runningUntil: 0 });
    expect(hour?.chargedFrom).toBe(tenToFour + 600);
    expect(hour?.price).toBe(3600n * price);
  });
});

describe('customPeriod', () => {
  it('moves a chosen time up to the next boundary', () => {
    const choice = customPeriod({ offer: hourly, now: tenToFour, runningUntil: 0 }, tenToFour + 10_000);
    expect(choice.until % 3600).toBe(0);
    expect(choice.until).toBeGreaterThanOrEqual(tenToFour + 10_000);
    expect(choice.until - (tenToFour + 10_000)).toBeLessThan(3600);
  });

  it('gives the shortest period for a time that has passed', () => {
    const choice = customPeriod({ offer: hourly, now: tenToFour, runningUntil: 0 }, tenToFour - 10_000);
    expect(choice.until).toBe(tenToFour + 600 + 3600);
  });
});
