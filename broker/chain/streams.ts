import { getAbiItem, zeroAddress } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { StreamFacts as DescribedStream } from '#sdk/protocol/stream';
import { askChain } from './ask.ts';
import type { ChainClient } from './client.ts';
import { StreamDeletedError, StreamUnknownError } from './errors.ts';
import type { ChainHead, HeadChange } from './head.ts';
import { searchLogs } from './logs.ts';
import { Refusals } from './refusals.ts';
import { remember } from './remember.ts';

/** Numbers of IStream.Permission. */
export const permissions = { read: 0, write: 1, edit: 2, grant: 3, delete: 4 } as const;
export type Permission = keyof typeof permissions;
const permissionNames = Object.keys(permissions) as Permission[];

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
  private readonly refusals: Refusals;
  /** Block up to which the logs were read: what is remembered of states and permissions holds for it, not for the head. */
  private followed: Hex | null = null;

  constructor(client: ChainClient, head: ChainHead, deployment: Deployment) {
    this.client = client;
    this.head = head;
    this.deployment = deployment;
    this.refusals = new Refusals(head, mostRefusals);
    head.onChange((change) => this.follow(change));
  }

  /**
   * A stream that the registry created.
   *
   * @throws {@link StreamUnknownError}, {@link ChainUnavailableError}
   */
  async find(stream: Address): Promise<StreamFacts> {
    if (this.refusals.find(stream) !== null) throw new StreamUnknownError(stream);
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
    if (this.refusals.find(refusal) !== null) return false;
    const asked = this.followed;
    const state = await this.state(stream);
    if (state.deleted) return false;
    if (state.owner === account) return true;
    const now = this.head.head.timestamp;
    if ((await this.until(stream, state, zeroAddress, permission)) > now) return true;
    if ((await this.until(stream, state, account, permission)) > now) return true;
    // It may have been given in this very moment: ask again at the next block, whatever its logs say.
    state.until.delete(`${permission} ${account}`);
    state.until.delete(`${permission} ${zeroAddress}`);
    this.refusals.add(refusal, asked);
    return false;
  }

  /** Whether everyone may read the stream at the head. @throws {@link ChainUnavailableError} */
  async isPublic(stream: Address): Promise<boolean> {
    const refusal = `${stream} public`;
    if (this.refusals.find(refusal) !== null) return false;
    const asked = this.followed;
    const state = await this.state(stream);
    if (state.deleted) return false;
    if ((await this.until(stream, state, zeroAddress, 'read')) > this.head.head.timestamp) return true;
    state.until.delete(`read ${zeroAddress}`);
    this.refusals.add(refusal, asked);
    return false;
  }

  /**
   * Name and description, as the chain says now.
   *
   * @throws {@link ChainUnavailableError}
   */
  async texts(stream: Address): Promise<{ name: string; description: string }> {
    const contract = { address: stream, abi: streamAbi } as const;
    const [name, description] = await this.ask(() =>
      Promise.all([
        this.client.readContract({ ...contract, functionName: 'name' }),
        this.client.readContract({ ...contract, functionName: 'description' })
      ])
    );
    return { name, description };
  }

  /**
   * All that the chain says of a stream.
   *
   * @throws {@link StreamUnknownError}, {@link ChainUnavailableError}
   */
  async describe(stream: Address): Promise<DescribedStream> {
    const { slotDuration, partitions } = await this.find(stream);
    const [{ owner, deleted }, texts, publicRead] = await Promise.all([
      this.state(stream),
      this.texts(stream),
      this.isPublic(stream)
    ]);
    return { stream, owner, ...texts, slotDuration, partitions, deleted, publicRead };
  }

  /**
   * Until when an account may read by what the stream itself says: as owner, by its own Read, by its own Write (its
   * reports are there), or by everyone's Read.
   *
   * @param account Null for somebody who is not known.
   * @returns Unix seconds, Infinity for the owner; a time that is past where the last such right has ended, and 0 where
   * there never was one. `everyone`: it is not the account's own.
   * @throws {@link ChainUnavailableError}
   */
  async readableUntil(stream: Address, account: Address | null): Promise<{ until: number; everyone: boolean }> {
    const refusal = `${stream} readable ${account ?? zeroAddress}`;
    const ended = this.refusals.find(refusal);
    if (ended !== null) return { until: ended, everyone: false };
    const asked = this.followed;
    const state = await this.state(stream);
    if (state.deleted) return { until: 0, everyone: false };
    if (account !== null && state.owner === account) return { until: Number.POSITIVE_INFINITY, everyone: false };
    const now = this.head.head.timestamp;
    const everyone = await this.until(stream, state, zeroAddress, 'read');
    if (everyone > now) return { until: everyone, everyone: true };
    const kinds = account === null ? [] : (['read', 'write'] as const);
    const own = await Promise.all(kinds.map((kind) => this.until(stream, state, account ?? zeroAddress, kind)));
    const until = Math.max(everyone, ...own);
    if (until > now) return { until, everyone: false };
    state.until.delete(`read ${zeroAddress}`);
    for (const kind of kinds) state.until.delete(`${kind} ${account ?? zeroAddress}`);
    this.refusals.add(refusal, asked, until);
    return { until, everyone: false };
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

  private async readFacts(stream: Address): Promise<StreamFacts> {
    const asked = this.head.hash;
    // An address without code is no stream: the cheap question before the search through all blocks.
    if ((await this.ask(() => this.client.getCode({ address: stream }))) === undefined) {
      this.refusals.add(stream, asked);
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
      this.refusals.add(stream, asked);
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

  private ask<T>(question: () => Promise<T>): Promise<T> {
    return askChain(this.head, question);
  }

  private async follow(change: HeadChange): Promise<void> {
    await this.forgetChanged(change);
    this.followed = change.head.hash;
  }

  private async forgetChanged({ head, previous }: HeadChange): Promise<void> {
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
      for (const log of logs) {
        const stream = log.address.toLowerCase() as Address;
        if (log.eventName === 'PermissionChanged') await this.forgetPermission(stream, log.args);
        else this.states.delete(stream);
      }
    } catch {
      // Not knowing what changed, forget everything: the next question asks the chain, and reports if it is down.
      this.states.clear();
    }
  }

  /** Forgets one answer and leaves the others, which may be thousands. */
  private async forgetPermission(stream: Address, changed: { account: string; permission: number }): Promise<void> {
    const state = await this.states.get(stream);
    const name = permissionNames[changed.permission];
    if (name === undefined) this.states.delete(stream);
    else state?.until.delete(`${name} ${changed.account.toLowerCase()}`);
  }
}
