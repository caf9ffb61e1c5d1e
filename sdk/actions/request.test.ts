import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AnswerInvalidError, MarketRefusedError, MarketUnreachableError } from './market-errors.ts';
import { platformFetch as fetch } from './platform.ts';
import { requestBytes, requestJson } from './request.ts';

const answers: Record<string, { status: number; body: string | null }> = {
  '/right': { status: 200, body: '{"number":7}' },
  '/other': { status: 200, body: '{"number":"seven"}' },
  '/page': { status: 200, body: '<html></html>' },
  '/refused': { status: 403, body: '{"title":"No","status":403,"detail":"Ask first.","type":"/problems/no"}' },
  '/proxy': { status: 502, body: '<html>Bad gateway</html>' },
  '/large': { status: 200, body: 'x'.repeat(1000) },
  '/silent': { status: 200, body: null }
};

let server: Server;
let url: string;
const schema = z.object({ number: z.int() });

beforeAll(async () => {
  server = createServer((request, response) => {
    const { status, body } = answers[request.url ?? ''] ?? { status: 404, body: '' };
    response.writeHead(status);
    if (body === null) response.write('never complete');
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a request', () => {
  it('returns an answer that fits', async () => {
    expect(await requestJson({ fetch, url: `${url}/right`, schema })).toEqual({ number: 7 });
  });

  it.each(['/other', '/page'])('does not accept an answer of another form: %s', async (path) => {
    await expect(requestJson({ fetch, url: url + path, schema })).rejects.toThrow(AnswerInvalidError);
  });

  it('carries the reason of a refusal', async () => {
    const refused = requestJson({ fetch, url: `${url}/refused`, schema });
    await expect(refused).rejects.toThrow(MarketRefusedError);
    await expect(refused).rejects.toMatchObject({ status: 403, message: 'Ask first.' });
  });

  it('says which status came when there is no reason', async () => {
    await expect(requestBytes({ fetch, url: `${url}/proxy` })).rejects.toMatchObject({
      status: 502,
      message: `${url}/proxy answered with HTTP status 502`
    });
  });

  it('stops reading at the limit', async () => {
    await expect(requestBytes({ fetch, url: `${url}/large`, limit: 999 })).rejects.toThrow(/more than 999 bytes/);
    expect(await requestBytes({ fetch, url: `${url}/large`, limit: 1000 })).toHaveLength(1000);
  });

  it('does not wait for ever', async () => {
    const silent = requestBytes({ fetch, url: `${url}/silent`, timeout: 100 });
    await expect(silent).rejects.toThrow(MarketUnreachableError);
    await expect(requestBytes({ fetch, url: 'http://127.0.0.1:1/' })).rejects.toThrow(MarketUnreachableError);
  });
});
