import { expect, it } from 'vitest';
import { isPublicAddress } from './public-address.ts';
import { fetchPublicText, PublicFetchError } from './public-request.ts';

it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
  ...['192.168.0.1', '198.19.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1', 'fd00::1', 'ff02::1'],
  ...['::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', 'localhost', '']
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

it.each(['127.0.0.1', 'localhost', 'market.localhost'])('%s is not asked for a file', async (domain) => {
  await expect(fetchPublicText(domain, '/', { limit: 10 })).rejects.toThrow(PublicFetchError);
  await expect(fetchPublicText(domain, '/', { limit: 10 })).rejects.toThrow(/public internet/);
});
