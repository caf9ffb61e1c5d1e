import pino from 'pino';
import { expect, it } from 'vitest';
import type { Address } from '#sdk/protocol/primitives';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import { Readers } from './readers.ts';
import { ReadPermissionEndedError, ReadPermissionMissingError } from './refusals.ts';

const stream: Address = `0x${'51'.repeat(20)}`;
const account: Address = `0x${'a1'.repeat(20)}`;
const now = 1_000;

/** Readers of a chain whose answers come when the test says so: what is judged here are moments between two answers. */
function readersOfSlowChain() {
  const questions: ((until: number) => void)[] = [];
  const listeners: (() => unknown)[] = [];
  const readers = new Readers({
    head: {
      head: { timestamp: now },
      unavailable: null,
      onChange: (listener: () => unknown) => listeners.push(listener)
    } as unknown as ChainHead,
    streams: {
      readableUntil: () => new Promise((resolve) => questions.push((until) => resolve({ until, everyone: false })))
    } as unknown as StreamDirectory,
    licenseEnd: () => Promise.resolve(0),
    isIssuer: () => false,
    clock: () => now * 1000,
    logger: pino({ enabled: false })
  });
  const lost: unknown[] = [];
  const reader = { stream, session: { account, until: Infinity }, lost: (error: unknown) => lost.push(error) };
  const answer = (until: number) => {
    const question = questions.shift();
    expect(question).toBeDefined();
    question?.(until);
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const block = () => {
    for (const listener of listeners) listener();
  };
  return { readers, reader, lost, answer, block, settled };
}

it('who hears that there is no right is not told as well that it has ended', async () => {
  const { readers, reader, lost, answer, block, settled } = readersOfSlowChain();
  readers.watch(reader);
  const asked = expect(readers.rightOf(stream, account)).rejects.toBeInstanceOf(ReadPermissionMissingError);
  block();
  answer(0);
  answer(0);
  await asked;
  await settled();
  // The watch is not over yet when the next block is looked at.
  block();
  answer(0);
  await settled();
  expect(lost).toEqual([]);
  readers.stop();
});

it('who was told of a right hears of its end, also where somebody else heard of it first', async () => {
  const { readers, reader, lost, answer, block, settled } = readersOfSlowChain();
  readers.watch(reader);
  const first = readers.rightOf(stream, account);
  answer(now + 60);
  expect((await first).live).toBe(true);
  const second = expect(readers.rightOf(stream, account)).rejects.toBeInstanceOf(ReadPermissionMissingError);
  answer(0);
  await second;
  block();
  answer(0);
  await settled();
  expect(lost).toEqual([expect.any(ReadPermissionEndedError)]);
  readers.stop();
});
