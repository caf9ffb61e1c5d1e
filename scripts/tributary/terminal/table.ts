/** How a column is shown. */
export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string;
  readonly align?: 'left' | 'right';
  /** May be cut where the terminal is too narrow; the last one that may is cut first. */
  readonly flexible?: boolean;
}

const gap = '  ';
const narrowest = 12;
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Cells of a terminal that a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segments.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/**
 * Rows as aligned columns, with titles.
 *
 * @param width Cells of the terminal; absent: as wide as it needs, as in a pipe.
 * @param emphasise Marks the titles.
 */
export function table<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  width: number | undefined,
  emphasise: (text: string) => string
): string {
  const cells = rows.map((row) => columns.map(({ value }) => value(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index] ?? '')))
  );
  fit(columns, widths, width);
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => pad(text, widths[index] ?? 0, columns[index]?.align ?? 'left'))
      .join(gap)
      .trimEnd();
  return [emphasise(line(columns.map(({ title }) => title))), ...cells.map(line)].join('\n');
}

/** Narrows flexible columns from the last to the first until the row fits. */
function fit<T>(columns: readonly Column<T>[], widths: number[], width: number | undefined): void {
  if (width === undefined) return;
  const total = () => widths.reduce((sum, each) => sum + each, gap.length * (widths.length - 1));
  for (let index = columns.length - 1; index >= 0; index -= 1) {
    const excess = total() - width;
    if (excess <= 0) return;
    const present = widths[index] ?? 0;
    if (columns[index]?.flexible === true) widths[index] = Math.max(Math.min(present, narrowest), present - excess);
  }
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const cut = widthOf(text) <= width ? text : cutTo(text, width);
  const space = ' '.repeat(Math.max(0, width - widthOf(cut)));
  return align === 'left' ? cut + space : space + cut;
}

function cutTo(text: string, width: number): string {
  let cut = '';
  let taken = 0;
  for (const { segment } of segments.segment(text)) {
    taken += widthOf(segment);
    if (taken > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
