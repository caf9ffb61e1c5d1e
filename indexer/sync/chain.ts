import { createClient, http, numberToHex, toFunctionSelector, webSocket, type Transport } from 'viem';
import { z } from 'zod';
import { addressSchema, bytes32Schema, hexSchema, type Address, type Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';

/** The chain did not answer, or not with what JSON-RPC promises. */
export class ChainUnavailableError extends TributaryError {
  readonly code = 'chain-unavailable';
  readonly title = 'The chain does not answer';
  override readonly status = 503;
}

const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,13}$/)
  .transform(Number);
const headerSchema = z.object({
  number: quantity,
  hash: bytes32Schema,
  parentHash: bytes32Schema,
  timestamp: quantity
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
  /** What a getter of a contract answers now, a number such as Unix seconds; `signature` such as "origin()". */
  number(contract: Address, signature: string): Promise<number>;
}

/** Milliseconds that one request may take. */
const timeout = 20_000;

/**
 * A chain behind JSON-RPC. Nothing is retried here: whoever asks knows whether it still wants the answer.
 *
 * @param url http(s):// or ws(s)://
 */
export function openChain(url: string): Chain {
  const transport: Transport = url.startsWith('ws')
    ? webSocket(url, { retryCount: 0, timeout, reconnect: { attempts: Number.MAX_SAFE_INTEGER, delay: 1_000 } })
    : http(url, { retryCount: 0, timeout, batch: { batchSize: 100 } });
  const client = createClient({ transport });

  async function ask<Schema extends z.ZodType>(
    method: string,
    params: readonly unknown[],
    schema: Schema
  ): Promise<z.output<Schema>> {
    let response: unknown;
    try {
      response = await client.request({ method, params } as Parameters<typeof client.request>[0]);
    } catch (error) {
      throw new ChainUnavailableError(`${method}: ${reasonOf(error)}`, { cause: error });
    }
    const parsed = schema.safeParse(response);
    if (!parsed.success) {
      const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
      throw new ChainUnavailableError(`${method}: the answer is not what JSON-RPC promises, at "${where}".`);
    }
    return parsed.data;
  }

  const header = (number: number) => ask('eth_getBlockByNumber', [numberToHex(number), false], headerSchema.nullable());

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
    logs: ({ addresses, topics }, from, to) =>
      ask(
        'eth_getLogs',
        [
          {
            fromBlock: numberToHex(from),
            toBlock: numberToHex(to),
            topics: [topics],
            ...(addresses === undefined ? {} : { address: addresses })
          }
        ],
        z.array(logSchema)
      ),
    number: (contract, signature) =>
      ask('eth_call', [{ to: contract, data: toFunctionSelector(signature) }, 'latest'], wordSchema)
  };
}

/** What went wrong in few words, without the address of the node, which may hold a key. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'shortMessage' in error && typeof error.shortMessage === 'string') {
    const details = 'details' in error && typeof error.details === 'string' ? ` ${error.details}` : '';
    return (error.shortMessage + details).replace(/(?:https?|wss?):\/\/\S+/g, 'the chain').slice(0, 300);
  }
  return 'the request failed';
}
