import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { deploymentSchema } from '#sdk/protocol/deployment';
import { problemSchema } from '#sdk/protocol/problem';
import { createMarketServer, type MarketServer } from './server.ts';

const address = (digit: string) => `0x${digit.repeat(40)}`;
const deployment = deploymentSchema.parse({
  chainId: 31_337,
  genesisHash: `0x${'1'.repeat(64)}`,
  startBlock: 0,
  feeBasisPoints: 100,
  karmaHalfLife: 15_552_000,
  contracts: {
    DATAcoin: address('1'),
    StreamRegistry: address('2'),
    DataLicense: address('3'),
    DeliveryEscrow: address('4'),
    Karma: address('5'),
    Wishlist: address('6'),
    AttestationResolver: null,
    AttestationService: null,
    DeliveryOracle: null
  },
  schemas: { domain: null, organisation: null, ensName: null, knownBuyer: null }
});

/** A part of the market that says what it was asked. */
interface Part {
  readonly server: Server;
  readonly url: string;
  readonly asked: { method: string; url: string; body: string; headers: IncomingMessage['headers'] }[];
}

async function startPart(answer: (body: string) => { type: string; body: string }): Promise<Part> {
  const asked: Part['asked'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', body, headers: request.headers });
      const { type, body: text } = answer(body);
      response.writeHead(200, { 'content-type': type });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

let indexer: Part;
let broker: Part;
let chain: Part;
let market: MarketServer;

beforeEach(async () => {
  [indexer, broker, chain] = await Promise.all([
    startPart(() => ({ type: 'text/html', body: '<script>1</script>' })),
    startPart(() => ({ type: 'application/json', body: '{}' })),
    startPart((body) => {
      const asked = JSON.parse(body) as { id: number } | { id: number }[];
      const reply = ({ id }: { id: number }) => ({ jsonrpc: '2.0', id, result: '0x1' });
      return { type: 'application/json', body: JSON.stringify(Array.isArray(asked) ? asked.map(reply) : reply(asked)) };
    })
  ]);
  market = await createMarketServer({
    configuration: parseConfiguration({
      PORT: String(await freePort()),
      INDEXER_URL: indexer.url,
      BROKER_URL: broker.url,
      CHAIN_URL: chain.url,
      SUBGRAPH_URL: `http://127.0.0.1:${String(await freePort())}/subgraphs/name/none`
    }),
    deployment,
    logger: pino({ level: 'silent' }),
    pages: (_request, response) => response.end('a page')
  });
  await market.start();
});

afterEach(async () => {
  await market.stop();
  for (const { server } of [indexer, broker, chain]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const rpc = (body: unknown) => fetch(`${market.url}/rpc`, { method: 'POST', body: JSON.stringify(body) });

/** Sends bytes as they are and gives all that comes back; `later` follows once the first half is under way. */
function rawRequest(text: string, later?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(market.url).port), '127.0.0.1', () => {
      socket.write(text);
      if (later !== undefined) setTimeout(() => socket.write(later), 100);
    });
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => (answer += part));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', reject);
  });
}

