/** Does something once and keeps its result; a failure is not kept, so that the next time tries again. */
export function onceSucceeded<T>(task: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  return () => {
    kept ??= task().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}
