import type { Writable } from 'node:stream';
import { jsonLine } from './clean-text.ts';
import { table } from './table.ts';
import type { Column } from './table.ts';

/** A stream that may be a terminal. */
export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** How a command speaks: results on the standard output, everything else on the standard error. */
export interface Output {
  readonly json: boolean;
  /** A result: one line of JSON, or the text for people. */
  result(value: unknown, human: () => string): void;
  /** A line of a result that goes on, such as events; waits while whoever reads is slower. */
  item(value: unknown, human: () => string): Promise<void>;
  /** What is happening; not part of the result. */
  progress(text: string): void;
  table<T>(columns: readonly Column<T>[], rows: readonly T[]): string;
  /** Lines of names and values. */
  facts(entries: readonly (readonly [name: string, value: string])[]): string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly out: Screen;
  readonly err: Screen;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Colours only on a terminal, and not where NO_COLOR (any value but the empty one) or TERM=dumb says otherwise. */
export function hasColours(screen: Screen, environment: OutputOptions['environment']): boolean {
  return screen.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
}

export function createOutput({ json, quiet, out, err, environment }: OutputOptions): Output {
  const coloured = !json && hasColours(out, environment);
  const colouredProgress = hasColours(err, environment);
  const style = (code: number) => (text: string) => (coloured ? `\u001b[${String(code)}m${text}\u001b[0m` : text);
  const bold = style(1);
  const write = (text: string) => out.write(`${text}\n`);
  return {
    json,
    result: (value, human) => {
      write(json ? jsonLine(value) : human());
    },
    item: async (value, human) => {
      if (write(json ? jsonLine(value) : human())) return;
      await new Promise<void>((resolve) => {
        const go = () => {
          out.off('drain', go);
          out.off('close', go);
          resolve();
        };
        out.on('drain', go);
        out.on('close', go);
      });
    },
    progress: (text) => {
      if (!quiet) err.write(colouredProgress ? `\u001b[2m${text}\u001b[0m\n` : `${text}\n`);
    },
    table: (columns, rows) => table(columns, rows, out.isTTY === true ? out.columns : undefined, bold),
    facts: (entries) => {
      const width = Math.max(...entries.map(([name]) => name.length));
      return entries.map(([name, value]) => `${style(2)(name.padEnd(width))}  ${value}`).join('\n');
    },
    bold,
    dim: style(2),
    good: style(32),
    warning: style(33),
    bad: style(31)
  };
}
