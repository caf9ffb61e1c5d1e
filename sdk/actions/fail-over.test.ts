import { expect, it } from 'vitest';
import { createBrokerAddresses, fetchWithFailOver } from './fail-over.ts';
import type { Fetch } from './platform.ts';

const answer = { ok: true, status: 200, headers: { get: () => null }, body: null };

it('asks the next broker where one does not answer, stays with it, and leaves other addresses alone', async () => {
  const asked: string[] = [];
  const down = new Set(['http://a']);
  const fetch: Fetch = (url) => {
    asked.push(url);
    if ([...down].some((address) => url.startsWith(`${address}/`)))
      return Promise.reject(new TypeError('fetch failed'));
    return Promise.resolve(answer);
  };
  const addresses = createBrokerAddresses(['http://a', 'http://b', 'http://c']);
  const request = fetchWithFailOver(fetch, 'http://a', addresses);
  expect(await request('http://a/v1/issuer')).toBe(answer);
  expect(await request('http://a/v1/issuer')).toBe(answer);
  expect(asked).toEqual(['http://a/v1/issuer', 'http://b/v1/issuer', 'http://b/v1/issuer']);
  expect(addresses.current()).toBe('http://b');
  // Somebody else noticed it too.
  addresses.failed('http://a');
  expect(addresses.current()).toBe('http://b');

  asked.length = 0;
  await expect(request('http://another/market')).resolves.toBe(answer);
  await expect(request('http://abroad/v1')).resolves.toBe(answer);
  expect(asked).toEqual(['http://another/market', 'http://abroad/v1']);

  down.add('http://b').add('http://c');
  asked.length = 0;
  await expect(request('http://a/v1/issuer')).rejects.toThrow('fetch failed');
  expect(asked).toHaveLength(3);
});

it('gives up where the time of the request is up', async () => {
  const asked: string[] = [];
  const fetch: Fetch = (url) => {
    asked.push(url);
    return Promise.reject(new TypeError('aborted'));
  };
  const request = fetchWithFailOver(fetch, 'http://a', createBrokerAddresses(['http://a', 'http://b']));
  await expect(request('http://a/v1', { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  expect(asked).toEqual(['http://a/v1']);
});
