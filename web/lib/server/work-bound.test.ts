import { expect, it } from 'vitest';
import { keepPictures } from './kept-pictures.ts';
import { boundWork, WorkBoundError } from './work-bound.ts';

/** Work that ends when it is told to. */
function heldWork() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { work: () => ended, end };
}

it('runs some at once, lets some wait and refuses the rest', async () => {
  const run = boundWork(1, 1);
  const [first, second] = [heldWork(), heldWork()];
  const order: string[] = [];
  const one = run(first.work).then(() => order.push('first'));
  const two = run(second.work).then(() => order.push('second'));
  await expect(run(() => Promise.resolve())).rejects.toThrow(WorkBoundError);
  second.end();
  first.end();
  await Promise.all([one, two]);
  expect(order).toEqual(['first', 'second']);
  // failed work frees its place too
  await expect(run(() => Promise.reject(new RangeError('bad')))).rejects.toThrow('bad');
  await expect(run(() => Promise.resolve(7))).resolves.toBe(7);
});

it('makes what is asked for twice once, and forgets what was used least', async () => {
  const pictureOf = keepPictures(10);
  let made = 0;
  const make = () => {
    made += 1;
    return Promise.resolve(new Uint8Array(4));
  };
  await Promise.all([pictureOf('a', make), pictureOf('a', make)]);
  expect(made).toBe(1);
  await pictureOf('b', make);
  await pictureOf('a', make);
  await pictureOf('c', make);
  expect(made).toBe(3);
  await pictureOf('a', make);
  expect(made).toBe(3);
  await pictureOf('b', make);
  expect(made).toBe(4);
});

it('tries again what could not be made', async () => {
  const pictureOf = keepPictures(10);
  await expect(pictureOf('a', () => Promise.reject(new RangeError('bad')))).rejects.toThrow('bad');
  await expect(pictureOf('a', () => Promise.resolve(new Uint8Array(1)))).resolves.toHaveLength(1);
});
