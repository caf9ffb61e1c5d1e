import { PassThrough } from 'node:stream';
import { parseEther } from 'viem';
import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText, jsonLine } from './clean-text.ts';
import { createOutput, hasColours } from './output.ts';
import { table, widthOf } from './table.ts';
import {
  UsageError,
  dataWords,
  hourlyPrice,
  parseData,
  parsePeriod,
  parseTime,
  periodWords,
  shortDecimal,
  timeWords
} from './words.ts';

describe('text of strangers', () => {
  it('cannot obey, hide or turn around', () => {
    expect(cleanText('a\u001b[31mb\u009b2J\u202ec\r\nd\te')).toBe('a\ufffd[31mb\ufffd2J\ufffdc\nd\te');
    expect(cleanLine(' two\n\u2028lines\t ')).toBe('two lines');
  });

  it('is JSON on one line that no terminal obeys', () => {
    const value = { text: '\u009b\u007f\u2028\u202e\u001b', amount: 10n ** 30n };
    const line = jsonLine(value);
    expect(line).toMatch(/^[\u0020-\u007e]*$/);
    expect(JSON.parse(line)).toEqual({ ...value, amount: String(value.amount) });
    expect(jsonLine(undefined)).toBe('null');
  });
});

describe('tables', () => {
  const columns = [
    { title: 'NAME', value: ({ name }: { name: string }) => name, flexible: true },
    { title: 'N', value: ({ name }: { name: string }) => String(name.length), align: 'right' as const }
  ];
  const rows = [{ name: 'buses of my whole town' }, { name: '雪' }];

  it('are aligned, wide characters counting twice', () => {
    expect(widthOf('雪a')).toBe(3);
    expect(table(columns, rows, undefined, (text) => text).split('\n')).toEqual([
      'NAME                     N',
      'buses of my whole town  22',
      '雪                       1'
    ]);
  });

  it('are cut where the terminal is narrow', () => {
    const lines = table(columns, rows, 18, (text) => text).split('\n');
    expect(lines[1]).toBe('buses of my w…  22');
  });
});

describe('the output', () => {
  const screen = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY });

  it('has colours on a terminal only, and not where somebody said so', () => {
    expect(hasColours(screen(true), {})).toBe(true);
    expect(hasColours(screen(true), { NO_COLOR: '' })).toBe(true);
    expect(hasColours(screen(true), { NO_COLOR: '1' })).toBe(false);
    expect(hasColours(screen(true), { TERM: 'dumb' })).toBe(false);
    expect(hasColours(screen(false), {})).toBe(false);
    const shared = { quiet: false, err: screen(false), environment: {} };
    expect(createOutput({ ...shared, json: false, out: screen(true) }).bad('x')).toBe('\u001b[31mx\u001b[0m');
    expect(createOutput({ ...shared, json: true, out: screen(true) }).bad('x')).toBe('x');
  });

  it('keeps results and progress apart', () => {
    const [out, err] = [screen(false), screen(false)];
    const output = createOutput({ json: true, quiet: false, out, err, environment: {} });
    output.progress('working');
    output.result({ a: 1n }, () => 'for people');
    expect(String(out.read())).toBe('{"a":"1"}\n');
    expect(String(err.read())).toBe('working\n');
    createOutput({ json: false, quiet: true, out, err, environment: {} }).progress('silent');
    expect(err.read()).toBeNull();
  });
});

describe('words', () => {
  it.each([
    ['90', 90],
    ['90m', 5_400],
    ['1h 30m', 5_400],
    ['1.5h', 5_400],
    ['2 days', 172_800],
    ['1 week', 604_800]
  ])('read %s as a length of time', (text, seconds) => {
    expect(parsePeriod(text)).toBe(seconds);
  });

  it.each(['', 'ages', '1 fortnight', '0', '0h', '-1h', '1h later'])('do not read %j as one', (text) => {
    expect(() => parsePeriod(text)).toThrow(UsageError);
  });

  it('read amounts to the wei, and nothing that only looks like one', () => {
    expect(parseData('0.000000000000000001')).toBe(1n);
    expect(parseData('12 DATA')).toBe(parseEther('12'));
    for (const text of ['', '1,5', '-1', '1e3', '0x10', '.5', '1.0000000000000000001']) {
      expect(() => parseData(text)).toThrow(UsageError);
    }
  });

  it('show amounts rounded up, never less than is paid', () => {
    expect(dataWords(parseEther('0.036'))).toBe('0.036 DATA');
    expect(shortDecimal(parseEther('0.0123456789'))).toBe('0.0123457');
    expect(shortDecimal(parseEther('1234567.5'), 4)).toBe('1234568');
    expect(hourlyPrice(0n)).toBe('free');
    expect(hourlyPrice(parseEther('0.36') / 3600n)).toBe('0.36 DATA/h');
  });

  it('read and show times', () => {
    expect(parseTime('2026-12-24T18:00:00Z')).toBe(1_798_135_200);
    expect(parseTime('1798135200')).toBe(1_798_135_200);
    expect(() => parseTime('soon')).toThrow(UsageError);
    expect(timeWords(1_798_135_200)).toBe('2026-12-24 18:00:00 UTC');
    expect(timeWords(2 ** 40 - 1)).toBe('never');
    expect(periodWords(90_061)).toBe('1 day 1 hour');
    expect(periodWords(0.2)).toBe('0 seconds');
  });
});
