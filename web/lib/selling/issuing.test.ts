import { expect, it } from 'vitest';
import type { Grant } from '#sdk/protocol/grant';
import type { Hex } from '#sdk/protocol/primitives';
import { grantedOf } from './issuing.ts';

const bytes32 = (digit: string): Hex => `0x${digit.repeat(64)}`;
const grant = (fields: Partial<Grant>): Grant => ({
  version: 1,
  stream: `0x${'a'.repeat(40)}`,
  era: 1,
  fromSlot: 0,
  untilSlot: 20,
  licensee: `0x${'b'.repeat(40)}`,
  offerId: bytes32('1'),
  recipient: bytes32('2'),
  encapsulation: bytes32('3'),
  ciphertext: '0x',
  issuer: `0x${'c'.repeat(40)}`,
  signature: '0x',
  ...fields
});

it('counts licences that wait for the keys of the present', () => {
  const license = (from: number) => ({ offerId: bytes32('1'), publicKey: bytes32('2'), from });
  const grants = new Map([
    [license(100), [grant({})]],
    [license(300), [grant({}), grant({ era: 2 })]],
    // Nothing, of another licence, of a key that was replaced, and what is over.
    [license(400), []],
    [license(500), [grant({ offerId: bytes32('9') })]],
    [license(600), [grant({ recipient: bytes32('9') })]],
    [license(700), [grant({ untilSlot: 10 })]]
  ]);
  expect(grantedOf(grants, 600, 60)).toEqual({ lookedAt: 6, waiting: 4, newest: 300 });
  expect(grantedOf(new Map(), 600, 60)).toEqual({ lookedAt: 0, waiting: 0, newest: null });
});
