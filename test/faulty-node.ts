import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** What a node does with what it is asked. */
export type NodeFault =
  | 'none'
  /** No connection lives. */
  | 'gone'
  /** Requests are taken and never answered. */
  | 'stalls'
  | 'rubbish'
  /** HTTP 429 with Retry-After. */
  | 'limits'
  /** Ranges of more than ten blocks are refused. */
  | 'small ranges'
  /** Ranges bring no logs, though the blocks have some. */
  | 'leaves out logs'
  /** Logs say that they are of another block. */
  | 'strange logs'
  /** Every block has another hash than on the chain. */
  | 'lies'
  /** It knows no block after the one that it was at when the fault began. */
  | 'lags';

export interface FaultyNode {
  /** http://127.0.0.1:<port> */
  readonly url: string;
  behave(fault: NodeFault): Promise<void>;
  stop(): void;
}

const requestSchema = z.object({ id: z.number(), method: z.string(), params: z.array(z.unknown()).default([]) });
type Request = z.output<typeof requestSchema>;
interface Block {
  readonly number: string;
  readonly hash: string;
}
interface Log {
  readonly blockHash: string;
}

/** A node before a chain that can be made to fail in every way that nodes do. @param chainUrl JSON-RPC over HTTP. */
export async function startFaultyNode(chainUrl: () => string): Promise<FaultyNode> {
  let fault: NodeFault = 'none';
  let lastKnown = 0;

  async function forward(request: Request): Promise<{ id: number; result?: unknown; error?: unknown }> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ jsonrpc: '2.0', ...request });
    const response = await fetch(chainUrl(), { method: 'POST', headers, body });
    return (await response.json()) as { id: number; result?: unknown };
  }

  async function answer(request: Request): Promise<object> {
    const { id, method, params } = request;
    const asked = params[0];
    const { fromBlock, toBlock } = z
      .object({ fromBlock: z.string().optional(), toBlock: z.string().optional() })
      .catch({})
      .parse(asked);
    if (fault === 'small ranges' && Number(toBlock ?? 0) - Number(fromBlock ?? 0) >= 10) {
      return { jsonrpc: '2.0', id, error: { code: -32_005, message: 'range too large' } };
    }
    if (fault === 'lags' && method === 'eth_getBlockByNumber') {
      if (asked === 'latest') return forward({ ...request, params: [`0x${lastKnown.toString(16)}`, false] });
      if (Number(asked) > lastKnown) return { jsonrpc: '2.0', id, result: null };
    }
    const right = await forward(request);
    if (method === 'eth_getLogs' && fromBlock !== undefined) {
      if (fault === 'leaves out logs') return { ...right, result: [] };
      const logs = right.result as Log[] | undefined;
      if (fault === 'strange logs' && Array.isArray(logs)) {
        return { ...right, result: logs.map((log) => ({ ...log, blockHash: falsified(log.blockHash) })) };
      }
    }
    const block = right.result as Block | null;
    if (fault === 'lies' && method === 'eth_getBlockByNumber' && block !== null && Number(block.number) > 0) {
      return { ...right, result: { ...block, hash: falsified(block.hash) } };
    }
    return right;
  }

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      if (fault === 'gone') response.destroy();
      if (fault === 'gone' || fault === 'stalls') return;
      if (fault === 'limits') {
        response.writeHead(429, { 'retry-after': '1' }).end('too many requests');
        return;
      }
      if (fault === 'rubbish') {
        response.end('<html>Bad gateway</html>');
        return;
      }
      const asked: unknown = JSON.parse(Buffer.concat(parts).toString());
      const answers = Array.isArray(asked)
        ? Promise.all(z.array(requestSchema).parse(asked).map(answer))
        : answer(requestSchema.parse(asked));
      answers.then(
        (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
        () => response.destroy()
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async behave(to) {
      if (to === 'lags') {
        lastKnown = Number((await forward({ id: 1, method: 'eth_blockNumber', params: [] })).result);
      }
      fault = to;
      if (to === 'gone') server.closeAllConnections();
    },
    stop() {
      server.closeAllConnections();
      server.close();
    }
  };
}

const falsified = (hash: string) => `${hash.slice(0, -8)}${hash.endsWith('00000000') ? '11111111' : '00000000'}`;
