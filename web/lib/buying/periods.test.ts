import { describe, expect, it } from 'vitest';
import {
  calendarChoices,
  calendarEnds,
  customPeriod,
  localOfSeconds,
  periodChoices,
  secondsOfLocal
} from './periods.ts';

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

describe('calendarEnds', () => {
  it('ends the day at midnight, the week on Monday and the month on the first, by the local clock', () => {
    const ends = calendarEnds(new Date(2026, 10, 23, 15, 30).getTime() / 1000);
    expect(new Date(ends.tonight * 1000)).toEqual(new Date(2026, 10, 24));
    expect(new Date(ends.week * 1000)).toEqual(new Date(2026, 10, 30));
    expect(new Date(ends.month * 1000)).toEqual(new Date(2026, 11, 1));
    expect(new Date(calendarEnds(new Date(2026, 10, 29, 23).getTime() / 1000).week * 1000)).toEqual(
      new Date(2026, 10, 30)
    );
  });
});

describe('calendarChoices', () => {
  const now = tenToFour;
  const at = (hours: number) => Math.ceil(now / 3600) * 3600 + hours * 3600;

  it('ends exactly where the day, the week and the month do, and charges the seconds up to it', () => {
    const ends = { tonight: at(5), week: at(5 + 3 * 24), month: at(5 + 9 * 24) };
    const choices = calendarChoices({ offer: hourly, now, runningUntil: 0 }, ends);
    expect(choices.map(({ id, until }) => [id, until])).toEqual(Object.entries(ends));
    expect(choices[0]?.price).toBe(BigInt(ends.tonight - now) * price);
  });

  it('offers what ends alike once, and nothing that has ended or runs already', () => {
    const ends = { tonight: at(5), week: at(5), month: at(240) };
    expect(calendarChoices({ offer: hourly, now, runningUntil: 0 }, ends).map(({ id }) => id)).toEqual([
      'tonight',
      'month'
    ]);
    expect(calendarChoices({ offer: hourly, now, runningUntil: at(100) }, ends).map(({ id }) => id)).toEqual(['month']);
  });

  it('calls nothing "tonight" that a coarse boundary or the seller moves elsewhere', () => {
    const ends = { tonight: at(5), week: at(100), month: at(240) };
    const weekly = { ...hourly, boundary: 604_800, maximumPeriod: 63_072_000 };
    expect(calendarChoices({ offer: weekly, now, runningUntil: 0 }, ends).map(({ id }) => id)).not.toContain('tonight');
    const short = { ...hourly, maximumPeriod: 7200 };
    expect(calendarChoices({ offer: short, now, runningUntil: 0 }, ends)).toEqual([]);
  });
});

it('reads and writes local times as the field has them', () => {
  const seconds = new Date(2026, 10, 23, 15, 30).getTime() / 1000;
  expect(localOfSeconds(seconds)).toBe('2026-11-23T15:30');
  expect(secondsOfLocal('2026-11-23T15:30')).toBe(seconds);
  expect(secondsOfLocal('')).toBeNull();
});
