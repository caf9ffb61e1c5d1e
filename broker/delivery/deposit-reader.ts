import { BlockNotFoundError, getAbiItem } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Deployment } from '#sdk/protocol/deployment';
import { offerOfContract } from '#sdk/protocol/offer';
import { endOnBoundary } from '#sdk/protocol/price';
import { type Address, addressSchema, bytes32Schema, type Hex } from '#sdk/protocol/primitives';
import { isSettledByEvents, settlementOfNumber } from '#sdk/protocol/settlement';
import type { ChainClient } from '../chain/client.ts';
import { searchLogs } from '../chain/logs.ts';
import type { DepositTable } from './deposit-table.ts';

const sales = [
  getAbiItem({ abi: dataLicenseAbi, name: 'OfferListed' }),
  getAbiItem({ abi: dataLicenseAbi, name: 'LicensePurchased' })
] as const;

/** Blocks read in one step. */
const stepBlocks = 5_000;

export interface DepositReaderOptions {
  readonly client: ChainClient;
  readonly deployment: Deployment;
  /** The market's oracle: deposits that another one judges are left out. */
  readonly oracle: Address;
  readonly table: DepositTable;
  /** Blocks on top of a purchase before it is believed. */
  readonly confirmations: number;
}

/**
 * Reads from the chain which deposits the market's oracle judges. When the chain has left the block up to which was
 * read, everything is read again from the first one.
 */
export class DepositReader {
  private readonly options: DepositReaderOptions;

  constructor(options: DepositReaderOptions) {
    this.options = options;
  }

  /**
   * Reads the next blocks.
   *
   * @param head Number of the newest block.
   * @returns Whether there may be more to read.
   */
  async step(head: number): Promise<boolean> {
    const { client, deployment, oracle, table, confirmations } = this.options;
    const read = await table.readBlock();
    if (read !== undefined) {
      const standing = await this.hashOf(read.number);
      // A node that is behind, or a chain that was set back and will get there again.
      if (standing === null) return false;
      if (standing !== read.hash) {
        await table.forget();
        return true;
      }
    }
    const first = (read?.number ?? deployment.startBlock - 1) + 1;
    const end = Math.min(head - confirmations, first + stepBlocks - 1);
    if (first > end) return false;
    const hash = await this.hashOf(end);
    if (hash === null) return false;
    const range = { fromBlock: BigInt(first), toBlock: BigInt(end) };
    const logs = await searchLogs(client, sales, range, deployment.contracts.DataLicense);
    // The chain may have gone another way while it was being read: then this step is done again.
    if ((await this.hashOf(end)) !== hash) return true;
    await table.addOffers(
      logs.flatMap(({ eventName, args }) => {
        if (eventName !== 'OfferListed') return [];
        if (!isSettledByEvents(settlementOfNumber(args.offer.settlement))) return [];
        const offer = offerOfContract(args.offer);
        return offer.oracle === oracle ? [{ offerId: bytes32Schema.parse(args.offerId), offer }] : [];
      })
    );
    const purchases = logs.flatMap(({ eventName, args }) => (eventName === 'LicensePurchased' ? [args] : []));
    const boundaries = await table.boundariesOf([
      ...new Set(purchases.map((args) => bytes32Schema.parse(args.offerId)))
    ]);
    const deposits = purchases.flatMap((args) => {
      const offerId = bytes32Schema.parse(args.offerId);
      const boundary = boundaries.get(offerId);
      if (boundary === undefined) return [];
      // Where the time begins that was paid for, and that is held as a deposit (Purchases.sol).
      const since = endOnBoundary(Number(args.from), boundary);
      return [{ offerId, licensee: addressSchema.parse(args.licensee), since, until: Number(args.until) }];
    });
    await table.addDeposits(deposits, { number: end, hash });
    return true;
  }

  private async hashOf(number: number): Promise<Hex | null> {
    try {
      return (await this.options.client.getBlock({ blockNumber: BigInt(number) })).hash;
    } catch (error) {
      if (error instanceof BlockNotFoundError) return null;
      throw error;
    }
  }
}
