import { mkdtempSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseConfiguration } from '#sdk/protocol/configuration';
import {
  accountFactPageSchema,
  accountKarmaSchema,
  accountSchema,
  attestationPageSchema,
  cohortPageSchema,
  contentSchema,
  deliveryReportPageSchema,
  depositPageSchema,
  indexStatusSchema,
  karmaPageSchema,
  licensePageSchema,
  productPageSchema,
  sellerRevenueSchema,
  sellerSchema,
  streamPageSchema,
  suggestionListSchema,
  wishPageSchema,
  wishStakePageSchema
} from '#sdk/protocol/discovery';
import { problemMediaType, problemSchema } from '#sdk/protocol/problem';
import { createDatabase } from '../../test/database.ts';
import { openDatabase } from '../database.ts';
import { createIndexer, type Indexer } from '../indexer.ts';
import { appendMessages, takeBackMessages } from '../outbox/append.ts';
import { liveLimits } from './live-messages.ts';
import { usualLimits } from './services.ts';

const directory = mkdtempSync(join(tmpdir(), 'tributary-api-'));
const zero = `0x${'0'.repeat(40)}` as const;
let indexer: Indexer;
let database: { url: string; drop(): Promise<void> };

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'));
  indexer = createIndexer({
    configuration: parseConfiguration({
      DATABASE_URL: database.url,
      DATA_DIRECTORY: directory,
      // nothing listens there: the interface must stand without a chain
      CHAIN_URL: 'http://127.0.0.1:9'
    }),
    deployment: {
      chainId: 31_337,
      genesisHash: `0x${'1'.repeat(64)}`,
      startBlock: 0,
      feeBasisPoints: 0,
      karmaHalfLife: 3_600,
      contracts: {
        DATAcoin: zero,
        StreamRegistry: zero,
        DataLicense: zero,
        DeliveryEscrow: zero,
        Karma: zero,
        Wishlist: zero,
        AttestationResolver: null,
        AttestationService: null,
        CounterfactualPurchaseFactory: null,
        DeliveryOracle: null
      },
      schemas: { domain: null, organisation: null, ensName: null, knownBuyer: null }
    },
    logger: pino({ level: 'silent' }),
    port: 0,
    limits: { ...usualLimits, write: { name: 'write', burst: 10, perSecond: 0.01 } }
  });
  await indexer.start();
});

