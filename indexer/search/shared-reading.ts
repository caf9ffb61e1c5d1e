/** Reads that run at the same time, and keys of one read. */
const readsAtOnce = 2;
const mostKeys = 200;

/**
 * Joins the questions of everybody who asks while others' are being read: one statement then reads for all of them.
 * Nothing is remembered: every value is read after it was asked for, so an answer is as new as if it had been read
 * alone.
 *
 * @param read Gives the values of keys; those without one are absent.
 * @returns a function that gives a key's value, or undefined where there is none; it throws what `read` throws.
 */
export function sharedReading<Key, Value>(
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>
): (key: Key) => Promise<Value | undefined> {
  let waiting: Question<Key, Value>[] = [];
  let running = 0;
  let isDue = false;

  function readLater(): void {
    if (isDue || running >= readsAtOnce || waiting.length === 0) return;
    isDue = true;
    // after every request that has arrived has said what it needs
    setImmediate(() => {
      isDue = false;
      const questions = waiting.slice(0, mostKeys);
      waiting = waiting.slice(mostKeys);
      running += 1;
      void answer(questions).then(() => {
        running -= 1;
        readLater();
      });
      readLater();
    });
  }

  async function answer(questions: readonly Question<Key, Value>[]): Promise<void> {
    try {
      const values = await read([...new Set(questions.map(({ key }) => key))]);
      for (const { key, resolve } of questions) resolve(values.get(key));
    } catch (error) {
      for (const { reject } of questions) reject(error);
    }
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      readLater();
    });
}

interface Question<Key, Value> {
  readonly key: Key;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}