describe('one origin', () => {
  test('hands the paths of the index on as they are', async () => {
    await fetch(`${market.url}/v1/products?q=bus&free=true`);
    await fetch(`${market.url}/graphql`, { method: 'POST', body: '{"query":"{ status }"}' });
    expect(indexer.asked.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', '/v1/products?q=bus&free=true', ''],
      ['POST', '/graphql', '{"query":"{ status }"}']
    ]);
  });

  test('takes the prefix off the paths of the broker', async () => {
    await fetch(`${market.url}/broker/v1/activity?streams=0x1`);
    expect(broker.asked.map(({ url }) => url)).toEqual(['/v1/activity?streams=0x1']);
  });

  test('serves pages under every other path, also under one that only begins alike', async () => {
    expect(await (await fetch(`${market.url}/v1x`)).text()).toBe('a page');
    expect(await (await fetch(`${market.url}/brokers`)).text()).toBe('a page');
  });

  test('never lets a stored document act on this origin', async () => {
    const { headers } = await fetch(`${market.url}/ipfs/bafkqaaa`);
    expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  test('states anew where a request came from', async () => {
    await fetch(`${market.url}/v1/status`, { headers: { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-proto': 'https' } });
    expect(indexer.asked[0]?.headers['x-forwarded-for']).not.toContain('9.9.9.9');
    expect(indexer.asked[0]?.headers['x-forwarded-proto']).toBe('http');
  });

  test.each(['/v1/../metrics', '/v1/%2e%2e/metrics', '/ipfs/x/../../metrics', '/broker/../secret', '/v1\\..\\metrics'])(
    'decides by the path that the part would read: %s',
    async (path) => {
      expect(await rawRequest(`GET ${path} HTTP/1.1\r\nhost: market\r\nconnection: close\r\n\r\n`)).toContain('a page');
      expect([...indexer.asked, ...broker.asked]).toEqual([]);
    }
  );

  test('keeps a stored document from acting, whatever its path is written like', async () => {
    const text = await rawRequest('GET /v1/../ipfs/bafkqaaa HTTP/1.1\r\nhost: market\r\nconnection: close\r\n\r\n');
    expect(text).toContain("sandbox; default-src 'none'");
  });

  test('answers a client that would rather speak another protocol, body and all', async () => {
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';
    const page = await rawRequest(`GET / HTTP/1.1\r\nhost: market\r\n${offer}\r\n`);
    expect(page).toMatch(/^HTTP\/1\.1 200 OK[^]*a page$/);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'eth_chainId' });
    const head = `POST /rpc HTTP/1.1\r\nhost: market\r\n${offer}content-length: ${String(body.length)}\r\n\r\n`;
    expect(await rawRequest(head + body)).toContain('"result":"0x1"');
    expect(await rawRequest(head, body)).toContain('"result":"0x1"');
  });

  test('leaves room for others when one network keeps requests open', async () => {
    broker.server.removeAllListeners('request');
    const stop = new AbortController();
    const open = Array.from({ length: 256 }, () =>
      fetch(`${market.url}/broker/v1/activity`, { signal: stop.signal }).catch(() => undefined)
    );
    await expect.poll(async () => (await fetch(`${market.url}/v1/status`)).status, { timeout: 10_000 }).toBe(429);
    stop.abort();
    await Promise.all(open);
    await expect.poll(async () => (await fetch(`${market.url}/v1/status`)).status, { timeout: 10_000 }).toBe(200);
  });

  test('hands on events as they come, also to whoever takes packed answers, and ends with its reader', async () => {
    let left = false;
    let write: (text: string) => void = () => undefined;
    indexer.server.removeAllListeners('request');
    indexer.server.on('request', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      write = (text) => response.write(text);
      write('data: first\n\n');
      response.on('close', () => (left = true));
    });
    for (const [path, method] of [
      ['/v1/events', 'GET'],
      ['/graphql', 'POST']
    ] as const) {
      left = false;
      const reading = new AbortController();
      const { signal } = reading;
      const answer = await fetch(market.url + path, { method, headers: { 'accept-encoding': 'gzip, br' }, signal });
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      // what was written stands there while the answer is open
      expect((await reader?.read())?.value).toBe('data: first\n\n');
      write('data: second\n\n');
      expect((await reader?.read())?.value).toBe('data: second\n\n');
      reading.abort();
      await expect.poll(() => left, { timeout: 10_000 }).toBe(true);
    }
  });

  test('says in problem details that a part is away, and nothing of its insides', async () => {
    const response = await fetch(`${market.url}/subgraph`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const text = await response.text();
    expect(problemSchema.parse(JSON.parse(text)).detail).toContain('The subgraph does not answer');
    expect(text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|at /);
  });
});

describe('WebSocket of the broker', () => {
  test('passes messages both ways', async () => {
    const server = new WebSocketServer({ server: broker.server, path: '/v1/ws' });
    server.on('connection', (socket) => {
      socket.on('message', (data) => {
        socket.send(`heard ${(data as Buffer).toString()}`);
      });
    });
    const socket = new WebSocket(`${market.url.replace('http', 'ws')}/broker/v1/ws`);
    const heard = await new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => {
        socket.send('hello');
      });
      socket.on('message', (data) => {
        resolve((data as Buffer).toString());
      });
    });
    expect(heard).toBe('heard hello');
    socket.terminate();
    for (const client of server.clients) client.terminate();
    server.close();
  });

  test('keeps nothing open at the broker for clients that vanish while it is agreeing', async () => {
    const sockets = new Set<unknown>();
    broker.server.on('upgrade', (_request, socket) => {
      sockets.add(socket.resume());
      socket.on('error', () => socket.destroy());
      // A server of Node may leave its half open.
      socket.on('end', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
      setTimeout(() => {
        if (!socket.writable) return;
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
      }, 100);
    });
    let seen = 0;
    broker.server.on('upgrade', () => (seen += 1));
    const { port } = new URL(market.url);
    for (let turn = 0; turn < 20; turn += 1) {
      const client = connect(Number(port), '127.0.0.1', () => {
        client.write(
          'GET /broker/v1/ws HTTP/1.1\r\nhost: market\r\nupgrade: websocket\r\nconnection: upgrade\r\n' +
            'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n'
        );
        setTimeout(() => client.resetAndDestroy(), 50);
      });
      client.on('error', () => undefined);
    }
    await expect.poll(() => seen).toBe(20);
    await expect.poll(() => sockets.size, { timeout: 5_000 }).toBe(0);
  });

  test.each(['/v1/ws', '/broker/v1/other', '/'])('is nowhere else: %s', async (path) => {
    const socket = new WebSocket(`${market.url.replace('http', 'ws')}${path}`);
    const failure = await new Promise<Error>((resolve) => socket.on('error', resolve));
    expect(failure.message).toContain('404');
  });

  test('is refused with 503 while the broker is away', async () => {
    broker.server.closeAllConnections();
    await new Promise((resolve) => broker.server.close(resolve));
    const socket = new WebSocket(`${market.url.replace('http', 'ws')}/broker/v1/ws`);
    const failure = await new Promise<Error>((resolve) => socket.on('error', resolve));
    expect(failure.message).toContain('503');
    await new Promise<void>((resolve) => broker.server.listen(0, '127.0.0.1', resolve));
  });
});

