import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, it } from 'vitest';
import { fileOf } from './export-events.ts';
import { beginParquet } from './export-parquet.ts';
import { fileName, rowsOf, type ExportRow } from './export-rows.ts';
import { createFilter } from './filter-events.ts';
import type { ShownEvent } from './messages.ts';

const publisher = `0x${'ab'.repeat(20)}` as const;
const event = (offset: number, parts: Partial<ShownEvent>): ShownEvent => ({
  partition: 0,
  offset,
  timestamp: 1_800_000_000_000 + offset * 1000,
  latency: null,
  origin: publisher,
  signatureType: 'secp256k1',
  contentType: 'application/json',
  size: 10,
  verified: true,
  fault: undefined,
  locked: undefined,
  fields: null,
  text: null,
  cipher: null,
  picture: null,
  ...parts
});
/** Newest first, as the page keeps them. */
const events = [
  event(3, { locked: 'waiting-for-key', verified: false, cipher: '00ff' }),
  event(2, { fields: { place: 'Boston, "Logan"', delay: -5, time: '10:30' } }),
  event(1, { fields: { place: '=HYPERLINK("x")', delay: 60, note: null } }),
  event(0, { text: 'two\nlines' })
];

it('names a file after the stream', () => {
  expect(fileName('Flight delays: US ', 'csv')).toBe('flight-delays-us.csv');
  expect(fileName('…', 'ndjson')).toBe('events.ndjson');
});

it('writes readable events as comma-separated values, oldest first, and no formula', async () => {
  const file = await fileOf('csv', rowsOf(events), ['delay']);
  expect(file.type).toBe('text/csv;charset=utf-8');
  expect((await file.text()).split('\r\n')).toEqual([
    'time,partition,offset,publisher,verified,delay,place,note,time,content',
    `2027-01-15T08:00:00.000Z,0,0,${publisher},true,,,,,"two\nlines"`,
    `2027-01-15T08:00:01.000Z,0,1,${publisher},true,60,"'=HYPERLINK(""x"")",,,`,
    `2027-01-15T08:00:02.000Z,0,2,${publisher},true,-5,"Boston, ""Logan""",,10:30,`,
    ''
  ]);
});

it('writes the same as lines of JSON', async () => {
  const file = await fileOf('ndjson', rowsOf(events), []);
  expect(
    (await file.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  ).toEqual([
    expect.objectContaining({ time: '2027-01-15T08:00:00.000Z', content: 'two\nlines' }),
    expect.objectContaining({ offset: 1, json: { place: '=HYPERLINK("x")', delay: 60, note: null } }),
    expect.objectContaining({ offset: 2, verified: true, publisher })
  ]);
});

it('writes Parquet with typed columns, which another program reads back', async () => {
  const file = await (await fileOf('parquet', rowsOf(events), ['delay'])).arrayBuffer();
  const columns = parquetMetadata(file).schema.slice(1);
  expect(columns.map(({ name, type, converted_type }) => [name, type, converted_type])).toEqual([
    ['time', 'INT64', 'TIMESTAMP_MILLIS'],
    ['partition', 'INT32', undefined],
    ['offset', 'INT64', undefined],
    ['publisher', 'BYTE_ARRAY', 'UTF8'],
    ['verified', 'BOOLEAN', undefined],
    ['delay', 'DOUBLE', undefined],
    ['place', 'BYTE_ARRAY', 'UTF8'],
    ['note', 'BYTE_ARRAY', 'UTF8'],
    // A field that is called as one of the event's own.
    ['time_', 'BYTE_ARRAY', 'UTF8'],
    ['content', 'BYTE_ARRAY', 'UTF8'],
    ['rest', 'BYTE_ARRAY', 'JSON']
  ]);
  const rows = await parquetReadObjects({ file });
  expect(rows[2]).toEqual({
    time: new Date('2027-01-15T08:00:02.000Z'),
    partition: 0,
    offset: 2n,
    publisher,
    verified: true,
    delay: -5,
    place: 'Boston, "Logan"',
    note: null,
    time_: '10:30',
    content: null,
    rest: null
  });
  expect(rows[0]).toMatchObject({ content: 'two\nlines', delay: null, place: null });
});

it('keeps in Parquet what the first rows did not lead to expect', async () => {
  const row = (offset: number, fields: Record<string, unknown>): ExportRow => ({
    partition: 0,
    offset,
    timestamp: 1_800_000_000_000 + offset,
    origin: publisher,
    verified: true,
    fields,
    text: null
  });
  const first = Array.from({ length: 1_000 }, (_, offset) => row(offset, { level: offset / 2, ok: offset % 2 === 0 }));
  const file = beginParquet(first, []);
  file.add(first);
  file.add([row(1_000, { level: 'broken', ok: true, extra: { depth: 3 } }), row(1_001, { level: 7n, ok: null })]);
  const read = await parquetReadObjects({ file: await file.finish().arrayBuffer() });
  expect(read).toHaveLength(1_002);
  expect(read[999]).toMatchObject({ level: 499.5, ok: false, rest: null });
  expect(read[1_000]).toMatchObject({ level: null, ok: true, rest: { level: 'broken', extra: '{"depth":3}' } });
  expect(read[1_001]).toMatchObject({ level: null, ok: null, rest: { level: '7' } });
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
  expect(createFilter(query)(events).map(({ offset }) => offset)).toEqual(offsets);
});
