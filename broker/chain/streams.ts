import { getAbiItem, zeroAddress } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { type ChainClient, reasonOf } from './client.ts';
import { ChainUnavailableError, StreamDeletedError, StreamUnknownError } from './errors.ts';
import type { ChainHead, HeadChange } from './head.ts';
import { searchLogs } from './logs.ts';

/** Numbers of IStream.Permission. */
export const permissions = { read: 0, write: 1, edit: 2, grant: 3, delete: 4 } as const;
export type Permission = keyof typeof permissions;

/** What the chain fixed when the stream was created. */
export interface StreamFacts {
  readonly stream: Address;
  /** Seconds. */
  readonly slotDuration: number;
  readonly partitions: number;
}

interface StreamState {
  readonly owner: Address;
  readonly deleted: boolean;
  /** Per permission and account (zero: everyone): Unix seconds at which it ends, 0 where never given. */
  readonly until: Map<string, Promise<number>>;
}

/** Streams and permissions kept in memory; the least recently used make room. */
const mostStreams = 10_000;
const mostPermissionsPerStream = 10_000;
/** Answers "there is no such stream" and "no such permission", each believed until the next block. */
const mostRefusals = 50_000;

const changes = [
  getAbiItem({ abi: streamAbi, name: 'PermissionChanged' }),
  getAbiItem({ abi: streamAbi, name: 'OwnershipTransferred' }),
  getAbiItem({ abi: streamAbi, name: 'Deleted' })
] as const;
const created = [getAbiItem({ abi: streamRegistryAbi, name: 'StreamCreated' })] as const;

/**
 * What the chain says of streams and of permissions on them, at most a block old: answers are remembered until a log
 * says that they changed, or until the time at which they end by themselves.
 */
export class StreamDirectory {
  private readonly client: ChainClient;
  private readonly head: ChainHead;
  private readonly deployment: Deployment;
  private readonly facts = new Map<Address, Promise<StreamFacts>>();
  private readonly states = new Map<Address, Promise<StreamState>>();
  /** With the hash of the block that was the newest when the chain was asked. */
  private readonly refusals = new Map<string, Hex | null>();

  constructor(client: ChainClient, head: ChainHead, deployment: Deployment) {
    this.client = client;
    this.head = head;
    this.deployment = deployment;
    head.onChange((change) => this.follow(change));
  }

  /**
   * A stream that the registry created.
   *
   * @throws {@link StreamUnknownError}, {@link ChainUnavailableError}
   */
  async find(stream: Address): Promise<StreamFacts> {
    if (this.isRefused(stream)) throw new StreamUnknownError(stream);
    return remember(this.facts, stream, mostStreams, () => this.readFacts(stream));
  }

  /**
   * The same, for a stream that still takes events.
   *
   * @throws {@link StreamDeletedError} and those of {@link find}.
   */
  async findRunning(stream: Address): Promise<StreamFacts> {
    const facts = await this.find(stream);
    if ((await this.state(stream)).deleted) throw new StreamDeletedError(stream);
    return facts;
  }

  /**
   * Whether the account holds the permission at the head: as owner, by its own, or by everyone's.
   *
   * @throws {@link ChainUnavailableError}
   */
  async holds(stream: Address, account: Address, permission: Permission): Promise<boolean> {
    const refusal = `${stream} ${permission} ${account}`;
    if (this.isRefused(refusal)) return false;
    const asked = this.head.hash;
    const state = await this.state(stream);
    if (state.deleted) return false;
    if (state.owner === account) return true;
    const now = this.head.head.timestamp;
    if ((await this.until(stream, state, zeroAddress, permission)) > now) return true;
    if ((await this.until(stream, state, account, permission)) > now) return true;
    // It may have been given in this very moment: ask again at the next block, whatever its logs say.
    state.until.delete(`${permission} ${account}`);
    state.until.delete(`${permission} ${zeroAddress}`);
    this.refuse(refusal, asked);
    return false;
  }

  /** Whether everyone may read the stream at the head. @throws {@link ChainUnavailableError} */
  async isPublic(stream: Address): Promise<boolean> {
    const refusal = `${stream} public`;
    if (this.isRefused(refusal)) return false;
    const asked = this.head.hash;
    const state = await this.state(stream);
    if (state.deleted) return false;
    if ((await this.until(stream, state, zeroAddress, 'read')) > this.head.head.timestamp) return true;
    state.until.delete(`read ${zeroAddress}`);
    this.refuse(refusal, asked);
    return false;
  }

