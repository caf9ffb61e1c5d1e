import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');

/** Reads a table of the package vega-datasets; the first line names the columns, and values may be in quotes. */
export function readTable(name: string): readonly Readonly<Record<string, string>>[] {
  const [header, ...rows] = readFileSync(join(folder, name), 'utf8').trim().split(/\r?\n/);
  const columns = splitLine(header ?? '');
  return rows.map((row) => {
    const values = splitLine(row);
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']));
  });
}

/** Reads a JSON document of the package vega-datasets. */
export function readDocument(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

/** A line of RFC 4180 without line breaks inside quotes. */
function splitLine(line: string): string[] {
  const values: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    values.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
  }
  return values;
}

/** A number, or null where the recording has none. */
export function numberOf(text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}
