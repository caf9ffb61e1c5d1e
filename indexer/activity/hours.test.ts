import { describe, expect, it } from 'vitest';
import type { Activity } from '#sdk/protocol/activity';
import { hourlyEvents } from './hours.ts';
import { mergeActivity } from './minutes.ts';

const minute = 60_000;
/** Midnight, as minutes since 1970. */
const midnight = 20_000 * 1_440;
const ones = (length: number) => new Array<number>(length).fill(1);
const nothing = (length: number) => new Array<null>(length).fill(null);

describe('hours of minutes', () => {
  it('are 24 of 60 whole minutes, across midnight, up to the minute that runs', () => {
    const now = (midnight + 30) * minute + 59_999;
    const recent = Array.from({ length: 1_440 }, (_, place) => (place < 60 ? 2 : place >= 1_380 ? 5 : 1));
    const { until, events, observed } = hourlyEvents([{ recent, minute: midnight + 29 }], now);
    expect(until).toBe((midnight + 30) * minute);
    expect(events).toEqual([120, ...new Array<number>(22).fill(60), 300]);
    expect(observed).toEqual(new Array<number>(24).fill(60));
  });

  it('moves on with the minute: what was counted longest ago goes, what is not counted yet is not nought', () => {
    const full = { recent: ones(1_440), minute: midnight - 1 };
    const at = (minutes: number) => hourlyEvents([full], (midnight + minutes) * minute);
    expect(at(0).events.at(-1)).toBe(60);
    expect(at(1)).toMatchObject({ until: (midnight + 1) * minute, observed: [...new Array<number>(23).fill(60), 59] });
    expect(at(1).events.at(-1)).toBe(59);
    expect(at(60).observed.at(-1)).toBe(0);
    expect(at(60).events.at(-1)).toBeNull();
    expect(at(1_439).events).toEqual([1, ...nothing(23)]);
    expect(at(1_440).events).toEqual(nothing(24));
  });

  it('puts a minute into the hour that it lies in, first and last', () => {
    const lone = (ago: number) => {
      const { events } = hourlyEvents([{ recent: [7], minute: midnight - ago }], midnight * minute);
      return events.findIndex((count) => count === 7);
    };
    expect([1, 60, 61, 1_440, 1_441].map(lone)).toEqual([23, 23, 22, 0, -1]);
  });

  it('leaves out what the clock has not reached', () => {
    const ahead = { recent: [3, 4, 5], minute: midnight + 1 };
    expect(hourlyEvents([ahead], midnight * minute).events.at(-1)).toBe(3);
  });

  it('tells silence from hours that nobody counted', () => {
    const recent = [...ones(60), ...nothing(90), ...new Array<number>(90).fill(0)];
    const { events, observed } = hourlyEvents([{ recent, minute: midnight - 1 }], midnight * minute);
    expect(events.slice(-5)).toEqual([null, 60, null, 0, 0]);
    expect(observed.slice(-5)).toEqual([0, 60, 0, 30, 60]);
  });

  it('adds streams minute by minute, each from its own last minute', () => {
    const early = { recent: ones(120), minute: midnight - 31 };
    const late = { recent: new Array<number>(10).fill(2), minute: midnight - 1 };
    const { events, observed } = hourlyEvents([early, late], midnight * minute);
    expect(events.slice(-3)).toEqual([30, 60, 50]);
    expect(observed.slice(-3)).toEqual([30, 60, 40]);
    expect(hourlyEvents([], midnight * minute).events).toEqual(nothing(24));
  });

  it('begin with the first event of a stream', () => {
    const now = midnight * minute;
    const told: Activity = {
      ...{ stream: `0x${'1'.repeat(40)}`, events: 12, lastEventAt: now },
      perMinute: [...new Array<number>(56).fill(0), 4, 4, 4, 0]
    };
    const { events, observed } = hourlyEvents([mergeActivity(null, told, now)], now);
    expect(events).toEqual([...nothing(23), 12]);
    expect(observed.at(-1)).toBe(3);
  });
});
