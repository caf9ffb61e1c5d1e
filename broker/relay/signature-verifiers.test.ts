import { randomBytes } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { expect, it } from 'vitest';
import { verifiers } from '#sdk/protocol/event-verification';
import { privateKeySigner } from '#sdk/protocol/signature';
import { createVerifiers } from './signature-verifiers.ts';

const signer = privateKeySigner(`0x${randomBytes(32).toString('hex')}`);

it('agrees with the portable verifier on good signatures and on every kind of bad one', async () => {
  const { native, table } = createVerifiers();
  expect(native).toBe(true);
  const payload = randomBytes(300);
  const good = await signer.sign(payload);
  const s = BigInt(`0x${Buffer.from(good.subarray(32, 64)).toString('hex')}`);
  const high = (secp256k1.Point.Fn.ORDER - s).toString(16).padStart(64, '0');
  const flipped = Uint8Array.from([...good.subarray(0, 32), ...Buffer.from(high, 'hex'), (good[64] ?? 0) ^ 7]);
  const withV = (v: number) => Uint8Array.from([...good.subarray(0, 64), v]);
  const cases: [boolean, Uint8Array, Uint8Array][] = [
    [true, payload, good],
    [false, randomBytes(300), good],
    [false, payload, flipped],
    [false, payload, withV((good[64] ?? 0) === 27 ? 28 : 27)],
    [false, payload, withV((good[64] ?? 0) - 27)],
    [false, payload, good.subarray(0, 64)],
    [false, payload, new Uint8Array(65)],
    [false, payload, new Uint8Array(65).fill(255)],
    [false, payload, new Uint8Array()]
  ];
  for (const [expected, signed, signature] of cases) {
    expect(await table[0]?.verify(signed, signature, signer.origin)).toBe(expected);
    expect(await verifiers[0]?.verify(signed, signature, signer.origin)).toBe(expected);
  }
  expect(await table[0]?.verify(payload, good, `0x${'00'.repeat(20)}`)).toBe(false);
});
