import { describe, expect, it } from 'vitest';
import { minutesDrawn } from './hydrograph.ts';

const hour = (...last: number[]) => [...Array.from({ length: 60 - last.length }, () => 0), ...last];

describe('minutes that a hydrograph draws', () => {
  it('draws a busy young stream from its first full minute', () => {
    expect(minutesDrawn(hour(7, 60, 59, 61, 12))).toEqual([60, 59, 61]);
  });
  it('leaves out the minute in which a busy stream began, however long ago', () => {
    const running = Array.from({ length: 40 }, () => 20);
    expect(minutesDrawn(hour(7, ...running))).toEqual(running.slice(0, -1));
  });
  it('draws nothing of a stream in its first minute', () => {
    expect(minutesDrawn(hour(7))).toEqual([]);
    expect(minutesDrawn(hour(7, 12))).toEqual([]);
  });
  it('keeps a quarter of an hour around rare events', () => {
    expect(minutesDrawn(hour(1, 0, 0, 1, 0))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1]);
  });
  it('draws the whole hour of an old stream, lulls too', () => {
    const history = [3, 0, 5, ...Array.from({ length: 57 }, () => 0)];
    expect(minutesDrawn(history)).toEqual(history.slice(0, -1));
  });
  it('draws the whole hour of a silent stream', () => {
    expect(minutesDrawn(hour(0))).toHaveLength(59);
  });
});
