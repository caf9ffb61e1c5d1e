import { inArray } from 'drizzle-orm';
import type { Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';
import type { Address } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import { stream } from '../schema.ts';
import { mayMatch } from './bloom.ts';
import { ChainUnavailableError, type Chain, type Header, type LogFilter, type RawLog } from './chain.ts';
import type { Cursor } from './cursor.ts';
import { contractsOf, contractTopics, decodeLog, streamTopics, type MarketEvent } from './market-logs.ts';

/** The chain changed while it was being read, or does not follow on what is known. */
export class ChainMovedError extends TributaryError {
  readonly code = 'chain-moved';
  readonly title = 'The chain was reorganised';
  override readonly status = 503;
}

/** Blocks `from` to `to` as one moment of the chain showed them. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
  /** Every block of the range where the range can be undone later; otherwise only the last. */
  readonly headers: readonly Header[];
  /** Of the deployment's contracts and of whoever emitted what a stream emits; in the order of the chain. */
  readonly logs: readonly RawLog[];
  /** Unix seconds by block number, of every block with logs. */
  readonly timestamps: ReadonlyMap<number, number>;
}

/** A node gave an answer that cannot be true of any chain. */
export class NodeFaultyError extends ChainUnavailableError {
  override readonly code = 'node-faulty';
  override readonly title = 'A node of the chain contradicts itself';
}

export interface RangeOptions {
  /** Whether the range may be undone later, so that every header is wanted. */
  readonly journaled: boolean;
  /** The chain's head as it was before anything else was asked. */
  readonly head: Header;
}

/**
 * Reads a range and makes sure that it is of one piece: it follows on the cursor, every header on the one before, every
 * log stands in one of these blocks, none is left out of a block whose header says that it has some, and the last block
 * is still there afterwards.
 *
 * @throws {@link ChainMovedError}, {@link NodeFaultyError}, ChainUnavailableError
 */
export async function readRange(
  chain: Chain,
  deployment: Deployment,
  cursor: Cursor,
  to: number,
  { journaled, head }: RangeOptions
): Promise<BlockRange> {
  const from = cursor.number + 1;
  const readHeaders = () => (journaled ? headersUpTo(chain, from, to, head) : endsOf(chain, from, to));
  const filters = filtersOf(deployment);
  const readLogs = () => Promise.all(filters.map((filter) => chain.logs(filter, from, to)));
  // which block is the last must be known before its logs are asked for; where it is, both are asked for at once
  const [headers, found] =
    to === head.number && journaled
      ? await Promise.all([readHeaders(), readLogs()])
      : await readHeaders().then(async (read) => [read, await readLogs()] as const);
  for (const [index, header] of headers.entries()) {
    const before = index === 0 ? cursor.hash : journaled ? headers[index - 1]?.hash : header.parentHash;
    if (header.parentHash !== before) throw new ChainMovedError(`Block ${String(header.number)} has another parent.`);
  }
  const logs = found
    .flat()
    .sort((first, second) => first.blockNumber - second.blockNumber || first.logIndex - second.logIndex);
  const last = headers.at(-1);
  if ((await chain.header(to))?.hash !== last?.hash) throw new ChainMovedError('The chain changed while being read.');
  const byNumber = new Map(headers.map((header) => [header.number, header]));
  checkPlaces(logs, from, to, byNumber, journaled);
  await checkBlooms(chain, filters, headers, logs);
  return {
    from,
    to,
    headers: journaled ? headers : headers.slice(-1),
    logs,
    timestamps: await timestampsOf(chain, logs, byNumber)
  };
}

const filtersOf = (deployment: Deployment): readonly LogFilter[] => [
  { addresses: [...contractsOf(deployment).keys()], topics: contractTopics },
  { topics: streamTopics }
];

/** Every log stands in the range, in a block of this chain, and once. */
function checkPlaces(
  logs: readonly RawLog[],
  from: number,
  to: number,
  headers: ReadonlyMap<number, Header>,
  journaled: boolean
): void {
  for (const [index, log] of logs.entries()) {
    const { blockNumber, blockHash, logIndex } = log;
    const header = headers.get(blockNumber);
    const stray = header === undefined ? journaled : header.hash !== blockHash;
    if (stray || blockNumber < from || blockNumber > to) {
      throw new NodeFaultyError(`A log of block ${String(blockNumber)} stands in another block.`);
    }
    const before = logs[index - 1];
    if (before?.blockNumber !== blockNumber) continue;
    if (before.logIndex === logIndex || before.blockHash !== blockHash) {
      throw new NodeFaultyError(`Two logs of block ${String(blockNumber)} cannot both be in it.`);
    }
  }
}