afterAll(async () => {
  await indexer.stop();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

const ask = (path: string, init?: RequestInit) => fetch(indexer.url + path, init);
const store = (body: BodyInit, address = '192.0.2.1') =>
  ask('/v1/content', { method: 'POST', body, headers: { 'x-forwarded-for': address } });

async function expectProblem(response: Response, status: number, type: string): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe(problemMediaType);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(problemSchema.parse(await response.json())).toMatchObject({ status, type: `/problems/${type}` });
}

describe('the REST interface', () => {
  it('answers in the shapes that were promised, without a chain', async () => {
    productPageSchema.parse(await (await ask('/v1/products')).json());
    const narrowed =
      'q=wind&category=weather&free=true&price=free&settlement=by-second&verified=true&live=true&rate=minute&region=ch' +
      '&language=de&near=8.5,47.2&within=20&bbox=5.9,45.8,10.5,47.8&minPrice=0&maxPrice=10&sort=busiest';
    productPageSchema.parse(await (await ask(`/v1/products?${narrowed}`)).json());
    suggestionListSchema.parse(await (await ask('/v1/products/suggestions?q=win')).json());
    streamPageSchema.parse(await (await ask('/v1/streams')).json());
    licensePageSchema.parse(await (await ask('/v1/licenses')).json());
    depositPageSchema.parse(await (await ask('/v1/deposits?open=true')).json());
    cohortPageSchema.parse(await (await ask('/v1/cohorts?final=false')).json());
    deliveryReportPageSchema.parse(await (await ask('/v1/delivery-reports')).json());
    karmaPageSchema.parse(await (await ask('/v1/karma?role=buyer&at=1800000000')).json());
    karmaPageSchema.parse(await (await ask('/v1/karma?field=weather&period=week&course=24')).json());
    accountSchema.parse(await (await ask(`/v1/accounts/${zero}`)).json());
    accountFactPageSchema.parse(await (await ask(`/v1/accounts/${zero}/history`)).json());
    accountKarmaSchema.parse(await (await ask(`/v1/accounts/${zero}/karma`)).json());
    attestationPageSchema.parse(await (await ask('/v1/attestations?valid=true')).json());
    wishPageSchema.parse(await (await ask('/v1/wishes?open=true')).json());
    wishStakePageSchema.parse(await (await ask('/v1/wish-stakes?wish=1')).json());
    expect(sellerSchema.parse(await (await ask(`/v1/sellers/${zero}`)).json())).toMatchObject({ karma: '0', flags: 0 });
    const revenue = sellerRevenueSchema.parse(await (await ask(`/v1/sellers/${zero}/revenue?period=week`)).json());
    expect(revenue.buckets).toHaveLength(30);
    expect(indexStatusSchema.parse(await (await ask('/v1/status')).json())).toMatchObject({ ready: false, head: null });
  });

  it('is healthy without a chain, and not ready', async () => {
    expect((await ask('/health')).status).toBe(200);
    await expectProblem(await ask('/ready'), 503, 'not-ready');
  });

  it.each([
    ['/v1/products?limit=0', 422, 'request-invalid'],
    ['/v1/products?category=nonsense', 422, 'request-invalid'],
    ['/v1/products?cursor=x', 422, 'cursor-invalid'],
    ['/v1/products?price=dear', 422, 'request-invalid'],
    ['/v1/karma?field=nonsense', 422, 'request-invalid'],
    [`/v1/accounts/${zero}?block=soon`, 422, 'request-invalid'],
    [`/v1/accounts/${zero}?block=7`, 404, 'block-unknown'],
    [`/v1/accounts/${zero}/history?cursor=x`, 422, 'cursor-invalid'],
    ['/v1/products?near=8', 422, 'request-invalid'],
    ['/v1/products?near=8,91', 422, 'request-invalid'],
    ['/v1/products?bbox=0,10,10,0', 422, 'request-invalid'],
    ['/v1/products?region=europe', 422, 'request-invalid'],
    ['/v1/products/suggestions', 422, 'request-invalid'],
    [`/v1/products/0x${'9'.repeat(64)}/similar`, 404, 'not-found'],
    [`/v1/streams/0x${'9'.repeat(40)}/liveness`, 404, 'not-found'],
    ['/v1/products/0x12', 422, 'request-invalid'],
    [`/v1/products/0x${'9'.repeat(64)}`, 404, 'not-found'],
    [`/v1/streams/0x${'9'.repeat(40)}`, 404, 'not-found'],
    [`/v1/streams/0x${'9'.repeat(40)}/recipients`, 404, 'not-found'],
    ['/v1/wishes/7', 404, 'not-found'],
    ['/v1/wishes/seven', 422, 'request-invalid'],
    ['/v1/karma?role=emperor', 422, 'request-invalid'],
    ['/v1/karma?at=soon', 422, 'request-invalid'],
    ['/v1/karma?cursor=x', 422, 'cursor-invalid'],
    ['/v1/sellers/0x12', 422, 'request-invalid'],
    [`/v1/sellers/${zero}/revenue?period=hour`, 422, 'request-invalid'],
    [`/v1/sellers/${zero}/revenue?from=2&to=1`, 422, 'revenue-span-invalid'],
    [`/v1/sellers/${zero}/revenue?from=0`, 422, 'revenue-span-invalid'],
    ['/v1/nothing', 404, 'not-found'],
    ['/ipfs/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku', 404, 'content-not-found'],
    ['/ipfs/nonsense', 404, 'content-not-found'],
    ['/ipfs/..%2f..%2fetc%2fpasswd', 404, 'content-not-found']
  ])('refuses %s with %i', async (path, status, type) => {
    await expectProblem(await ask(path), status, type);
  });

  it('names the fields that are wrong', async () => {
    const problem = problemSchema.parse(await (await ask('/v1/products?limit=0&free=maybe')).json());
    expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/free', '/limit']);
  });

  it('tells a wrong method from a wrong path', async () => {
    const response = await ask('/v1/products', { method: 'DELETE' });
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    await expectProblem(response, 405, 'method-not-allowed');
  });

  it('answers 304 to who has the same already', async () => {
    const first = await ask('/v1/products');
    const tag = first.headers.get('etag') ?? '';
    const second = await ask('/v1/products', { headers: { 'if-none-match': tag } });
    expect(second.status).toBe(304);
    expect(first.headers.get('cache-control')).toBe('public, no-cache');
  });

  it('describes itself in OpenAPI 3.1, and to people without anybody else', async () => {
    const openapi = (await (await ask('/v1/openapi.json')).json()) as { openapi: string; paths: object };
    expect(openapi.openapi).toBe('3.1.0');
    expect(Object.keys(openapi.paths).sort()).toEqual([
      '/v1/accounts/{account}',
      '/v1/accounts/{account}/history',
      '/v1/accounts/{account}/karma',
      '/v1/attestations',
      '/v1/cohorts',
      '/v1/content',
      '/v1/delivery-reports',
      '/v1/deposits',
      '/v1/events',
      '/v1/identity/{account}',
      '/v1/identity/{account}/domain',
      '/v1/identity/{account}/ens',
      '/v1/karma',
      '/v1/licenses',
      '/v1/notices/session',
      '/v1/offers',
      '/v1/products',
      '/v1/products/listings',
      '/v1/products/suggestions',
      '/v1/products/{productId}',
      '/v1/products/{productId}/access',
      '/v1/products/{productId}/similar',
      '/v1/purchases',
      '/v1/purchases/prepare',
      '/v1/searches',
      '/v1/searches/events',
      '/v1/searches/{search}',
      '/v1/searches/{search}/matches',
      '/v1/sellers/{seller}',
      '/v1/sellers/{seller}/revenue',
      '/v1/status',
      '/v1/streams',
      '/v1/streams/{stream}',
      '/v1/streams/{stream}/liveness',
      '/v1/streams/{stream}/recipients',
      '/v1/webhooks',
      '/v1/webhooks/{webhook}',
      '/v1/webhooks/{webhook}/deliveries',
      '/v1/webhooks/{webhook}/deliveries/{delivery}',
      '/v1/webhooks/{webhook}/deliveries/{delivery}/replay',
      '/v1/webhooks/{webhook}/test',
      '/v1/wish-stakes',
      '/v1/wishes',
      '/v1/wishes/{wish}'
    ]);
    const page = await ask('/v1/reference');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain('/v1/products/{productId}');
    expect(html).not.toMatch(/<script|https?:\/\/(?!json-schema|www\.w3\.org\/ns\/odrl)/);
  });

  it('shows numbers for Prometheus', async () => {
    const metrics = await (await ask('/metrics')).text();
    expect(metrics).toContain('indexer_advancing 0');
    expect(metrics).toMatch(/indexer_http_requests_total\{method="GET",route="\/v1\/products",status="200"\} \d+/);
  });
});

describe('stored content', () => {
  const cid = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e';

  it('is served for ever under its CID, and cannot run anything', async () => {
    const stored = await store('hello world');
    expect(stored.status).toBe(201);
    expect(stored.headers.get('location')).toBe(`/ipfs/${cid}`);
    expect(contentSchema.parse(await stored.json())).toMatchObject({ cid, size: 11 });
    const served = await ask(`/ipfs/${cid}`);
    expect(await served.text()).toBe('hello world');
    expect(Object.fromEntries(served.headers)).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-type': 'text/plain; charset=utf-8',
      etag: `"${cid}"`,
      'x-content-type-options': 'nosniff'
    });
    expect((await ask(`/ipfs/${cid}`, { headers: { 'if-none-match': `"${cid}"` } })).status).toBe(304);
    const head = await ask(`/ipfs/${cid}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '11', '']);
  });

  it('says 412 to who wants only what is here already', async () => {
    const absent = '/ipfs/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
    const response = await ask(absent, { method: 'HEAD', headers: { 'cache-control': 'only-if-cached' } });
    expect(response.status).toBe(412);
  });

  it('may be 128 KiB, and 8 MiB as a picture', async () => {
    expect((await store(new Uint8Array(131_072), '192.0.2.2')).status).toBe(201);
    await expectProblem(await store(new Uint8Array(131_073), '192.0.2.2'), 413, 'content-too-large');
    const picture = new Uint8Array(3_000_000);
    picture.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const stored = contentSchema.parse(await (await store(picture, '192.0.2.2')).json());
    expect(stored.cid).toMatch(/^bafybei/);
    const served = await ask(`/ipfs/${stored.cid}`);
    expect(served.headers.get('content-type')).toBe('image/png');
    expect((await served.arrayBuffer()).byteLength).toBe(3_000_000);
    const huge = new Uint8Array(8 * 1024 * 1024 + 1);
    huge.set(picture.subarray(0, 8));
    await expectProblem(await store(huge, '192.0.2.2'), 413, 'content-too-large');
  });

  it('is refused when a body without a length never ends', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(`${indexer.url}/v1/content`, {
        method: 'POST',
        headers: { 'transfer-encoding': 'chunked', 'x-forwarded-for': '192.0.2.3' }
      });
      request.on('response', (response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      request.on('error', reject);
      const part = Buffer.alloc(64 * 1024, 'a');
      const write = () => {
        if (!request.destroyed) request.write(part, () => setImmediate(write));
      };
      write();
    });
    expect(status).toBe(413);
  });

  it('may not be empty', async () => {
    await expectProblem(await store('', '192.0.2.4'), 422, 'content-empty');
  });

  it('is taken from one address only so often, and from others still', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) await store('again', '198.51.100.7');
    const refused = await store('again', '198.51.100.7');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit')).toMatch(/^"write";r=0;t=\d+$/);
    await expectProblem(refused, 429, 'rate-limited');
    expect((await store('again', '198.51.100.8')).status).toBe(201);
  });
});

describe('GraphQL', () => {
  const query = async (text: string, variables?: object) => {
    const response = await ask('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, variables })
    });
    return {
      status: response.status,
      ...((await response.json()) as { data?: unknown; errors?: { message: string; extensions: { code: string } }[] })
    };
  };

  it('answers', async () => {
    expect(await query('{ status { ready indexed { number } } streams { totalCount nodes { id } } }')).toEqual({
      status: 200,
      data: { status: { ready: false, indexed: null }, streams: { totalCount: 0, nodes: [] } }
    });
  });

  it('lets tools ask for its schema', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    expect((await query(getIntrospectionQuery())).errors).toBeUndefined();
  });

  const nested = (depth: number): string => (depth === 0 ? 'id' : `currentOffer { product { ${nested(depth - 1)} } }`);
  it.each([
    ['too deep', `{ product(id: "0x") { ${nested(6)} } }`],
    [
      'too wide',
      `{ ${Array.from({ length: 21 }, (_, index) => `a${String(index)}: streams { totalCount }`).join(' ')} }`
    ],
    [
      'too large',
      '{ a: licenses(first: 1000) { nodes { offer { product { currentOffer { product { id } } } } } } b: licenses(first: 1000) { nodes { offer { product { currentOffer { product { id } } } } } } c: licenses(first: 1000) { nodes { offer { product { currentOffer { product { id } } } } } } d: licenses(first: 1000) { nodes { offer { product { currentOffer { product { id } } } } } } }'
    ],
    ['too large by what a variable is by default', 'query ($m: Int = 1000000) { streams(first: $m) { nodes { id } } }'],
    ['too deep to be parsed: fields', '{a'.repeat(500)],
    ['too long to be validated: one field very often', `{ streams { ${'totalCount '.repeat(850)} } }`],
    ['too long to be validated: fragments', `{ streams { ${'... { totalCount } '.repeat(100)} } }`],
    ['too deep to be parsed: lists', `{ streams(ids: ${'['.repeat(7_000)}${']'.repeat(7_000)}) { totalCount } }`],
    ['too large by a variable', 'query ($n: Int) { streams(first: $n) { nodes { id } } }'],
    [
      'a bomb of fragments',
      `{ streams { ...f0 } } ${Array.from({ length: 12 }, (_, index) => `fragment f${String(index)} on StreamConnection { ...f${String(index + 1)} a: totalCount ...f${String(index + 1)} }`).join(' ')} fragment f12 on StreamConnection { totalCount }`
    ]
  ])('refuses an operation that is %s', async (_, text) => {
    const { status, errors } = await query(text, { n: 1_000_000 });
    expect(status).toBe(422);
    expect(errors?.[0]?.extensions.code).toBe('operation-too-large');
  });

  it('takes brackets in strings and comments for text', async () => {
    const text = `{ streams(q: "${'[{('.repeat(100)} \\" {") { totalCount } } # ${'{'.repeat(200)}`;
    expect(await query(text)).toEqual({ status: 200, data: { streams: { totalCount: 0 } } });
  });

  it('finds nothing under ids that cannot be, without a fault of its own', async () => {
    expect(await query('{ stream(id: "\\u0000") { id } streams(ids: ["\\u0000"]) { totalCount } }')).toEqual({
      status: 200,
      data: { stream: null, streams: { totalCount: 0 } }
    });
    const cursor = Buffer.from(`${'9'.repeat(40)}~0xab`).toString('base64url');
    const { errors } = await query(`{ streams(after: "${cursor}") { totalCount } }`);
    expect(errors?.[0]?.extensions.code).toBe('cursor-invalid');
  });

  it('refuses wrong arguments in words', async () => {
    const { errors } = await query('{ streams(first: -1) { nodes { id } } }');
    expect(errors?.[0]?.extensions.code).toBe('request-invalid');
    expect((await query('{ streams(owner: "nonsense") { nodes { id } } }')).errors?.[0]?.message).toContain(
      'hexadecimal'
    );
    expect((await query('{ streams(after: "!") { nodes { id } } }')).errors?.[0]?.extensions.code).toBe(
      'cursor-invalid'
    );
  });

  it('refuses a body that is too large', async () => {
    const response = await ask('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ status { ready } } # ${'x'.repeat(300_000)}` })
    });
    expect(response.headers.get('connection')).toBe('close');
    await expectProblem(response, 413, 'content-too-large');
  });
});

describe('what comes by itself', () => {
  const owner = `0x${'a'.repeat(40)}` as const;
  const other = `0x${'b'.repeat(40)}` as const;
  /** Tells of a right of an account, in a block. */
  async function tell(account: `0x${string}`, block: number): Promise<void> {
    const open = openDatabase(database.url, () => undefined);
    await open.database.transaction((transaction) =>
      appendMessages(transaction, [
        {
          ...{ kind: 'permissionChanged', block, time: block },
          payload: { stream: zero, account, permission: 'READ', until: 7, grantor: zero }
        }
      ])
    );
    await open.close();
  }
  /** Opens a stream over a connection of its own, and reads of it until it holds a text. */
  async function listen(
    path: string,
    { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {}
  ) {
    const request = httpRequest(indexer.url + path, {
      ...{ method: body === undefined ? 'GET' : 'POST', headers, agent: false }
    });
    request.end(body);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).once('error', reject);
    });
    response.setEncoding('utf8');
    const parts = response.iterator({ destroyOnReturn: false }) as AsyncIterator<string>;
    let text = '';
    return {
      status: response.statusCode,
      type: response.headers['content-type'],
      async until(wanted: string): Promise<string> {
        while (!text.includes(wanted)) {
          const part = await parts.next();
          if (part.done === true) throw new RangeError(`${wanted} did not come, only ${text}`);
          text += part.value;
        }
        return text;
      },
      leave() {
        request.destroy();
      }
    };
  }

  it('is told as it happens to whom it concerns, and taken back when its block is undone', async () => {
    const stream = await listen(`/v1/events?kinds=permissionChanged&subjects=${owner.toUpperCase().replace('X', 'x')}`);
    expect(stream.type).toContain('text/event-stream');
    await tell(other, 4);
    await tell(owner, 5);
    const text = await stream.until('"block":5');
    expect(text).toContain('event: permissionChanged');
    expect(text).not.toContain(other);
    const open = openDatabase(database.url, () => undefined);
    await open.database.transaction((transaction) => takeBackMessages(transaction, 4));
    await open.close();
    expect(await stream.until('event: retraction')).toContain('"undoes":null');
    expect(await stream.until(`"undoes":${/id: (\d+)/.exec(text)?.[1] ?? ''}`)).toContain('event: retraction');
    stream.leave();
  });

  it('goes on where a client was', async () => {
    const before = await listen('/v1/events?kinds=permissionChanged');
    await tell(owner, 6);
    const id = /id: (\d+)/.exec(await before.until('"block":6'))?.[1] ?? '';
    before.leave();
    await tell(owner, 7);
    const after = await listen('/v1/events?kinds=permissionChanged', { headers: { 'last-event-id': id } });
    const text = await after.until('"block":7');
    expect(text).not.toContain('"block":6');
    after.leave();
  });

  it('comes over GraphQL as well', async () => {
    const stream = await listen('/graphql', {
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        query: `subscription { messages(kinds: [permissionChanged], subjects: ["${owner}"]) { kind block payload } }`
      })
    });
    expect(stream.type).toContain('text/event-stream');
    // the subscription begins while its answer does
    const told = setInterval(() => void tell(owner, 8), 200);
    expect(await stream.until('"block":"8"')).toContain('event: next');
    clearInterval(told);
    stream.leave();
  });

  it('is told to so many of one address, and to the next when one has gone', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.77' };
    const streams = await Promise.all(
      Array.from({ length: liveLimits.perClient }, () => listen('/v1/events', { headers }))
    );
    const refused = await listen('/v1/events', { headers });
    expect(refused.status).toBe(429);
    expect(await refused.until('live-messages-busy')).toContain('"retryAfter":10');
    refused.leave();
    streams[0]?.leave();
    await expect
      .poll(async () => {
        const next = await listen('/v1/events', { headers });
        // the whole of a refusal, or the first lines of a stream
        await next.until(next.status === 200 ? 'retry' : '}');
        next.leave();
        return next.status;
      })
      .toBe(200);
    for (const stream of streams) stream.leave();
  });

  it.each(['kinds=rumour', 'after=-1', `subjects=${'0x1,'.repeat(51)}`])('refuses %s', async (query) => {
    await expectProblem(await ask(`/v1/events?${query}`), 422, 'request-invalid');
  });
});

