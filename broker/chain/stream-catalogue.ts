import { getAbiItem, zeroAddress } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address } from '#sdk/protocol/primitives';
import type { StreamFacts, StreamListQuery } from '#sdk/protocol/stream';
import { askChain } from './ask.ts';
import type { ChainClient } from './client.ts';
import type { ChainHead, HeadChange } from './head.ts';
import { searchLogs } from './logs.ts';
import { permissions } from './streams.ts';

interface Entry {
  readonly stream: Address;
  /** Block and place in it, by which streams are ordered. */
  readonly block: number;
  readonly logIndex: number;
  readonly slotDuration: number;
  readonly partitions: number;
  owner: Address;
  name: string;
  description: string;
  deleted: boolean;
  /** Unix seconds until which accounts (zero: everyone) may write. */
  readonly writers: Map<Address, number>;
  /** Unix seconds until which everyone may read. */
  publicUntil: number;
}

const created = [getAbiItem({ abi: streamRegistryAbi, name: 'StreamCreated' })] as const;
const changes = [
  getAbiItem({ abi: streamAbi, name: 'MetadataChanged' }),
  getAbiItem({ abi: streamAbi, name: 'OwnershipTransferred' }),
  getAbiItem({ abi: streamAbi, name: 'PermissionChanged' }),
  getAbiItem({ abi: streamAbi, name: 'Deleted' })
] as const;

/** Blocks read in one step. */
const stepBlocks = 50_000;

/**
 * All streams of the registry, from its logs and theirs: read when somebody first looks for streams, and block by block
 * from then on. What the chain takes back, it reads again.
 */
export class StreamCatalogue {
  private readonly client: ChainClient;
  private readonly head: ChainHead;
  private readonly deployment: Deployment;
  private readonly entries = new Map<Address, Entry>();
  /** Newest block that was read; undefined before anybody asked. */
  private readTo: number | undefined;
  private reading: Promise<void> | undefined;

  constructor(client: ChainClient, head: ChainHead, deployment: Deployment) {
    this.client = client;
    this.head = head;
    this.deployment = deployment;
    head.onChange((change) => this.follow(change));
  }

  /**
   * Streams that fit, in the order in which they were created.
   *
   * @throws ChainUnavailableError
   */
  async find(query: StreamListQuery): Promise<{ items: StreamFacts[]; nextCursor: string | null }> {
    await this.readUpTo(this.head.head.number);
    const now = this.head.head.timestamp;
    const [afterBlock = -1, afterIndex = -1] = (query.cursor ?? '').split(':').filter(Boolean).map(Number);
    const wanted = query.name?.toLowerCase();
    const items: StreamFacts[] = [];
    let last: Entry | undefined;
    // Logs come in the chain's order, and so do the entries.
    for (const entry of this.entries.values()) {
      if (entry.block < afterBlock || (entry.block === afterBlock && entry.logIndex <= afterIndex)) continue;
      if (query.owner !== undefined && entry.owner !== query.owner) continue;
      if (wanted !== undefined && !entry.name.toLowerCase().includes(wanted)) continue;
      if (query.writer !== undefined && !mayWrite(entry, query.writer, now)) continue;
      if (items.length === query.limit) {
        return { items, nextCursor: last === undefined ? null : `${String(last.block)}:${String(last.logIndex)}` };
      }
      items.push(factsOf(entry, now));
      last = entry;
    }
    return { items, nextCursor: null };
  }

  private readUpTo(block: number): Promise<void> {
    const before = this.reading ?? Promise.resolve();
    const reading = before.then(() => this.read(block));
    const settled = reading.catch(() => undefined);
    this.reading = settled;
    void settled.then(() => {
      if (this.reading === settled) this.reading = undefined;
    });
    return reading;
  }

  private async read(block: number): Promise<void> {
    for (let from = (this.readTo ?? this.deployment.startBlock - 1) + 1; from <= block; from = this.readTo + 1) {
      const to = Math.min(block, from + stepBlocks - 1);
      const range = { fromBlock: BigInt(from), toBlock: BigInt(to) };
      const [made, changed] = await askChain(this.head, () =>
        Promise.all([
          searchLogs(this.client, created, range, this.deployment.contracts.StreamRegistry),
          // Of any contract: those that are no streams are left out below.
          searchLogs(this.client, changes, range)
        ])
      );
      for (const { args, blockNumber, logIndex } of made) {
        const stream = lower(args.stream);
        this.entries.set(stream, {
          stream,
          block: Number(blockNumber),
          logIndex,
          slotDuration: args.slotDuration,
          partitions: args.partitions,
          owner: lower(args.owner),
          name: args.name,
          description: args.description,
          deleted: false,
          writers: new Map(),
          publicUntil: 0
        });
      }
      for (const log of changed) {
        const entry = this.entries.get(lower(log.address));
        if (entry === undefined) continue;
        if (log.eventName === 'MetadataChanged') {
          entry.name = log.args.name;
          entry.description = log.args.description;
        } else if (log.eventName === 'OwnershipTransferred') {
          entry.owner = lower(log.args.owner);
        } else if (log.eventName === 'Deleted') {
          entry.deleted = true;
          entry.owner = zeroAddress;
        } else {
          const { account, permission, until } = log.args;
          if (permission === permissions.write) entry.writers.set(lower(account), until);
          if (permission === permissions.read && account === zeroAddress) entry.publicUntil = until;
        }
      }
      this.readTo = to;
    }
  }

  private async follow({ previous }: HeadChange): Promise<void> {
    // The next question reads what is new; after a reorganisation everything is.
    if (previous !== null || this.readTo === undefined) return;
    await this.reading;
    this.entries.clear();
    this.readTo = undefined;
  }
}

function mayWrite(entry: Entry, account: Address, now: number): boolean {
  if (entry.deleted) return false;
  if (entry.owner === account) return true;
  return Math.max(entry.writers.get(account) ?? 0, entry.writers.get(zeroAddress) ?? 0) > now;
}

function factsOf(entry: Entry, now: number): StreamFacts {
  const { stream, owner, name, description, slotDuration, partitions, deleted } = entry;
  const publicRead = !deleted && entry.publicUntil > now;
  return { stream, owner, name, description, slotDuration, partitions, deleted, publicRead };
}

const lower = (address: string): Address => address.toLowerCase() as Address;