describe('/rpc', () => {
  test('hands a harmless call on', async () => {
    const answer: unknown = await (await rpc({ jsonrpc: '2.0', id: 7, method: 'eth_blockNumber' })).json();
    expect(answer).toEqual({ jsonrpc: '2.0', id: 7, result: '0x1' });
  });

  test.each([
    'anvil_setBalance',
    'evm_increaseTime',
    'eth_sendTransaction',
    'eth_accounts',
    'eth_sign',
    'debug_traceCall'
  ])('keeps %s from the node', async (method) => {
    const answer: unknown = await (await rpc({ jsonrpc: '2.0', id: 1, method, params: [] })).json();
    expect(answer).toMatchObject({ id: 1, error: { code: -32601 } });
    expect(chain.asked).toEqual([]);
  });

  test('sorts a batch: what is allowed is answered, the rest refused', async () => {
    const answer = (await (
      await rpc([
        { jsonrpc: '2.0', id: 1, method: 'eth_chainId' },
        { jsonrpc: '2.0', id: 2, method: 'anvil_mine' },
        { nonsense: true }
      ])
    ).json()) as unknown[];
    expect(answer).toHaveLength(3);
    expect(answer).toContainEqual({ jsonrpc: '2.0', id: 1, result: '0x1' });
    expect(answer).toContainEqual(
      expect.objectContaining({ id: 2, error: expect.objectContaining({ code: -32601 }) as unknown })
    );
    expect(chain.asked.map(({ body }) => body).join()).not.toContain('anvil');
  });

  test('bounds batches and bodies', async () => {
    const batch = Array.from({ length: 51 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'eth_chainId' }));
    expect(await (await rpc(batch)).json()).toMatchObject({ error: { code: -32600 } });
    expect(await (await rpc([])).json()).toMatchObject({ error: { code: -32600 } });
    const large = await rpc({ jsonrpc: '2.0', id: 1, method: 'eth_call', params: ['x'.repeat(300_000)] });
    expect(large.status).toBe(413);
    expect(chain.asked).toEqual([]);
  });

  test('bounds a body that does not say how long it is', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const upload = httpRequest(`${market.url}/rpc`, { method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      upload.on('error', reject);
      for (let part = 0; part < 5; part += 1) upload.write('x'.repeat(64 * 1024));
    });
    expect(status).toBe(413);
  });

  test('lets nobody keep the node busy with one call', async () => {
    await rpc({ jsonrpc: '2.0', id: 1, method: 'eth_call', params: [{ data: '0x5b600056', gas: '0xffffffffffff' }] });
    await rpc([{ jsonrpc: '2.0', id: 1, method: 'eth_estimateGas', params: [{ gas: 1e15 }] }]);
    expect(chain.asked.map(({ body }) => body)).toEqual([
      expect.stringContaining('"gas":"0x2faf080"'),
      expect.stringContaining('"gas":"0x2faf080"')
    ]);
  });

  test('makes one who asks without end wait', async () => {
    const batch = Array.from({ length: 50 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'eth_sign' }));
    const answers = await Promise.all(Array.from({ length: 60 }, () => rpc(batch)));
    const refused = answers.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(40);
  });

  test('does not blame the chain for what the caller sent', async () => {
    const nested = `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
    const deep = await fetch(`${market.url}/rpc`, { method: 'POST', body: nested });
    expect(await deep.json()).toMatchObject({ error: { code: -32600 } });
    expect(await (await rpc({ jsonrpc: '2.0', method: 'eth_chainId' })).json()).toMatchObject({
      error: { code: -32600 }
    });
  });

  test('answers rubbish and other methods', async () => {
    const rubbish = await fetch(`${market.url}/rpc`, { method: 'POST', body: '{' });
    expect(await rubbish.json()).toMatchObject({ error: { code: -32700 } });
    const get = await fetch(`${market.url}/rpc`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });
});

test('stops although a WebSocket and a kept connection are open', async () => {
  const server = new WebSocketServer({ server: broker.server, path: '/v1/ws' });
  const socket = new WebSocket(`${market.url.replace('http', 'ws')}/broker/v1/ws`);
  await new Promise((resolve) => socket.on('open', resolve));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  await fetch(`${market.url}/v1/status`);
  await market.stop();
  await closed;
  server.close();
  await market.start();
});
