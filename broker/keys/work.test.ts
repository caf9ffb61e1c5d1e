import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TributaryError } from '#sdk/protocol/problem';
import { Work } from './work.ts';

class TriedError extends TributaryError {
  readonly code = 'tried';
  readonly title = 'Tried';
  override readonly status: number;

  constructor(status: number) {
    super('Did not work.');
    this.status = status;
  }
}

/** A piece that runs until it is let go. */
function gate(): { piece: () => Promise<void>; open: () => void; begun: () => number } {
  let open = (): void => undefined;
  let begun = 0;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    piece: async () => {
      begun += 1;
      await opened;
    },
    open: () => {
      open();
    },
    begun: () => begun
  };
}

let work: Work;

beforeEach(() => {
  work = new Work(pino({ level: 'silent' }));
});

afterEach(() => work.stop());

it('does a thousand pieces, some at the same time and never too many', async () => {
  let running = 0;
  let most = 0;
  const done = new Set<number>();
  for (let piece = 0; piece < 1_000; piece += 1) {
    work.add(String(piece), async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(1);
      running -= 1;
      done.add(piece);
    });
  }
  await expect.poll(() => done.size, { timeout: 10_000 }).toBe(1_000);
  expect(most).toBe(6);
});

it('never runs two pieces of one name at once, and does what is asked for meanwhile once, after it', async () => {
  const first = gate();
  let again = 0;
  work.add('name', first.piece);
  await expect.poll(first.begun).toBe(1);
  for (let time = 0; time < 3; time += 1) {
    work.add('name', () => {
      again += 1;
      return Promise.resolve();
    });
  }
  let other = 0;
  work.add('other', () => {
    other += 1;
    return Promise.resolve();
  });
  await expect.poll(() => other).toBe(1);
  expect(again).toBe(0);
  first.open();
  await expect.poll(() => again).toBe(1);
  await sleep(20);
  expect(again).toBe(1);
});

it('lets what is urgent wait neither for what comes later nor for what failed', async () => {
  const slow = Array.from({ length: 30 }, gate);
  for (const [place, { piece }] of slow.entries()) work.add(`slow ${String(place)}`, piece, 'later');
  await expect.poll(() => slow.filter(({ begun }) => begun() > 0).length).toBe(2);
  work.add('failing', () => Promise.reject(new TriedError(503)));
  await sleep(20);
  const done: string[] = [];
  const note = (name: string) => (): Promise<void> => {
    done.push(name);
    return Promise.resolve();
  };
  work.add('purchase', note('purchase'));
  // Was to be done later, and is urgent now.
  work.add('slow 29', note('slow 29'));
  await expect.poll(() => done).toEqual(['purchase', 'slow 29']);
  for (const { open } of slow) open();
  await expect.poll(() => slow.filter(({ begun }) => begun() > 0).length).toBe(29);
});

it('tries again what failed, and not what was refused for good', async () => {
  let failing = 0;
  let refused = 0;
  work.add('failing', () => {
    failing += 1;
    return failing < 3 ? Promise.reject(new TriedError(503)) : Promise.resolve();
  });
  work.add('refused', () => {
    refused += 1;
    return Promise.reject(new TriedError(403));
  });
  await expect.poll(() => failing, { timeout: 10_000 }).toBe(3);
  expect(refused).toBe(1);
});

it('begins nothing more once it was stopped, and waits for what runs', async () => {
  const first = gate();
  work.add('first', first.piece);
  await expect.poll(first.begun).toBe(1);
  work.add('first', () => Promise.reject(new TriedError(500)));
  let stopped = false;
  const stopping = work.stop().then(() => {
    stopped = true;
  });
  await sleep(20);
  expect(stopped).toBe(false);
  first.open();
  await stopping;
  const second = gate();
  work.add('second', second.piece);
  await sleep(20);
  expect(second.begun()).toBe(0);
});
