import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { importBytes } from 'ipfs-unixfs-importer';

/** An IPFS node as far as deploying to graph-node takes one: it adds files as Kubo's API does, and hands them out. */
export interface IpfsServer {
  readonly url: string;
  /** What was added, by content id. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  stop(): Promise<void>;
}

/** The CID that `ipfs add` gives to a file. */
async function contentIdOf(bytes: Uint8Array): Promise<string> {
  // only the root's CID is wanted
  const nowhere: Parameters<typeof importBytes>[1] = { put: (cid) => cid };
  const { cid } = await importBytes(bytes, nowhere, {
    ...{ profile: 'unixfs-v0-2015', cidVersion: 0, rawLeaves: false, wrapWithDirectory: false }
  });
  return cid.toString();
}

/**
 * Starts one on a free port of this machine.
 *
 * @param folder Where what is added is put as well, as `<cid>` and `ipfs/<cid>`: a graph-node in its development mode
 * reads subgraphs from its folder, whatever IPFS server it is told of.
 */
export async function startIpfsServer(folder: string): Promise<IpfsServer> {
  mkdirSync(join(folder, 'ipfs'), { recursive: true });
  const files = new Map<string, Uint8Array>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://ipfs');
    if (request.method === 'POST' && pathname === '/api/v0/add') {
      const body = Readable.toWeb(request) as ReadableStream<Uint8Array>;
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      const form = await new Response(body, { headers }).formData();
      const added: string[] = [];
      for (const [, part] of form) {
        if (typeof part === 'string') continue;
        const bytes = new Uint8Array(await part.arrayBuffer());
        const cid = await contentIdOf(bytes);
        files.set(cid, bytes);
        for (const path of [cid, join('ipfs', cid)]) writeFileSync(join(folder, path), bytes);
        added.push(JSON.stringify({ Name: part.name, Hash: cid, Size: String(bytes.length) }));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end(`${added.join('\n')}\n`);
      return;
    }
    if (pathname === '/api/v0/version') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ Version: '0.36.0' }));
      return;
    }
    const cid = /^\/ipfs\/(\w+)$/.exec(pathname)?.[1] ?? searchParams.get('arg')?.replace(/^\/ipfs\//, '') ?? '';
    const bytes = files.get(cid);
    if (pathname === '/api/v0/pin/add') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ Pins: [cid] }));
    } else if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': bytes.length }).end(request.method === 'HEAD' ? undefined : bytes);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    files,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      })
  };
}
