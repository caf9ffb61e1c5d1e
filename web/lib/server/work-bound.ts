import { TributaryError, type Problem } from '#sdk/protocol/problem';

/** More waits for the processor than is let wait. */
export class WorkBoundError extends TributaryError {
  readonly code = 'pictures-busy';
  readonly title = 'Too many pictures at once';
  override readonly status = 503;

  override toProblem(): Problem {
    return { ...super.toProblem(), retryAfter: 2 };
  }
}

/**
 * Lets only so much work run at once, and only so much wait for it: pictures take the processor that pages need.
 *
 * @param atOnce Pieces of work.
 * @param waiting Pieces of work beside them that wait; more are refused with {@link WorkBoundError}.
 */
export function boundWork(atOnce: number, waiting: number) {
  const queue: (() => void)[] = [];
  let running = 0;
  return async function run<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) {
      if (queue.length >= waiting) throw new WorkBoundError('Try again in a moment.');
      // Whoever ends hands its place over, so that nobody who comes meanwhile takes it.
      await new Promise<void>((next) => queue.push(next));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
