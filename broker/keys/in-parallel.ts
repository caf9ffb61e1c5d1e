/** Works through a list, several at the same time, to its end. @throws the first failure, once all that runs has ended. */
export async function inParallel<T>(
  atOnce: number,
  list: readonly T[],
  task: (item: T) => Promise<void>
): Promise<void> {
  const left = list.values();
  const failures: unknown[] = [];
  const runs = Array.from({ length: atOnce }, async () => {
    for (const item of left) {
      if (failures.length > 0) return;
      await task(item).catch((error: unknown) => failures.push(error));
    }
  });
  await Promise.all(runs);
  if (failures.length > 0) throw failures[0];
}