describe('persisted queries', () => {
  const text = '{ status { chainId } }';
  const hashOf = (query: string) => createHash('sha256').update(query).digest('hex');
  const send = async (body: object) => {
    const response = await ask('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body)
    });
    const answer = (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
    return { data: answer.data, code: answer.errors?.[0]?.extensions.code };
  };
  const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

  it('are asked for once, and known by their hash from then on', async () => {
    expect((await send(persisted(hashOf(text)))).code).toBe('PERSISTED_QUERY_NOT_FOUND');
    const answer = { status: { chainId: 31_337 } };
    expect((await send({ query: text, ...persisted(hashOf(text)) })).data).toEqual(answer);
    expect((await send(persisted(hashOf(text)))).data).toEqual(answer);
    const parameters = new URLSearchParams({ extensions: JSON.stringify(persisted(hashOf(text)).extensions) });
    expect(await (await ask(`/graphql?${String(parameters)}`)).json()).toEqual({ data: answer });
  });

  it('are kept under no other hash, and not where they are too large', async () => {
    const wrong = hashOf('{ another }');
    expect((await send({ query: text, ...persisted(wrong) })).code).toBe('PERSISTED_QUERY_HASH_MISMATCH');
    expect((await send(persisted(wrong))).code).toBe('PERSISTED_QUERY_NOT_FOUND');
    const large = `${text} # ${'x'.repeat(20_000)}`;
    expect((await send({ query: large, ...persisted(hashOf(large)) })).code).toBe('operation-too-large');
    expect((await send(persisted('nonsense'))).code).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
  });
});

