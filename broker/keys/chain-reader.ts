import { BlockNotFoundError, getAbiItem } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { streamAbi } from '#contracts/generated/stream';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { ChainClient } from '../chain/client.ts';
import { searchLogs } from '../chain/logs.ts';
import {
  type EarlyEnd,
  type KeyReplacement,
  licenseKey,
  type LicenseName,
  type ListedOffer,
  type Purchase,
  type PurchaseTable,
  type ReadBlock
} from './purchases.ts';

const changes = [
  getAbiItem({ abi: dataLicenseAbi, name: 'LicenseCancelled' }),
  getAbiItem({ abi: dataLicenseAbi, name: 'LicenseRevoked' }),
  getAbiItem({ abi: dataLicenseAbi, name: 'KeyReplaced' })
] as const;
const sales = [
  getAbiItem({ abi: dataLicenseAbi, name: 'OfferListed' }),
  getAbiItem({ abi: dataLicenseAbi, name: 'LicensePurchased' }),
  ...changes
] as const;
const readers = [
  getAbiItem({ abi: streamAbi, name: 'PublicKeyRegistered' }),
  getAbiItem({ abi: streamAbi, name: 'PermissionChanged' })
] as const;
const registrations = [readers[0]] as const;

/** Blocks read in one step. */
const stepBlocks = 5_000;

/** A licence of which the chain said something, and when: Unix seconds; undefined while old blocks are caught up with. */
export interface LicenseNews extends LicenseName {
  readonly blockTime: number | undefined;
}

/** News of one step. */
export interface ChainNews {
  /** Licences that were bought, rekeyed or ended early: what is to be granted may have changed. */
  readonly licenses: readonly LicenseNews[];
  /** Streams on which a reader registered a key or got or lost a permission. */
  readonly streams: readonly Address[];
  /** Offers of which licences ended early. */
  readonly ended: readonly Hex[];
  /** Whether blocks that had been read are gone, and purchases with them perhaps. */
  readonly reorganised: boolean;
}

const noNews: ChainNews = { licenses: [], streams: [], ended: [], reorganised: false };
/** Blocks of which the times are asked for in one step. */
const timedBlocks = 32;

/** Reads what was sold, ended and rekeyed from the chain into the table, from where it stopped last, and takes back what was reorganised. */
export class ChainReader {
  private readonly client: ChainClient;
  private readonly deployment: Deployment;
  private readonly table: PurchaseTable;
  private readonly confirmations: number;

  constructor(client: ChainClient, deployment: Deployment, table: PurchaseTable, confirmations: number) {
    this.client = client;
    this.deployment = deployment;
    this.table = table;
    this.confirmations = confirmations;
  }

  /**
   * Reads the next blocks.
   *
   * @param head Number of the newest block.
   * @param watched Streams whose readers are of interest.
   * @returns What is new, or null when everything that has enough confirmations was read.
   */
  async step(head: number, watched: readonly Address[]): Promise<ChainNews | null> {
    const target = head - this.confirmations;
    const read = await this.table.readBlocks();
    const standing = await this.standing(read);
    if (standing.length < read.length) {
      await this.table.forgetAfter(standing);
      return { ...noNews, reorganised: true };
    }
    const first = (standing.at(-1)?.number ?? this.deployment.startBlock - 1) + 1;
    if (first > target) return null;
    const end = BigInt(Math.min(target, first + stepBlocks - 1));
    const { hash } = await this.client.getBlock({ blockNumber: end });
    const range = { fromBlock: BigInt(first), toBlock: end };
    const logs = await searchLogs(this.client, sales, range, this.deployment.contracts.DataLicense);
    const touched = watched.length === 0 ? [] : await searchLogs(this.client, readers, range, watched);
    // The chain may have gone another way while it was being read: then this step is done again.
    if ((await this.client.getBlock({ blockNumber: end })).hash !== hash) return noNews;

    const offers: ListedOffer[] = [];
    const purchases: Purchase[] = [];
    const earlyEnds: EarlyEnd[] = [];
    const keyReplacements: KeyReplacement[] = [];
    for (const log of logs) {
      const block = Number(log.blockNumber);
      if (log.eventName === 'OfferListed') {
        offers.push({ block, offerId: lower(log.args.offerId), streams: log.args.offer.streams.map(lower) });
        continue;
      }
      const license = { offerId: lower(log.args.offerId), licensee: lower(log.args.licensee) };
      const record = { block, logIndex: log.logIndex, ...license };
      if (log.eventName === 'LicensePurchased') {
        const { from, until, publicKey } = log.args;
        purchases.push({ ...record, from: Number(from), until: Number(until), publicKey: lower(publicKey) });
      } else if (log.eventName === 'KeyReplaced') {
        const { timestamp } = await this.client.getBlock({ blockNumber: log.blockNumber });
        keyReplacements.push({ ...record, publicKey: lower(log.args.publicKey), from: Number(timestamp) });
      } else {
        earlyEnds.push({ ...record, until: Number(log.args.until) });
      }
    }
    const blocks = [...standing, { number: Number(end), hash }];
    await this.table.store({ offers, purchases, earlyEnds, keyReplacements }, blocks);
    const records = [...purchases, ...keyReplacements, ...earlyEnds];
    const times = await this.timesOf(records.map(({ block }) => block));
    return {
      licenses: records.map(({ offerId, licensee, block }) => ({ offerId, licensee, blockTime: times.get(block) })),
      streams: [...new Set(touched.map((log) => lower(log.address)))],
      ended: [...new Set(earlyEnds.map(({ offerId }) => offerId))],
      reorganised: false
    };
  }

