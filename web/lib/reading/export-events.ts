import { columnNames, type ExportRow } from './export-rows.ts';
import { csvHead, csvLines, ndjsonLines } from './export-text.ts';
import type { ExportFormat } from './messages.ts';

/** A file of events that grows by rows; what is added is out of the way at once. */
export interface EventFile {
  add(rows: readonly ExportRow[]): void;
  finish(): Blob;
}

/**
 * Begins a file. Parquet's code is loaded when it is asked for.
 *
 * @param rows The first ones, by which columns are chosen; not added yet. @param names Fields that stand first.
 */
export async function beginFile(
  format: ExportFormat,
  rows: readonly ExportRow[],
  names: readonly string[]
): Promise<EventFile> {
  if (format === 'parquet') return (await import('./export-parquet.ts')).beginParquet(rows, names);
  // Pieces are blobs at once, which browsers keep on disk where they grow large.
  const pieces: Blob[] = [];
  const columns = columnNames(rows, names);
  if (format === 'csv') pieces.push(new Blob([csvHead(columns)]));
  return {
    add: (more) => {
      if (more.length > 0) pieces.push(new Blob([format === 'csv' ? csvLines(more, columns) : ndjsonLines(more)]));
    },
    finish: () => new Blob(pieces, { type: format === 'csv' ? 'text/csv;charset=utf-8' : 'application/x-ndjson' })
  };
}

/** A file of rows that are all at hand. */
export async function fileOf(
  format: ExportFormat,
  rows: readonly ExportRow[],
  names: readonly string[]
): Promise<Blob> {
  const file = await beginFile(format, rows, names);
  file.add(rows);
  return file.finish();
}
