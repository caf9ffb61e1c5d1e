import { expect, test } from 'vitest';
import { fieldsOf, parseSample } from './sample.ts';

test.each([
  ['an array', '[{"a":1},{"b":2}]', 2],
  ['one object', '{"a":1}', 1],
  ['one object per line', '{"a":1}\n\n{"a":2}\n', 2],
  ['nothing', '  ', 0]
])('reads %s', (_, text, count) => {
  const parsed = parseSample(text);
  expect(parsed.ok && parsed.rows.length).toBe(count);
});

test('names the line that is no JSON', () => {
  expect(parseSample('{"a":1}\n{a:2}')).toEqual({ ok: false, fault: expect.stringContaining('Line 2') as string });
});

test.each(['[1,2]', '"text"', '[[1]]', 'null'])('refuses %s, which is no event', (text) => {
  expect(parseSample(text).ok).toBe(false);
});

test('refuses more events than a document holds', () => {
  expect(parseSample(JSON.stringify(Array.from({ length: 21 }, () => ({ a: 1 })))).ok).toBe(false);
});

test('lists fields in the order in which they appear', () => {
  expect(
    fieldsOf([
      { b: 1, a: 2 },
      { c: 3, a: 1 }
    ])
  ).toEqual(['b', 'a', 'c']);
});
