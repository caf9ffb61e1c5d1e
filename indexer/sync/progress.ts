/** How far something is that reads a chain block by block. */
export interface Progress {
  /** First block, the one that is done, and the one at which it ends for now. */
  readonly from: number;
  readonly block: number;
  readonly to: number;
  /** Estimate in seconds, by the speed of the last half minute; null while that is not known. */
  readonly secondsLeft: number | null;
}

export interface ProgressMeter {
  /** Told of every step forward. */
  advanced(block: number): void;
  /** How far it is on the way to a block. */
  progress(to: number): Progress;
}

/** Milliseconds of the past by which the speed is told. */
const window = 30_000;

/** @param from Block at which it begins. @param now Milliseconds. */
export function measureProgress(from: number, now: () => number = Date.now): ProgressMeter {
  let steps = [{ at: now(), block: from }];
  return {
    advanced(block) {
      const at = now();
      steps.push({ at, block });
      // one from before the window stays, so that a slow step is measured whole
      const firstInside = steps.findIndex((step) => step.at > at - window);
      steps = steps.slice(Math.max(0, firstInside - 1));
    },
    progress(to) {
      const [first] = steps;
      const last = steps.at(-1);
      if (first === undefined || last === undefined) return { from, block: from, to, secondsLeft: null };
      const speed = (last.block - first.block) / (last.at - first.at);
      const left = Math.max(0, to - last.block);
      const secondsLeft = speed > 0 && Number.isFinite(speed) ? Math.ceil(left / speed / 1_000) : null;
      return { from, block: last.block, to, secondsLeft };
    }
  };
}
