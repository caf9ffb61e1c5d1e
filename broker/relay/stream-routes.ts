import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import {
  configureStreamRequestSchema,
  createStreamRequestSchema,
  deleteStreamQuerySchema,
  sendTransactionRequestSchema,
  streamListQuerySchema,
  type StreamDescription,
  type TransactionOutcome
} from '#sdk/protocol/stream';
import type { StreamCatalogue } from '../chain/stream-catalogue.ts';
import type { StreamTransactions } from '../chain/stream-transactions.ts';
import { permissions, type Permission } from '../chain/streams.ts';
import { parseRequest, RequestTooLargeError } from '../http/problem-response.ts';
import { readJson } from './json-body.ts';
import type { SessionParts } from './socket-session.ts';

export interface StreamRoutesParts extends Pick<SessionParts, 'sessions' | 'readers' | 'streams' | 'store'> {
  readonly catalogue: StreamCatalogue;
  readonly transactions: StreamTransactions;
  /** Counts a request of a network address. */
  readonly countRequest: MiddlewareHandler;
}

const parameter = z.object({ stream: addressSchema });
/** Bytes of a body; a signed transaction takes twice its bytes in hexadecimal. */
const bodyBytes = 160 * 1024;
/** A permission that never ends: the contract's largest time. */
const never = 2 ** 40 - 1;
/** Spans of partitions that are asked for at once. */
const atOnce = 32;

/** HTTP of streams: find, read, create, configure, delete. */
export function createStreamRoutes(parts: StreamRoutesParts): Hono {
  const app = new Hono();
  const { sessions, readers, streams, store, catalogue, transactions, countRequest } = parts;
  const limited = bodyLimit({
    maxSize: bodyBytes,
    onError: () => {
      throw new RequestTooLargeError(`Send at most ${String(bodyBytes)} bytes.`);
    }
  });

  /** The account that will sign: the one that the request names, or that of the session. */
  const signerOf = async (context: Context, from: Address | undefined): Promise<Address | null> =>
    from ?? (await sessions.accountOf(context));

  app.get('/v1/streams', countRequest, async (context) =>
    context.json(await catalogue.find(parseRequest(streamListQuerySchema, context.req.query())))
  );

  app.post('/v1/streams', countRequest, limited, async (context) => {
    const request = parseRequest(createStreamRequestSchema, await readJson(() => context.req.json()));
    const from = await signerOf(context, request.from);
    return context.json({ transactions: await transactions.create(request, from) });
  });

  app.get('/v1/streams/:stream', countRequest, async (context) => {
    const { stream } = parseRequest(parameter, context.req.param());
    const account = await sessions.accountOf(context);
    const facts = await streams.describe(stream);
    const [[activity], spans, retention, asker] = await Promise.all([
      store.activity([stream]),
      spansOf(stream, facts.partitions),
      store.retention(stream),
      account === null ? null : askerOf(stream, account)
    ]);
    const description: StreamDescription = {
      ...facts,
      events: activity?.events ?? 0,
      lastEventAt: activity?.lastEventAt ?? null,
      spans,
      retention,
      asker
    };
    return context.json(description);
  });

  app.patch('/v1/streams/:stream', countRequest, limited, async (context) => {
    const { stream } = parseRequest(parameter, context.req.param());
    const request = parseRequest(configureStreamRequestSchema, await readJson(() => context.req.json()));
    const from = await signerOf(context, request.from);
    return context.json({ transactions: await transactions.configure(stream, request, from) });
  });

  app.delete('/v1/streams/:stream', countRequest, async (context) => {
    const { stream } = parseRequest(parameter, context.req.param());
    const { from } = parseRequest(deleteStreamQuerySchema, context.req.query());
    return context.json({ transactions: await transactions.delete(stream, await signerOf(context, from)) });
  });

  app.post('/v1/transactions', countRequest, limited, async (context) => {
    const { transaction } = parseRequest(sendTransactionRequestSchema, await readJson(() => context.req.json()));
    const { hash, receipt, stream } = await transactions.send(transaction);
    const outcome: TransactionOutcome = {
      transactionHash: hash,
      status: receipt?.status ?? 'pending',
      blockNumber: receipt === null ? null : Number(receipt.blockNumber),
      gasUsed: receipt === null ? null : String(receipt.gasUsed),
      stream: receipt?.status === 'success' && stream !== null ? await streams.describe(stream) : null
    };
    return context.json(outcome, receipt === null ? 202 : 200);
  });

  async function spansOf(stream: Address, count: number): Promise<StreamDescription['spans']> {
    const spans: StreamDescription['spans'] = [];
    for (let from = 0; from < count; from += atOnce) {
      const numbers = Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => from + at);
      const found = await Promise.all(numbers.map((partition) => store.span({ stream, partition })));
      for (const [at, span] of found.entries()) if (span !== null) spans.push({ partition: from + at, ...span });
    }
    return spans;
  }

  async function askerOf(stream: Address, account: Address): Promise<NonNullable<StreamDescription['asker']>> {
    const names = Object.keys(permissions) as Permission[];
    const [ends, right] = await Promise.all([
      Promise.all(names.map((name) => streams.ownUntil(stream, account, name))),
      readers.find(stream, account)
    ]);
    const own = Object.fromEntries(names.map((name, at) => [name, Math.min(never, ends[at] ?? 0)]));
    return {
      account,
      permissions: own as Record<Permission, number>,
      readableUntil: Math.min(never, right.until)
    };
  }

  return app;
}
