import { createClient, http, numberToHex, toFunctionSelector, webSocket, type Transport } from 'viem';
import { z } from 'zod';
import { addressSchema, bytes32Schema, hexSchema, type Address, type Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { refusalOf, refuseTooManyRequests } from './refusal.ts';

/** The chain did not answer, or not with what JSON-RPC promises. */
export class ChainUnavailableError extends TributaryError {
  readonly code: string = 'chain-unavailable';
  readonly title: string = 'The chain does not answer';
  override readonly status = 503;
  /** Milliseconds for which the node wants to be left alone; 0 where it did not say so. */
  readonly wait: number;

  constructor(message: string, { wait = 0, ...options }: ErrorOptions & { readonly wait?: number } = {}) {
    super(message, options);
    this.wait = wait;
  }
}

const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,13}$/)
  .transform(Number);
const headerSchema = z.object({
  number: quantity,
  hash: bytes32Schema,
  parentHash: bytes32Schema,
  timestamp: quantity,
  /** 256 bytes in which every emitter and topic of the block's logs left its mark. */
  logsBloom: z
    .string()
    .regex(/^0x[0-9a-fA-F]{512}$/)
    .transform((value) => value as Hex)
    .nullish()
});
/** What the indexer needs of a block. Timestamp: Unix seconds. */
export type Header = z.infer<typeof headerSchema>;

/** A word of 32 bytes that holds a number which JavaScript can hold. */
const wordSchema = z
  .string()
  .regex(/^0x0{51}[0-9a-fA-F]{13}$/)
  .transform(Number);

const logSchema = z.object({
  address: addressSchema,
  topics: z.array(bytes32Schema).max(4),
  data: hexSchema,
  blockNumber: quantity,
  blockHash: bytes32Schema,
  blockTimestamp: quantity.nullish(),
  transactionHash: bytes32Schema,
  logIndex: quantity
});
/** A log as the chain gives it, lowercase. */
export type RawLog = z.infer<typeof logSchema>;

/** Which logs: of these contracts (of any, where absent) with one of these first topics. */
export interface LogFilter {
  readonly addresses?: readonly Address[];
  readonly topics: readonly Hex[];
}

/** The questions that the indexer asks a chain. Every answer is checked; every failure is a ChainUnavailableError. */
export interface Chain {
  chainId(): Promise<number>;
  head(): Promise<Header>;
  /** Null above the head. */
  header(number: number): Promise<Header | null>;
  /** Blocks `from` to `to`, both included. */
  headers(from: number, to: number): Promise<Header[]>;
  logs(filter: LogFilter, from: number, to: number): Promise<RawLog[]>;
  /** Logs of the block with this hash and of no other. */
  logsOfBlock(filter: LogFilter, hash: Hex): Promise<RawLog[]>;
  /** What a getter of a contract answers now, a number such as Unix seconds; `signature` such as "origin()". */
  number(contract: Address, signature: string): Promise<number>;
}

/** How long a node may take, milliseconds. */
export interface Patience {
  readonly logs: number;
  /** Everything but logs. */
  readonly other: number;
}
export const usualPatience: Patience = { logs: 20_000, other: 5_000 };

export interface ChainOptions {
  /** Ends what is being asked. */
  readonly signal?: AbortSignal;
  readonly patience?: Patience;
}

/**
 * A chain behind JSON-RPC. Nothing is retried here: whoever asks knows whether it still wants the answer.
 *
 * @param url http(s):// or ws(s)://
 */
export function openChain(url: string, { signal, patience = usualPatience }: ChainOptions = {}): Chain {
  const timeout = Math.max(patience.logs, patience.other);
  const transport: Transport = url.startsWith('ws')
    ? webSocket(url, { retryCount: 0, timeout, reconnect: { attempts: Number.MAX_SAFE_INTEGER, delay: 1_000 } })
    : http(url, { retryCount: 0, timeout, batch: { batchSize: 100 }, onFetchResponse: refuseTooManyRequests });
  const client = createClient({ transport });
  const inTime = inTimeUntil(signal);

  async function ask<Schema extends z.ZodType>(
    method: string,
    params: readonly unknown[],
    schema: Schema
  ): Promise<z.output<Schema>> {
    let response: unknown;
    try {
      const request = client.request({ method, params } as Parameters<typeof client.request>[0]);
      response = await inTime(request, method === 'eth_getLogs' ? patience.logs : patience.other);
    } catch (error) {
      const { reason, wait } = refusalOf(error);
      throw new ChainUnavailableError(`${method}: ${reason}`, { cause: error, wait });
    }
    const parsed = schema.safeParse(response);
    if (!parsed.success) {
      const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
      throw new ChainUnavailableError(`${method}: the answer is not what JSON-RPC promises, at "${where}".`);
    }
    return parsed.data;
  }

  const header = (number: number) => ask('eth_getBlockByNumber', [numberToHex(number), false], headerSchema.nullable());
  const logs = ({ addresses, topics }: LogFilter, where: object) =>
    ask(
      'eth_getLogs',
      [{ ...where, topics: [topics], ...(addresses === undefined ? {} : { address: addresses }) }],
      z.array(logSchema)
    );

  return {
    chainId: () => ask('eth_chainId', [], quantity),
    head: () => ask('eth_getBlockByNumber', ['latest', false], headerSchema),
    header,
    async headers(from, to) {
      const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
      const headers = await Promise.all(numbers.map(header));
      return headers.map((found, index) => {
        if (found === null) throw new ChainUnavailableError(`Block ${String(from + index)} is not there any more.`);
        return found;
      });
    },
    logs: (filter, from, to) => logs(filter, { fromBlock: numberToHex(from), toBlock: numberToHex(to) }),
    logsOfBlock: (filter, hash) => logs(filter, { blockHash: hash }),
    number: (contract, signature) =>
      ask('eth_call', [{ to: contract, data: toFunctionSelector(signature) }, 'latest'], wordSchema)
  };
}

/** The request did not end in time, or nobody waits for it any more. */
class RequestGivenUpError extends TributaryError {
  readonly code = 'request-given-up';
  readonly title = 'The request was given up';
  override readonly status = 504;
}

/** A promise, or a rejection when it takes too long or is not wanted any more. */
type InTime = <Value>(promise: Promise<Value>, patience: number) => Promise<Value>;

function inTimeUntil(signal: AbortSignal | undefined): InTime {
  const waiting = new Set<() => void>();
  signal?.addEventListener('abort', () => {
    for (const give of waiting) give();
  });
  return async (promise, patience) => {
    let give: () => void = () => undefined;
    const givenUp = new Promise<never>((_, reject) => {
      give = () => {
        reject(new RequestGivenUpError('nobody waits for the answer any more'));
      };
      if (signal?.aborted === true) give();
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new RequestGivenUpError(`no answer within ${String(patience / 1_000)} seconds`));
      }, patience);
    });
    waiting.add(give);
    try {
      return await Promise.race([promise, givenUp, late]);
    } finally {
      clearTimeout(timer);
      waiting.delete(give);
    }
  };
}
