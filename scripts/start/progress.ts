/** Shows steps with their times; on a terminal the running ones are redrawn in place. */
export interface Progress {
  /** Runs a step and shows how long it took; its words may be refined by the step itself. */
  step<T>(name: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
  note(line: string): void;
}

export function createProgress(output: NodeJS.WriteStream = process.stdout): Progress {
  const running = new Map<string, { readonly started: number; detail: string }>();
  let drawn = 0;
  const erase = () => {
    if (drawn > 0) output.write(`\u001b[${String(drawn)}A\u001b[0J`);
    drawn = 0;
  };
  const draw = () => {
    if (!output.isTTY) return;
    for (const [name, { started, detail }] of running) {
      output.write(`  · ${name.padEnd(22)}${seconds(started).padStart(7)}  ${detail}\n`);
      drawn += 1;
    }
  };
  const print = (line: string) => {
    erase();
    output.write(`${line}\n`);
    draw();
  };
  const ticker = output.isTTY
    ? setInterval(() => {
        erase();
        draw();
      }, 200)
    : undefined;
  ticker?.unref();
  return {
    async step(name, work) {
      const entry = { started: Date.now(), detail: '' };
      running.set(name, entry);
      try {
        const result = await work((detail) => {
          entry.detail = detail;
        });
        running.delete(name);
        print(`  ✓ ${name.padEnd(22)}${seconds(entry.started).padStart(7)}  ${entry.detail}`.trimEnd());
        return result;
      } catch (error) {
        running.delete(name);
        print(`  ✗ ${name.padEnd(22)}${seconds(entry.started).padStart(7)}`);
        throw error;
      }
    },
    note: print
  };
}

function seconds(started: number): string {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
