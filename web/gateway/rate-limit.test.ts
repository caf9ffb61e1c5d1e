import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createRateLimit, networkOf } from './rate-limit.ts';

const from = (remoteAddress: string) => networkOf({ socket: { remoteAddress } } as IncomingMessage);

describe('a rate limit', () => {
  test('lets a burst pass, then makes its network wait, and nobody else', () => {
    let now = 0;
    const take = createRateLimit({ burst: 10, perSecond: 2 }, () => now);
    expect(take('a', 10)).toBe(0);
    expect(take('a', 4)).toBe(2);
    expect(take('b', 1)).toBe(0);
    now = 2_000;
    expect(take('a', 4)).toBe(0);
    expect(take('a', 1)).toBe(1);
  });
});

describe('the network of a connection', () => {
  test('is the address of IPv4, also in the clothes of IPv6, and of this machine', () => {
    expect(['192.0.2.7', '::ffff:192.0.2.7', '::1'].map(from)).toEqual(['192.0.2.7', '::ffff:192.0.2.7', '::1']);
  });

  test('is the /64 of IPv6, however the address is shortened', () => {
    const one = ['2001:db8::1', '2001:db8::aaaa:bbbb:cccc:dddd', '2001:db8:0:0:1:2:3:4'];
    expect(new Set(one.map(from)).size).toBe(1);
    expect(from('2001:db8:0:1::1')).not.toBe(from('2001:db8::1'));
  });
});