/**
 * A block whose header says that it may have logs of ours, and of which none came, is asked for by its hash. The mark in
 * the header can be there by chance, so that nothing is wrong when none comes again.
 */
async function checkBlooms(
  chain: Chain,
  filters: readonly LogFilter[],
  headers: readonly Header[],
  logs: readonly RawLog[]
): Promise<void> {
  const there = new Set(logs.map(({ blockNumber, topics: [topic] }) => `${String(blockNumber)} ${topic ?? ''}`));
  const doubts = headers.flatMap(({ number, hash, logsBloom: bloom }) => {
    if (bloom === null || bloom === undefined) return [];
    return filters.flatMap(({ addresses, topics }) => {
      const missing = topics.filter(
        (topic) =>
          !there.has(`${String(number)} ${topic}`) && mayMatch(bloom, { topics: [topic], ...ofThese(addresses) })
      );
      return missing.length === 0 ? [] : [{ number, hash, filter: { topics: missing, ...ofThese(addresses) } }];
    });
  });
  await Promise.all(
    doubts.map(async ({ number, hash, filter }) => {
      const found = await chain.logsOfBlock(filter, hash);
      if (found.length > 0) throw new NodeFaultyError(`Logs of block ${String(number)} were left out.`);
    })
  );
}

const ofThese = (addresses: LogFilter['addresses']) => (addresses === undefined ? {} : { addresses });

/** Every header of a range; the head is known already. */
async function headersUpTo(chain: Chain, from: number, to: number, head: Header): Promise<Header[]> {
  if (to !== head.number) return chain.headers(from, to);
  return [...(from < to ? await chain.headers(from, to - 1) : []), head];
}

async function endsOf(chain: Chain, from: number, to: number): Promise<Header[]> {
  const first = await chain.headers(from, from);
  return from === to ? first : [...first, ...(await chain.headers(to, to))];
}

/** Nodes that do not state a log's time are asked for the block. */
async function timestampsOf(
  chain: Chain,
  logs: readonly RawLog[],
  headers: ReadonlyMap<number, Header>
): Promise<Map<number, number>> {
  const timestamps = new Map<number, number>();
  for (const { blockNumber, blockTimestamp } of logs) {
    const known = headers.get(blockNumber)?.timestamp ?? blockTimestamp;
    if (known !== undefined && known !== null) timestamps.set(blockNumber, known);
  }
  const unknown = new Set(logs.map((log) => log.blockNumber).filter((number) => !timestamps.has(number)));
  await Promise.all(
    [...unknown].map(async (number) => {
      for (const header of await chain.headers(number, number)) timestamps.set(number, header.timestamp);
    })
  );
  return timestamps;
}

/** The market's events of a range, and how many logs only looked like them. */
export async function eventsOf(
  database: Database,
  deployment: Deployment,
  range: BlockRange
): Promise<{ events: MarketEvent[]; foul: number }> {
  const contracts = contractsOf(deployment);
  const others = new Set(range.logs.map((log) => log.address).filter((address) => !contracts.has(address)));
  const streams = await knownStreams(database, [...others]);
  const events: MarketEvent[] = [];
  let foul = 0;
  for (const log of range.logs) {
    const emitter = contracts.get(log.address) ?? (streams.has(log.address) ? 'stream' : null);
    const event = emitter === null ? null : decodeLog(log, emitter, range.timestamps.get(log.blockNumber) ?? 0);
    if (event === null) {
      foul += 1;
      continue;
    }
    if (event.eventName === 'StreamCreated') streams.add(event.args.stream);
    events.push(event);
  }
  return { events, foul };
}

async function knownStreams(database: Database, addresses: readonly Address[]): Promise<Set<Address>> {
  if (addresses.length === 0) return new Set();
  const rows = await database
    .select({ id: stream.id })
    .from(stream)
    .where(inArray(stream.id, [...addresses]));
  return new Set(rows.map((row) => row.id));
}
