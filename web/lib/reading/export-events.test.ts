import { expect, it } from 'vitest';
import { eventsAsCsv, eventsAsLines } from './export-events.ts';
import { filterEvents } from './filter-events.ts';
import type { ShownEvent } from './messages.ts';

const publisher = `0x${'ab'.repeat(20)}` as const;
const event = (offset: number, parts: Partial<ShownEvent>): ShownEvent => ({
  partition: 0,
  offset,
  timestamp: 1_800_000_000_000 + offset * 1000,
  latency: null,
  origin: publisher,
  contentType: 'application/json',
  size: 10,
  verified: true,
  fault: undefined,
  locked: undefined,
  fields: null,
  text: null,
  cipher: null,
  ...parts
});
/** Newest first, as the page keeps them. */
const events = [
  event(3, { locked: 'waiting-for-key', verified: false, cipher: '00ff' }),
  event(2, { fields: { place: 'Boston, "Logan"', delay: -5, time: '10:30' } }),
  event(1, { fields: { place: '=HYPERLINK("x")', delay: 60, note: null } }),
  event(0, { text: 'two\nlines' })
];

it('writes readable events as comma-separated values, oldest first, and no formula', () => {
  const { name, text, mediaType } = eventsAsCsv('Flight delays: US ', events);
  expect([name, mediaType]).toEqual(['flight-delays-us.csv', 'text/csv;charset=utf-8']);
  expect(text.split('\r\n')).toEqual([
    'time,partition,offset,publisher,verified,place,delay,note,time,content',
    `2027-01-15T08:00:00.000Z,0,0,${publisher},true,,,,,"two\nlines"`,
    `2027-01-15T08:00:01.000Z,0,1,${publisher},true,"'=HYPERLINK(""x"")",60,,,`,
    `2027-01-15T08:00:02.000Z,0,2,${publisher},true,"Boston, ""Logan""",-5,,10:30,`,
    ''
  ]);
});

it('writes the same as lines of JSON', () => {
  const { name, text } = eventsAsLines('…', events);
  expect(name).toBe('events.ndjson');
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  ).toEqual([
    expect.objectContaining({ time: '2027-01-15T08:00:00.000Z', content: 'two\nlines' }),
    expect.objectContaining({ offset: 1, json: { place: '=HYPERLINK("x")', delay: 60, note: null } }),
    expect.objectContaining({ offset: 2, verified: true, publisher })
  ]);
});

it.each([
  ['', [3, 2, 1, 0]],
  ['  BOSTON ', [2]],
  ['delay:60', [1]],
  ['del:60 place:hyper', [1]],
  ['place:60', []],
  ['10:30', [2]],
  ['lines', [0]],
  ['00ff', []]
])('filters by %j', (query, offsets) => {
  expect(filterEvents(events, query).map(({ offset }) => offset)).toEqual(offsets);
});
