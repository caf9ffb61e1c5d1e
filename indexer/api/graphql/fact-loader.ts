import type { FactName, FactRow } from '../../schema.ts';
import { factsById } from '../../search/list-facts.ts';
import type { View } from '../../search/view.ts';

/** Loads facts by id; what is asked for in the same moment is read in one query, and nothing is read twice. */
export interface FactLoader {
  load<Name extends FactName>(fact: Name, id: string): Promise<FactRow<Name> | null>;
}

interface Waiting {
  resolve(row: FactRow<FactName> | null): void;
  reject(error: unknown): void;
}

/** A loader for one operation. */
export function createFactLoader(view: View): FactLoader {
  const batches = new Map<FactName, Map<string, Waiting>>();
  const known = new Map<string, Promise<FactRow<FactName> | null>>();

  async function read(fact: FactName): Promise<void> {
    const waiting = batches.get(fact);
    batches.delete(fact);
    if (waiting === undefined) return;
    try {
      const rows = new Map((await factsById(view, fact, [...waiting.keys()])).map((row) => [row.id, row]));
      for (const [id, { resolve }] of waiting) resolve(rows.get(id) ?? null);
    } catch (error) {
      for (const { reject } of waiting.values()) reject(error);
    }
  }

  return {
    load: (fact: FactName, id: string) => {
      const key = `${fact} ${id}`;
      const found =
        known.get(key) ??
        new Promise<FactRow<FactName> | null>((resolve, reject) => {
          let batch = batches.get(fact);
          if (batch === undefined) {
            batch = new Map();
            batches.set(fact, batch);
            // after every resolver of this moment has said what it needs
            setImmediate(() => void read(fact));
          }
          batch.set(id, { resolve, reject });
        });
      known.set(key, found);
      return found;
    }
  };
}
