import { expect, it } from 'vitest';
import { IdempotencyKeyReusedError, IdempotentAnswers } from './idempotency.ts';

it('does one thing once under each key, also for those who ask meanwhile', async () => {
  const answers = new IdempotentAnswers<number>(() => 0);
  let done = 0;
  let finish: (() => void) | undefined;
  const act = async () => {
    done += 1;
    await new Promise<void>((resolve) => (finish = resolve));
    return done;
  };
  const first = answers.once('a', 'x', act);
  const second = answers.once('a', 'x', act);
  finish?.();
  expect(await Promise.all([first, second])).toEqual([1, 1]);
  expect(await answers.once('a', 'x', act)).toBe(1);
  const other = answers.once('b', 'x', act);
  finish?.();
  expect(await other).toBe(2);
});

it('refuses a key with another request', async () => {
  const answers = new IdempotentAnswers<number>(() => 0);
  await answers.once('a', 'x', () => Promise.resolve(1));
  await expect(answers.once('a', 'y', () => Promise.resolve(2))).rejects.toThrow(IdempotencyKeyReusedError);
});

it('forgets what failed, and after a day what did not', async () => {
  let now = 0;
  const answers = new IdempotentAnswers<number>(() => now);
  await expect(answers.once('a', 'x', () => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
  expect(await answers.once('a', 'x', () => Promise.resolve(2))).toBe(2);
  now = 86_400_000 - 1;
  expect(await answers.once('a', 'x', () => Promise.resolve(3))).toBe(2);
  now += 1;
  expect(await answers.once('a', 'x', () => Promise.resolve(4))).toBe(4);
});
