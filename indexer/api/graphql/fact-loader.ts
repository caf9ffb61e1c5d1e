import type { FactName, FactRow } from '../../schema.ts';
import { factsById } from '../../search/list-facts.ts';
import { sharedReading } from '../../search/shared-reading.ts';
import type { View } from '../../search/view.ts';

/** Loads facts by id; what is asked for in the same moment is read in one query, and nothing is read twice. */
export interface FactLoader {
  load<Name extends FactName>(fact: Name, id: string): Promise<FactRow<Name> | null>;
}

/**
 * Joins questions: keys asked for in the same moment are read together, and none is read twice.
 *
 * @returns a function that gives a key's value, or undefined where `read` found none.
 */
export function batched<Key, Value>(
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>
): (key: Key) => Promise<Value | undefined> {
  let batch: Key[] = [];
  let reading: Promise<ReadonlyMap<Key, Value>> | null = null;
  const known = new Map<Key, Promise<Value | undefined>>();

  /** After every resolver of this moment has said what it needs. */
  async function readLater(): Promise<ReadonlyMap<Key, Value>> {
    await new Promise((resolve) => setImmediate(resolve));
    const keys = batch;
    batch = [];
    reading = null;
    return read(keys);
  }

  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    batch.push(key);
    reading ??= readLater();
    const value = reading.then((values) => values.get(key));
    known.set(key, value);
    return value;
  };
}

/** A loader for one operation. */
export function createFactLoader(view: View): FactLoader {
  return loaderBy(view, batched);
}

/** A loader for everybody: what several operations ask for at the same time is read together, for each anew. */
export function createSharedLoader(view: View): FactLoader {
  return loaderBy(view, sharedReading);
}

function loaderBy(view: View, joined: typeof batched): FactLoader {
  const loaders = new Map<FactName, (id: string) => Promise<FactRow<FactName> | undefined>>();
  return {
    load: async (fact: FactName, id: string) => {
      let loader = loaders.get(fact);
      if (loader === undefined) {
        loader = joined(
          async (ids: readonly string[]) => new Map((await factsById(view, fact, ids)).map((row) => [row.id, row]))
        );
        loaders.set(fact, loader);
      }
      return (await loader(id)) ?? null;
    }
  };
}
