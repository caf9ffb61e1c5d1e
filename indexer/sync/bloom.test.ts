import { keccak256, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { mayContain, mayMatch } from './bloom.ts';

const address: Hex = '0x095e7baea6a6c7c4c2dfeb977efac326af552d87';
const topic = keccak256('0x01');
/** The bloom of the values as the yellow paper (4.3.1) writes it: bits of three pairs of bytes of the hash. */
function bloomOf(...values: Hex[]): Hex {
  let bloom = 0n;
  for (const value of values) {
    const hash = BigInt(keccak256(value));
    for (const shift of [240n, 224n, 208n]) bloom |= 1n << ((hash >> shift) & 2_047n);
  }
  return `0x${bloom.toString(16).padStart(512, '0')}`;
}

describe('a bloom', () => {
  it('has what was put in, and for certain not what has a bit that is not set', () => {
    const bloom = bloomOf(address, topic);
    expect(mayContain(bloom, address)).toBe(true);
    expect(mayContain(bloom, topic)).toBe(true);
    expect(mayContain(bloom, keccak256('0x02'))).toBe(false);
    expect(mayContain(`0x${'0'.repeat(512)}`, address)).toBe(false);
    expect(mayContain(`0x${'f'.repeat(512)}`, address)).toBe(true);
  });

  it('matches a filter by one of its contracts and one of its topics', () => {
    const bloom = bloomOf(address, topic);
    const other = keccak256('0x02');
    expect(mayMatch(bloom, { addresses: [address], topics: [other, topic] })).toBe(true);
    expect(mayMatch(bloom, { topics: [topic] })).toBe(true);
    expect(mayMatch(bloom, { addresses: [`0x${'1'.repeat(40)}`], topics: [topic] })).toBe(false);
    expect(mayMatch(bloom, { addresses: [address], topics: [other] })).toBe(false);
  });
});
