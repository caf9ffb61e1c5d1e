import { inArray } from 'drizzle-orm';
import type { Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';
import type { Address } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import { stream } from '../schema.ts';
import type { Chain, Header, RawLog } from './chain.ts';
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

/**
 * Reads a range and makes sure that it is of one piece: it follows on the cursor, every header on the one before, every
 * log stands in one of these blocks, and the last block is still there afterwards.
 *
 * @param journaled Whether the range may be undone later, so that every header is wanted.
 * @throws {@link ChainMovedError}, ChainUnavailableError
 */
export async function readRange(
  chain: Chain,
  deployment: Deployment,
  cursor: Cursor,
  to: number,
  journaled: boolean
): Promise<BlockRange> {
  const from = cursor.number + 1;
  const headers = journaled ? await chain.headers(from, to) : await endsOf(chain, from, to);
  for (const [index, header] of headers.entries()) {
    const before = index === 0 ? cursor.hash : journaled ? headers[index - 1]?.hash : header.parentHash;
    if (header.parentHash !== before) throw new ChainMovedError(`Block ${String(header.number)} has another parent.`);
  }
  const [ofContracts, ofStreams] = await Promise.all([
    chain.logs({ addresses: [...contractsOf(deployment).keys()], topics: contractTopics }, from, to),
    chain.logs({ topics: streamTopics }, from, to)
  ]);
  const logs = [...ofContracts, ...ofStreams].sort(
    (first, second) => first.blockNumber - second.blockNumber || first.logIndex - second.logIndex
  );
  const last = headers.at(-1);
  if ((await chain.header(to))?.hash !== last?.hash) throw new ChainMovedError('The chain changed while being read.');
  const byNumber = new Map(headers.map((header) => [header.number, header]));
  for (const log of logs) {
    const header = byNumber.get(log.blockNumber);
    const stray = header === undefined ? journaled : header.hash !== log.blockHash;
    if (stray) throw new ChainMovedError(`A log of block ${String(log.blockNumber)} stands in another block.`);
  }
  return {
    from,
    to,
    headers: journaled ? headers : headers.slice(-1),
    logs,
    timestamps: await timestampsOf(chain, logs, byNumber)
  };
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