  /**
   * Unix seconds until which the account itself (not everyone) holds the permission; Infinity for the owner; 0 if it
   * does not.
   *
   * @throws {@link ChainUnavailableError}
   */
  async ownUntil(stream: Address, account: Address, permission: Permission): Promise<number> {
    const state = await this.state(stream);
    if (state.deleted) return 0;
    if (state.owner === account) return Number.POSITIVE_INFINITY;
    return this.until(stream, state, account, permission);
  }

  /** Whether the chain said no to this at the present head: it is asked again at the next one, not before. */
  private isRefused(key: string): boolean {
    return this.refusals.has(key) && this.refusals.get(key) === this.head.hash && this.head.unavailable === null;
  }

  /** @param asked Newest block known before the chain was asked: the answer may be older than the present one. */
  private refuse(key: string, asked: Hex | null): void {
    this.refusals.delete(key);
    const oldest = this.refusals.keys().next();
    if (this.refusals.size >= mostRefusals && oldest.done !== true) this.refusals.delete(oldest.value);
    this.refusals.set(key, asked);
  }

  private async readFacts(stream: Address): Promise<StreamFacts> {
    const asked = this.head.hash;
    // An address without code is no stream: the cheap question before the search through all blocks.
    if ((await this.ask(() => this.client.getCode({ address: stream }))) === undefined) {
      this.refuse(stream, asked);
      throw new StreamUnknownError(stream);
    }
    const logs = await this.ask(() =>
      this.client.getLogs({
        address: this.deployment.contracts.StreamRegistry,
        event: created[0],
        args: { stream },
        strict: true,
        fromBlock: BigInt(this.deployment.startBlock),
        toBlock: 'latest'
      })
    );
    const log = logs[0];
    if (log === undefined) {
      this.refuse(stream, asked);
      throw new StreamUnknownError(stream);
    }
    return { stream, slotDuration: log.args.slotDuration, partitions: log.args.partitions };
  }

  private state(stream: Address): Promise<StreamState> {
    return remember(this.states, stream, mostStreams, async () => {
      const contract = { address: stream, abi: streamAbi } as const;
      const [owner, deleted] = await this.ask(() =>
        Promise.all([
          this.client.readContract({ ...contract, functionName: 'owner' }),
          this.client.readContract({ ...contract, functionName: 'deleted' })
        ])
      );
      return { owner: owner.toLowerCase() as Address, deleted, until: new Map() };
    });
  }

  private until(stream: Address, state: StreamState, account: Address, permission: Permission): Promise<number> {
    return remember(state.until, `${permission} ${account}`, mostPermissionsPerStream, () =>
      this.ask(() =>
        this.client.readContract({
          address: stream,
          abi: streamAbi,
          functionName: 'permissionUntil',
          args: [account, permissions[permission]]
        })
      )
    );
  }

  /** Asks the chain; a stale answer would be worse than none. */
  private async ask<T>(question: () => Promise<T>): Promise<T> {
    const reason = this.head.unavailable;
    if (reason !== null) throw new ChainUnavailableError(`${reason} Try again in a moment.`);
    try {
      return await question();
    } catch (error) {
      throw new ChainUnavailableError(`The chain could not be asked: ${reasonOf(error)} Try again in a moment.`);
    }
  }

  private async follow({ head, previous }: HeadChange): Promise<void> {
    if (previous === null) {
      this.facts.clear();
      this.states.clear();
      this.refusals.clear();
      return;
    }
    this.refusals.clear();
    const known = [...this.states.keys()];
    if (known.length === 0) return;
    try {
      const range = { fromBlock: BigInt(previous.number + 1), toBlock: BigInt(head.number) };
      // Endpoints bound the number of addresses too; beyond that, look at everybody's logs.
      const logs = await searchLogs(this.client, changes, range, known.length <= 500 ? known : undefined);
      for (const log of logs) this.states.delete(log.address.toLowerCase() as Address);
    } catch {
      // Not knowing what changed, forget everything: the next question asks the chain, and reports if it is down.
      this.states.clear();
    }
  }
}

/** Returns the remembered answer or asks for it once; failures are not remembered. */
function remember<K, V>(memory: Map<K, Promise<V>>, key: K, most: number, ask: () => Promise<V>): Promise<V> {
  const known = memory.get(key);
  if (known !== undefined) {
    if (memory.size > most / 2) {
      memory.delete(key);
      memory.set(key, known);
    }
    return known;
  }
  const answer = ask();
  memory.set(key, answer);
  answer.catch(() => {
    if (memory.get(key) === answer) memory.delete(key);
  });
  if (memory.size > most) {
    const oldest = memory.keys().next();
    if (oldest.done !== true) memory.delete(oldest.value);
  }
  return answer;
}
