import { expect, it } from 'vitest';
import { networkOf } from './rate-limit.ts';

it('counts a /64 of IPv6 as one, however its addresses are shortened', () => {
  const one = ['2001:db8::1', '2001:db8::aaaa:bbbb:cccc:dddd', '2001:db8:0:0:1:2:3:4'];
  expect(new Set(one.map(networkOf)).size).toBe(1);
  expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8::1'));
});

it('counts addresses of IPv4 each, also in the clothes of IPv6', () => {
  expect(['192.0.2.7', '::ffff:192.0.2.7', '::1'].map(networkOf)).toEqual(['192.0.2.7', '::ffff:192.0.2.7', '::1']);
});
