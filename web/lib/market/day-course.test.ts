import { describe, expect, it } from 'vitest';
import { overwriteGetLocale } from '../generated/messages/runtime.js';
import { dayCourse } from './day-course.ts';

const day = (last: readonly (number | null)[], minutes: (hour: number) => number = () => 60) => {
  const events = [...new Array<null>(24 - last.length).fill(null), ...last];
  return { until: 0, events, observed: events.map((count, hour) => (count === null ? 0 : minutes(hour))) };
};

describe('the course of a day', () => {
  it('is nothing before the first event, and where nobody watched', () => {
    expect(dayCourse(null)).toBeNull();
    expect(dayCourse(day([]))).toBeNull();
    expect(dayCourse(day([8], () => 4))).toBeNull();
  });

  it('draws hours that are known, and leaves the others empty', () => {
    expect(dayCourse(day([10, null, 0, 5, 5]))?.path).toBe('M19 100V8H20V100M21 100V98H22V53H23H24V100');
    expect(dayCourse(day([0]))?.path).toBe('M23 100V98H24V100');
  });

  it('takes the rate of the minutes watched', () => {
    const course = dayCourse(day([600, 100], (hour) => (hour === 23 ? 10 : 60)));
    expect(course).toMatchObject({ path: 'M22 100V8H23H24V100', peak: '600' });
  });

  it.each([
    ['en', 'Events per hour over the last 24 hours: lowest 0.5, highest 1,234'],
    ['de', 'Ereignisse pro Stunde in den letzten 24 Stunden: niedrigster Wert 0,5, höchster 1.234'],
    ['es', 'Eventos por hora en las últimas 24 horas: mínimo 0,5, máximo 1234']
  ] as const)('is told in words: %s', (language, words) => {
    overwriteGetLocale(() => language);
    const events = [1_234, 1, ...new Array<number>(22).fill(20)];
    const whole = day(events);
    expect(dayCourse({ ...whole, events: whole.events.with(1, 0.5) })?.label).toBe(words);
    expect(dayCourse(day([1_234, 20]))?.label).toContain(' 2 ');
    overwriteGetLocale(() => 'en');
  });
});
