import { expect, it } from 'vitest';
import { RateLimiter } from './rate-limit.ts';
import { RateLimitedError } from './refusals.ts';

it('gives a burst, then as much as comes in again, to each name alone', () => {
  let now = 0;
  const limiter = new RateLimiter('address', { burst: 4, perSecond: 2 }, () => now);
  for (let left = 3; left >= 0; left -= 1) {
    limiter.take('a');
    expect(limiter.state('a').remaining).toBe(left);
  }
  expect(limiter.policy).toBe('"address";q=4;w=2');
  expect(limiter.header('a')).toBe('"address";r=0;t=2');
  expect(() => limiter.take('a')).toThrow(RateLimitedError);
  limiter.take('b');
  now = 500;
  limiter.take('a');
  expect(() => limiter.check('a')).toThrow(RateLimitedError);
  now = 100_000;
  expect(limiter.header('a')).toBe('"address";r=4;t=0');
});

it('says after how many seconds to try again, and that serves then', () => {
  let now = 0;
  const limiter = new RateLimiter('publisher', { burst: 1, perSecond: 0.25 }, () => now);
  limiter.take('a');
  let retryAfter = 0;
  try {
    limiter.take('a');
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    const problem = error.toProblem();
    expect(problem).toMatchObject({ type: '/problems/rate-limited', status: 429 });
    retryAfter = problem.retryAfter;
  }
  expect(retryAfter).toBe(4);
  now = retryAfter * 1000;
  expect(() => limiter.take('a')).not.toThrow();
});
