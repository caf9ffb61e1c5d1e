import { getAbiItem } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address } from '#sdk/protocol/primitives';
import type { ChainClient } from '../chain/client.ts';
import { StreamUnknownError } from '../chain/errors.ts';
import { permissions, type StreamDirectory } from '../chain/streams.ts';

const permissionChanged = getAbiItem({ abi: streamAbi, name: 'PermissionChanged' });
/** Blocks looked at again, since they may have been replaced. */
const overlap = 64;
/** Blocks searched at once. */
const searchBlocks = 10_000;

/** A stream that is served now. */
export interface ServedStream {
  readonly stream: Address;
  /** How often the issuer was given the stream, this time included: above 1, somebody else made its keys in between. */
  readonly time: number;
}

/** The issuer's Grant permission on a stream was given or taken. */
interface GivenOrTaken {
  readonly block: bigint;
  /** Unix seconds at which the permission ends. */
  readonly until: number;
}

/**
 * The streams that an issuer serves for its sellers: those of which they are the owner, and on which it holds the Grant
 * permission of its own. Anybody can give it that permission on a stream of theirs: such streams are not served.
 */
export class SellerStreams {
  private readonly client: ChainClient;
  private readonly deployment: Deployment;
  private readonly streams: StreamDirectory;
  private readonly issuer: Address;
  private readonly sellers: readonly Address[];
  private readonly candidates = new Map<Address, GivenOrTaken[]>();
  /** Unix seconds of blocks in which a permission changed. */
  private readonly timestamps = new Map<bigint, bigint>();
  private searched: number;

  constructor(parts: {
    client: ChainClient;
    deployment: Deployment;
    streams: StreamDirectory;
    issuer: Address;
    sellers: readonly Address[];
  }) {
    this.client = parts.client;
    this.deployment = parts.deployment;
    this.streams = parts.streams;
    this.issuer = parts.issuer;
    this.sellers = parts.sellers;
    this.searched = parts.deployment.startBlock - 1;
  }

  /**
   * Streams that are served at the head.
   *
   * @param head Number and time, Unix seconds, of the newest block.
   * @throws ChainUnavailableError, or as viem where the chain does not answer.
   */
  async find(head: { readonly number: number; readonly timestamp: number }): Promise<ServedStream[]> {
    const first = Math.max(this.deployment.startBlock, Math.min(this.searched, head.number) - overlap);
    for (const block of this.timestamps.keys()) if (block >= first) this.timestamps.delete(block);
    for (const [stream, known] of this.candidates) {
      this.candidates.set(
        stream,
        known.filter(({ block }) => block < first)
      );
    }
    for (let from = first; from <= head.number; from += searchBlocks) {
      const logs = await this.client.getLogs({
        event: permissionChanged,
        args: { account: this.issuer, permission: permissions.grant },
        strict: true,
        fromBlock: BigInt(from),
        toBlock: BigInt(Math.min(head.number, from + searchBlocks - 1))
      });
      for (const { address, blockNumber, args } of logs) {
        const stream = address.toLowerCase() as Address;
        const one = { block: blockNumber, until: args.until };
        this.candidates.set(stream, [...(this.candidates.get(stream) ?? []), one]);
      }
    }
    this.searched = head.number;
    const served: ServedStream[] = [];
    for (const [stream, changes] of this.candidates) {
      if (await this.isServed(stream, head.timestamp)) served.push({ stream, time: await this.timesGiven(changes) });
    }
    return served;
  }

  /** How often a permission was given that did not hold. */
  private async timesGiven(changes: readonly GivenOrTaken[]): Promise<number> {
    if (changes.length < 2) return 1;
    let times = 0;
    let held = 0;
    for (const { block, until } of changes) {
      const timestamp = this.timestamps.get(block) ?? (await this.client.getBlock({ blockNumber: block })).timestamp;
      this.timestamps.set(block, timestamp);
      if (until > timestamp && held <= timestamp) times += 1;
      held = until;
    }
    return Math.max(1, times);
  }

  private async isServed(stream: Address, now: number): Promise<boolean> {
    try {
      await this.streams.find(stream);
    } catch (error) {
      // Some contract that says what a stream would say.
      if (error instanceof StreamUnknownError) return false;
      throw error;
    }
    if ((await this.streams.ownUntil(stream, this.issuer, 'grant')) <= now) return false;
    for (const seller of this.sellers) {
      if ((await this.streams.ownUntil(stream, seller, 'grant')) === Number.POSITIVE_INFINITY) return true;
    }
    return false;
  }
}
