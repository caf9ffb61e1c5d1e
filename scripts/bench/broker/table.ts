const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

/** A heading, and what its rows are compared with. */
export function heading(title: string, ...columns: readonly string[]): void {
  print();
  row(title, ...columns);
}

/** One row: a name, and cells that end under each other. */
export function row(name: string, ...cells: readonly string[]): void {
  print(name.padEnd(52) + cells.map((cell) => cell.padStart(16)).join(''));
}

/** A rate, whole and with separators. */
export const rate = (perSecond: number): string => `${Math.round(perSecond).toLocaleString('en')}/s`;

/** A share of something else. */
export const share = (ours: number, theirs: number): string => `${((100 * ours) / theirs).toFixed(0)} %`;

/** Milliseconds. */
export const milliseconds = (time: number): string => `${time.toFixed(time < 10 ? 1 : 0)} ms`;

/** A short time, given in seconds. */
export const microseconds = (seconds: number): string => `${(seconds * 1e6).toFixed(1)} us`;

/** What a process would do per second of one processor, however busy the machine is with other things. */
export const perCpu = (count: number, cpu: number): string => (cpu > 0 ? rate(count / cpu) : '-');
