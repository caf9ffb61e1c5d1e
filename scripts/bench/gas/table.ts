import { actions, systems, type Action, type Measurement, type System } from './actions.ts';

/** What one action costs with us, and how that compares. */
export interface Row {
  readonly action: Action;
  readonly name: string;
  /** Gas of ours; absent where ours was not measured. */
  readonly gas?: number;
  readonly target?: number;
  /** Ours divided by the target. */
  readonly targetRatio?: number;
  /** Gas of every other system, and ours divided by it. */
  readonly beside: Partial<Record<System, { readonly gas: number; readonly ratio?: number }>>;
}

const others = systems.filter((system) => system !== 'Tributary');

/** Brings measurements into rows, in the order of the actions. */
export function toRows(measurements: readonly Measurement[]): Row[] {
  const gasOf = (system: System, action: Action) => {
    const found = measurements.find((each) => each.system === system && each.action === action);
    return found === undefined ? undefined : Number(found.gas);
  };
  const rows: Row[] = [];
  for (const action of Object.keys(actions) as Action[]) {
    const described: { readonly name: string; readonly target?: bigint } = actions[action];
    const gas = gasOf('Tributary', action);
    const ratioTo = (other: number) => (gas === undefined ? {} : { ratio: rounded(gas / other) });
    const beside: Row['beside'] = {};
    for (const system of others) {
      const other = gasOf(system, action);
      if (other !== undefined) beside[system] = { gas: other, ...ratioTo(other) };
    }
    if (gas === undefined && Object.keys(beside).length === 0) continue;
    const target = described.target === undefined ? undefined : Number(described.target);
    rows.push({
      ...{ action, name: described.name, beside },
      ...(gas === undefined ? {} : { gas }),
      ...(target === undefined ? {} : { target }),
      ...(gas === undefined || target === undefined ? {} : { targetRatio: rounded(gas / target) })
    });
  }
  return rows;
}

function rounded(ratio: number): number {
  return Math.round(ratio * 1000) / 1000;
}

/** The rows as text, a line each: gas, and in brackets ours divided by it. */
export function toTable(rows: readonly Row[]): string {
  const shown = others.filter((system) => rows.some(({ beside }) => beside[system] !== undefined));
  const cell = (gas: number | undefined, ratio: number | undefined) => {
    const figure = gas === undefined ? '' : gas.toLocaleString('en');
    return `${figure.padStart(9)} ${ratio === undefined ? '      ' : `(${ratio.toFixed(2)})`}`;
  };
  const line = (name: string, gas: string, cells: readonly string[]) =>
    `${name.padEnd(44)} ${gas.padStart(9)}  ${cells.join('  ')}`.trimEnd() + '\n';
  const heading = (text: string) => text.padStart(9).padEnd(16);
  let table = line('gas (ours divided by it)', 'Tributary', [heading('target'), ...shown.map(heading)]);
  for (const { name, gas, target, targetRatio, beside } of rows) {
    const cells = shown.map((system) => cell(beside[system]?.gas, beside[system]?.ratio));
    table += line(name, gas?.toLocaleString('en') ?? '', [cell(target, targetRatio), ...cells]);
  }
  return table;
}
