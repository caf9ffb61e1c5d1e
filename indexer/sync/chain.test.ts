import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChainUnavailableError, openChain } from './chain.ts';

let server: Server;
let url: string;
let answer: { status?: number; headers?: Record<string, string>; body?: unknown } | null = null;

beforeAll(async () => {
  server = createServer((_, response) => {
    if (answer === null) return;
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/secret-key`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function failure(options: Parameters<typeof openChain>[1] = {}): Promise<ChainUnavailableError> {
  const error: unknown = await openChain(url, options)
    .logs({ topics: [] }, 1, 2)
    .catch((reason: unknown) => reason);
  if (!(error instanceof ChainUnavailableError)) throw new TypeError('the chain was expected to fail');
  expect(error.message).not.toContain('secret-key');
  return error;
}
const refused = (code: number, message: string, data?: unknown) => ({
  body: [{ jsonrpc: '2.0', id: 0, error: { code, message, data } }]
});

describe('a node that does not answer', () => {
  it.each([
    ['429 that says when', { status: 429, headers: { 'retry-after': '7' }, body: 'slower' }, 7_000],
    ['429 that does not', { status: 429, body: 'slower' }, 1_000],
    ['429 that says when for no good', { status: 429, headers: { 'retry-after': '86400' }, body: 'slower' }, 60_000],
    ['503 that says when', { status: 503, headers: { 'retry-after': '2' }, body: '' }, 2_000],
    ['503', { status: 503, body: '' }, 0],
    ['a limit with its time', refused(-32_005, 'request rate limited', { rate: { backoff_seconds: 30 } }), 30_000],
    ['a limit', refused(-32_029, 'Too Many Requests'), 1_000],
    ['a range that is too large', refused(-32_005, 'query returned more than 10000 results'), 0],
    ['a failure of its own', refused(-32_603, 'internal error'), 0]
  ])('wants to be left alone as it says: %s', async (_, given, wait) => {
    answer = given;
    expect((await failure()).wait).toBe(wait);
  });

  it('is given up after a while, and at once when nobody waits for it any more', async () => {
    answer = null;
    expect((await failure({ patience: { logs: 50, other: 10_000 } })).message).toContain('0.05 seconds');
    const ending = new AbortController();
    const waiting = failure({ signal: ending.signal });
    ending.abort();
    expect((await waiting).message).toContain('nobody waits');
  });
});
