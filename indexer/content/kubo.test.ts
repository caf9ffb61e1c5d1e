import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContentCorruptError, ContentStoreUnavailableError, type ContentStore } from './content-store.ts';
import { kuboContent } from './kubo.ts';

const cid = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e';
const bytes = new TextEncoder().encode('hello world');

/** No package carries a Kubo node: this one only speaks its RPC, to see what is asked and how answers are taken. */
let server: Server;
let contents: ContentStore;
let asked: URL[] = [];
let stored = cid;
let given = 'hello world';

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://kubo');
    asked.push(url);
    request.resume();
    request.on('end', () => {
      response.end(
        url.pathname === '/api/v0/add' ? `${JSON.stringify({ Name: '-', Hash: stored, Size: '11' })}\n` : given
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  contents = kuboContent(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});

beforeEach(() => {
  asked = [];
  stored = cid;
  given = 'hello world';
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('kuboContent', () => {
  it('pins what is put, and asks for the CID that ipfs add --cid-version=1 gives', async () => {
    expect(await contents.put(bytes)).toBe(cid);
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toMatchObject({
      'cid-version': '1',
      'raw-leaves': 'true',
      pin: 'true',
      chunker: 'size-262144'
    });
  });

  it('does not accept another CID', async () => {
    stored = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
    await expect(contents.put(bytes)).rejects.toBeInstanceOf(ContentStoreUnavailableError);
  });

  it('gives what Kubo gives, checked and bounded', async () => {
    expect(Buffer.from((await contents.get(cid, 100)) ?? []).toString()).toBe('hello world');
    expect(await contents.get(cid, 5)).toBeNull();
    given = 'hello xorld';
    await expect(contents.get(cid, 100)).rejects.toBeInstanceOf(ContentCorruptError);
  });

  it('never hands on what is no CID', async () => {
    expect(await contents.get('../../etc/passwd', 100)).toBeNull();
    expect(asked).toEqual([]);
  });

  it('says so when Kubo is away', async () => {
    await expect(kuboContent('http://127.0.0.1:9').get(cid, 100)).rejects.toBeInstanceOf(ContentStoreUnavailableError);
  });
});