  /** Times of blocks, Unix seconds, where they are few. */
  private async timesOf(blocks: readonly number[]): Promise<Map<number, number>> {
    const numbers = [...new Set(blocks)];
    if (numbers.length > timedBlocks) return new Map();
    const found = await Promise.all(
      numbers.map((number) => this.client.getBlock({ blockNumber: BigInt(number) }).catch(() => undefined))
    );
    return new Map(
      found.flatMap((block) => (block === undefined ? [] : [[Number(block.number), Number(block.timestamp)]]))
    );
  }

  /** The accounts that registered a key on a stream, with the latest one of each. */
  async registeredKeys(stream: Address): Promise<Map<Address, Hex>> {
    const range = { fromBlock: BigInt(this.deployment.startBlock), toBlock: await this.client.getBlockNumber() };
    const logs = await searchLogs(this.client, registrations, range, stream);
    return new Map(logs.map((log) => [lower(log.args.account), lower(log.args.publicKey)]));
  }

  /** Start and end, Unix seconds, of what the licensee really holds at the head; 0, 0 if nothing. */
  async licenseOf(offerId: Hex, licensee: Address): Promise<{ from: number; until: number }> {
    const [from, until] = await this.client.readContract({
      address: this.deployment.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'licenseOf',
      args: [offerId, licensee]
    });
    return { from: Number(from), until: Number(until) };
  }

  /**
   * What {@link licenseOf} says of each of some licences, in their order. The client puts what is asked at once into few
   * requests; ask about a thousand or so at a time.
   */
  licensesOf(licenses: readonly LicenseName[]): Promise<{ from: number; until: number }[]> {
    return Promise.all(licenses.map(({ offerId, licensee }) => this.licenseOf(offerId, licensee)));
  }

  /**
   * Licences, as {@link licenseKey} names them, that the chain has ended or rekeyed after a block: what a table read up
   * to that block says of them is out of date, and a later step brings news of them.
   */
  async changedAfter(block: number): Promise<Set<string>> {
    const range = { fromBlock: BigInt(block + 1), toBlock: await this.client.getBlockNumber({ cacheTime: 0 }) };
    const logs = await searchLogs(this.client, changes, range, this.deployment.contracts.DataLicense);
    return new Set(
      logs.map(({ args }) => licenseKey({ offerId: lower(args.offerId), licensee: lower(args.licensee) }))
    );
  }

  /** The blocks read that still belong to the chain. */
  private async standing(read: readonly ReadBlock[]): Promise<readonly ReadBlock[]> {
    for (let length = read.length; length > 0; length -= 1) {
      const last = read[length - 1];
      if (last !== undefined && (await this.hashOf(last.number)) === last.hash) return read.slice(0, length);
    }
    return [];
  }

  private async hashOf(number: number): Promise<Hex | null> {
    try {
      return (await this.client.getBlock({ blockNumber: BigInt(number) })).hash;
    } catch (error) {
      if (error instanceof BlockNotFoundError) return null;
      throw error;
    }
  }
}

const lower = (value: Hex): Hex => value.toLowerCase() as Hex;