describe('the playground', () => {
  it('is shown to browsers at /graphql, and runs nothing that is not of its origin', async () => {
    const page = await ask('/graphql', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    const scripts = [...(await page.text()).matchAll(/<script([^>]*)>([^<]*)/g)];
    expect(scripts.map(([, attributes = '', text = '']) => [attributes.trim(), text])).toEqual([
      ['src="/graphql/playground/graphiql.js"', ''],
      ['src="/graphql/playground/start.js"', '']
    ]);
    for (const name of ['graphiql.js', 'start.js', 'editor.worker.js', 'json.worker.js', 'graphql.worker.js']) {
      const file = await ask(`/graphql/playground/${name}`);
      expect([name, file.status, file.headers.get('content-type')]).toEqual([
        name,
        200,
        'text/javascript; charset=utf-8'
      ]);
      const tag = file.headers.get('etag') ?? '';
      expect((await file.text()).length).toBeGreaterThan(100);
      expect((await ask(`/graphql/playground/${name}`, { headers: { 'if-none-match': tag } })).status).toBe(304);
    }
    expect((await ask('/graphql/playground/package.json')).status).toBe(404);
  });

  it('leaves programs that ask a query their answer', async () => {
    const answer = await ask('/graphql?query={status{chainId}}', { headers: { accept: 'text/html,application/json' } });
    expect(await answer.json()).toEqual({ data: { status: { chainId: 31_337 } } });
  });
});
