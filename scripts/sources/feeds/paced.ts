import type { Content } from './feed.ts';

/**
 * Lets through at most so many contents per second; the next one that passes says how many were left out before it.
 */
export function paced(perSecond: number, emit: (content: Content) => void): (content: Content) => void {
  let second = 0;
  let passed = 0;
  let skipped = 0;
  return (content) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      passed = 0;
    }
    if (passed >= perSecond) {
      skipped += 1;
      return;
    }
    passed += 1;
    emit({ ...content, skipped });
    skipped = 0;
  };
}
