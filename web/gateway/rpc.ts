import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { z } from 'zod';
import { BodyTooLargeError, MethodNotAllowedError, TooManyRequestsError, UpstreamAwayError } from './errors.ts';
import { boundExecution } from './execution-bounds.ts';
import { answerProblem } from './problem-response.ts';
import { createRateLimit, networkOf, type RateLimit } from './rate-limit.ts';

/** Reads, and transactions that their sender signed: nothing that steers the node or uses its keys. */
const allowed = new Set([
  'eth_blobBaseFee',
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_createAccessList',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getBlockReceipts',
  'eth_getBlockTransactionCountByHash',
  'eth_getBlockTransactionCountByNumber',
  'eth_getCode',
  'eth_getLogs',
  'eth_getProof',
  'eth_getStorageAt',
  'eth_getTransactionByBlockHashAndIndex',
  'eth_getTransactionByBlockNumberAndIndex',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'eth_sendRawTransaction',
  'eth_syncing',
  'net_listening',
  'net_version',
  'web3_clientVersion'
]);

/** Bytes of a request, and requests in a batch. */
export const rpcLimits = { body: 256 * 1024, batch: 50, answerWithin: 30_000 } as const;

/** Calls per network address: many open pages and a busy seller together stay far below. */
export const rpcRate: RateLimit = { burst: 2_000, perSecond: 200 };

const callSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.number(), z.string().max(200), z.null()]).optional(),
  method: z.string().max(100),
  // Positional, as all of Ethereum's are.
  params: z.array(z.unknown()).optional()
});
type Call = z.infer<typeof callSchema>;

const failure = (id: Call['id'], code: number, message: string) => ({
  jsonrpc: '2.0',
  id: id ?? null,
  error: { code, message }
});

async function readBody(request: IncomingMessage): Promise<string> {
  const tooLarge = () =>
    new BodyTooLargeError(`Send at most ${String(rpcLimits.body)} bytes per request; split larger batches.`);
  if (Number(request.headers['content-length'] ?? 0) > rpcLimits.body) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > rpcLimits.body) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): { calls: unknown[]; batch: boolean } | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? { calls: value, batch: true } : { calls: [value], batch: false };
  } catch {
    return null;
  }
}

/**
 * The chain's JSON-RPC for everybody: POST of one call or a batch. Calls that are not on the list are answered with
 * error -32601 and never reach the node.
 *
 * @param chainUrl JSON-RPC of the chain; for a WebSocket address its HTTP sibling on the same host is asked.
 */
export function createRpcGateway(chainUrl: string, logger: Logger, rate: RateLimit = rpcRate) {
  const target = chainUrl.replace(/^ws/, 'http');
  const take = createRateLimit(rate);

  async function ask(body: string): Promise<unknown> {
    const answer = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(rpcLimits.answerWithin)
    });
    return answer.json();
  }

  function sort(call: unknown): { forward: Call } | { refuse: object } {
    const parsed = callSchema.safeParse(call);
    if (!parsed.success) return { refuse: failure(null, -32600, 'This is no JSON-RPC 2.0 request.') };
    if (!allowed.has(parsed.data.method)) {
      const reason = `${parsed.data.method} is not offered here: reads and eth_sendRawTransaction are.`;
      return { refuse: failure(parsed.data.id, -32601, reason) };
    }
    const { method, params } = parsed.data;
    // A call without an id asks for no answer: to one that only reads, that is a mistake better pointed out.
    if (parsed.data.id === undefined) return { refuse: failure(null, -32600, 'Give every request an id.') };
    return {
      forward: params === undefined ? parsed.data : { ...parsed.data, params: [...boundExecution(method, params)] }
    };
  }

  /** The calls as JSON; null where they are nested too deeply to be written. */
  function written(calls: unknown): string | null {
    try {
      return JSON.stringify(calls);
    } catch {
      return null;
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Public data, no cookies: programs on any origin may ask.
    response.setHeader('access-control-allow-origin', '*');
    if (request.method === 'OPTIONS') {
      response.writeHead(204, {
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': '86400'
      });
      response.end();
      return;
    }
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST, OPTIONS');
      answerProblem(response, new MethodNotAllowedError('Send JSON-RPC requests by POST.'));
      return;
    }
    let text: string;
    try {
      text = await readBody(request);
    } catch (error) {
      if (!(error instanceof BodyTooLargeError)) {
        // The caller went away in the middle of its request.
        response.destroy();
        return;
      }
      response.setHeader('connection', 'close');
      answerProblem(response, error);
      return;
    }
    const send = (value: unknown) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
    const parsed = parseBody(text);
    if (parsed === null) {
      send(failure(null, -32700, 'The body is no JSON.'));
      return;
    }
    if (parsed.calls.length === 0 || parsed.calls.length > rpcLimits.batch) {
      send(failure(null, -32600, `A batch holds 1 to ${String(rpcLimits.batch)} requests.`));
      return;
    }
    const wait = take(networkOf(request), parsed.calls.length);
    if (wait > 0) {
      answerProblem(response, new TooManyRequestsError(`Wait ${String(wait)} s, and then ask less often.`), wait);
      return;
    }
    const sorted = parsed.calls.map(sort);
    const forwarded = sorted.flatMap((entry) => ('forward' in entry ? [entry.forward] : []));
    const refusals = sorted.flatMap((entry) => ('refuse' in entry ? [entry.refuse] : []));
    const body = written(parsed.batch ? forwarded : forwarded[0]);
    if (body === null) {
      send(failure(null, -32600, 'The parameters are nested too deeply.'));
      return;
    }
    try {
      if (!parsed.batch) {
        send(forwarded.length === 0 ? refusals[0] : await ask(body));
        return;
      }
      const answers = forwarded.length === 0 ? [] : await ask(body);
      send([...(Array.isArray(answers) ? (answers as unknown[]) : [answers]), ...refusals]);
    } catch (error) {
      logger.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'the chain does not answer');
      answerProblem(response, new UpstreamAwayError('The chain does not answer. Try again in a moment.'), 2);
    }
  };
}
