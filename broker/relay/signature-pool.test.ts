import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { privateKeySigner } from '#sdk/protocol/signature';
import { startThread } from '../threads/start-thread.ts';
import { readChecks, writeChecks } from './signature-checks.ts';
import { secp256k1OfMachine } from './secp256k1.ts';
import { SignaturePool } from './signature-pool.ts';

const logger = pino({ level: 'silent' });
const { verifier: local } = secp256k1OfMachine();
const pools: SignaturePool[] = [];

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.stop();
});

/** A pool, and the checks that its own event loop had to do. */
function poolOf(threads: number) {
  const pool = new SignaturePool({ threads, logger });
  pools.push(pool);
  let here = 0;
  const verifier = pool.verifier({
    ...local,
    verify: (...check) => {
      here += 1;
      return local.verify(...check);
    }
  });
  return { pool, verifier, here: () => here };
}

/** Signed payloads, every third with something wrong. */
async function someChecks(count: number) {
  const signers = Array.from({ length: 5 }, () => privateKeySigner(`0x${randomBytes(32).toString('hex')}`));
  return Promise.all(
    Array.from({ length: count }, async (_, place) => {
      const signer = signers[place % 5] ?? expect.fail('no signer');
      const payload = randomBytes(1 + (place % 700));
      const signature = Uint8Array.from(await signer.sign(payload));
      const wrong = place % 3 === 2;
      if (wrong) signature[place % 64] = (signature[place % 64] ?? 0) ^ 1;
      return { payload, signature, origin: signer.origin, good: !wrong };
    })
  );
}

/** Waits until the threads take checks. */
async function warm({ verifier, here }: ReturnType<typeof poolOf>): Promise<void> {
  const checks = await someChecks(8);
  for (let before = -1; before !== here();) {
    before = here();
    await Promise.all(checks.map(async (check) => verifier.verify(check.payload, check.signature, check.origin)));
    if (before !== here()) await sleep(20);
  }
}

it('writes and reads checks as they are', async () => {
  const checks = (await someChecks(20)).map(({ payload, signature, origin }) => ({
    payload: Uint8Array.from(payload),
    signature,
    origin
  }));
  expect(readChecks(writeChecks(checks))).toEqual(checks);
});

it('answers as the event loop would, in threads, whatever comes at once', async () => {
  const pool = poolOf(2);
  await warm(pool);
  const before = pool.here();
  const checks = await someChecks(600);
  const answers = await Promise.all(
    checks.map(async ({ payload, signature, origin }) => pool.verifier.verify(payload, signature, origin))
  );
  expect(answers).toEqual(checks.map(({ good }) => good));
  expect(pool.here()).toBe(before);
});

it('checks in the event loop while threads are not there, or are not worth it', async () => {
  const none = poolOf(0);
  const starting = poolOf(1);
  const [check] = await someChecks(1);
  const { payload, signature, origin } = check ?? expect.fail('no check');
  expect(none.verifier.verify(payload, signature, origin)).toBe(true);
  expect(await starting.verifier.verify(payload, signature, origin)).toBe(true);
  expect(await starting.verifier.verify(payload, signature.subarray(1), origin)).toBe(false);
  expect(none.here() + starting.here()).toBe(3);
});

it('answers everything when it is stopped in the middle, and afterwards', async () => {
  const pool = poolOf(1);
  await warm(pool);
  const checks = await someChecks(500);
  const answers = Promise.all(
    checks.map(async ({ payload, signature, origin }) => pool.verifier.verify(payload, signature, origin))
  );
  await new Promise((resolve) => setImmediate(resolve));
  await pool.pool.stop();
  expect(await answers).toEqual(checks.map(({ good }) => good));
  const [after] = await someChecks(1);
  const { payload, signature, origin } = after ?? expect.fail('no check');
  expect(await pool.verifier.verify(payload, signature, origin)).toBe(true);
});

it('tells of a thread that cannot start', async () => {
  const worker = startThread(new URL('./no-such-thread.ts', import.meta.url));
  const [error] = (await once(worker, 'error')) as [Error];
  expect(error.message).toContain('no-such-thread');
});
