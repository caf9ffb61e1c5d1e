import { getAbiItem } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import type { Market } from '#sdk/actions/connect-market';
import { searchLogs } from '#sdk/actions/search-logs';
import { translateChainError } from '#sdk/actions/translate-chain-error';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { AccountEntry } from './report-csv.ts';

type Logged = Omit<AccountEntry, 'timestamp' | 'product'> & { readonly blockNumber: bigint; readonly logIndex: number };

/** Blocks whose time is asked for at once. */
const atOnce = 20;

/**
 * What an account bought, renewed and got back, from the chain's own record and not from the index; the oldest first.
 *
 * @param names Names of products, by their ids.
 * @throws ChainUnreachableError of the sdk.
 */
export async function accountReport(
  market: Market,
  account: Address,
  names: ReadonlyMap<Hex, string>
): Promise<AccountEntry[]> {
  const { publicClient, deployment } = market;
  const { DataLicense, DeliveryEscrow } = deployment.contracts;
  try {
    const toBlock = await publicClient.getBlockNumber();
    const among = {
      client: publicClient,
      args: { licensee: account },
      fromBlock: BigInt(deployment.startBlock),
      toBlock
    };
    const license = { ...among, address: DataLicense };
    const [bought, cancelled, revoked, closed] = await Promise.all([
      searchLogs({ ...license, event: getAbiItem({ abi: dataLicenseAbi, name: 'LicensePurchased' }) }),
      searchLogs({ ...license, event: getAbiItem({ abi: dataLicenseAbi, name: 'LicenseCancelled' }) }),
      searchLogs({ ...license, event: getAbiItem({ abi: dataLicenseAbi, name: 'LicenseRevoked' }) }),
      searchLogs({
        ...among,
        address: DeliveryEscrow,
        event: getAbiItem({ abi: deliveryEscrowAbi, name: 'DepositClosed' })
      })
    ]);
    const had = new Set<string>();
    const logged: Logged[] = [
      ...bought.map(({ args, ...log }): Logged => {
        const kind = had.has(args.offerId) ? 'renewal' : 'purchase';
        had.add(args.offerId);
        return {
          ...entryOf(log, args),
          kind,
          payer: args.payer.toLowerCase(),
          from: Number(args.from),
          until: Number(args.until),
          wei: -args.paid
        };
      }),
      ...[...cancelled, ...revoked].map(({ args, ...log }): Logged => ({
        ...entryOf(log, args),
        kind: 'refund',
        until: Number(args.until),
        wei: args.refund
      })),
      ...closed.map(({ args, ...log }): Logged => ({
        ...entryOf(log, args),
        kind: 'refund',
        from: Number(args.since),
        wei: args.refund
      }))
    ];
    const entries = logged
      .filter(({ kind, wei }) => kind !== 'refund' || wei > 0n)
      .sort((one, other) => Number(one.blockNumber - other.blockNumber) || one.logIndex - other.logIndex);
    const times = await timesOf(market, [...new Set(entries.map(({ blockNumber }) => blockNumber))]);
    return entries.map((entry) => ({
      ...entry,
      timestamp: times.get(entry.blockNumber) ?? 0,
      product: names.get(entry.productId) ?? ''
    }));
  } catch (error) {
    throw translateChainError(error, dataLicenseAbi);
  }
}

function entryOf(
  log: { readonly transactionHash: Hex; readonly blockNumber: bigint; readonly logIndex: number },
  args: { readonly offerId: Hex; readonly productId: Hex }
) {
  const { transactionHash, blockNumber, logIndex } = log;
  const { offerId, productId } = args;
  return { transactionHash, blockNumber, logIndex, offerId, productId, payer: '', from: null, until: null };
}

/** Unix seconds of blocks. */
async function timesOf({ publicClient }: Market, blocks: readonly bigint[]): Promise<Map<bigint, number>> {
  const times = new Map<bigint, number>();
  for (let at = 0; at < blocks.length; at += atOnce) {
    const some = blocks.slice(at, at + atOnce);
    const found = await Promise.all(some.map((blockNumber) => publicClient.getBlock({ blockNumber })));
    found.forEach(({ number, timestamp }) => times.set(number, Number(timestamp)));
  }
  return times;
}
