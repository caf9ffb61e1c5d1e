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
  private readonly candidates = new Set<Address>();
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
  async find(head: { readonly number: number; readonly timestamp: number }): Promise<Address[]> {
    const first = Math.max(this.deployment.startBlock, Math.min(this.searched, head.number) - overlap);
    for (let from = first; from <= head.number; from += searchBlocks) {
      const logs = await this.client.getLogs({
        event: permissionChanged,
        args: { account: this.issuer, permission: permissions.grant },
        fromBlock: BigInt(from),
        toBlock: BigInt(Math.min(head.number, from + searchBlocks - 1))
      });
      for (const log of logs) this.candidates.add(log.address.toLowerCase() as Address);
    }
    this.searched = head.number;
    const served: Address[] = [];
    for (const stream of this.candidates) if (await this.isServed(stream, head.timestamp)) served.push(stream);
    return served;
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
