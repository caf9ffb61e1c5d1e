import { getAbiItem } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { searchLogs } from '#sdk/actions/search-logs';
import type { PastOffer } from '#sdk/protocol/discovery';
import { bytes32Schema, type Hex } from '#sdk/protocol/primitives';
import { loadMarket } from '$lib/wallet/market.ts';

/**
 * The transactions that listed the offers of a product, by offer id, in the chain's own record. One that was listed
 * again has its last.
 *
 * @throws viem's errors where the chain does not answer.
 */
export async function listingTransactions(
  productId: Hex,
  offers: readonly PastOffer[]
): Promise<ReadonlyMap<string, Hex>> {
  const blocks = offers.map(({ listedAt }) => BigInt(listedAt.number));
  const [first, ...rest] = blocks;
  if (first === undefined) return new Map();
  const { publicClient, deployment } = await loadMarket();
  const logs = await searchLogs({
    client: publicClient,
    address: deployment.contracts.DataLicense,
    event: getAbiItem({ abi: dataLicenseAbi, name: 'OfferListed' }),
    args: { productId },
    fromBlock: rest.reduce((least, block) => (block < least ? block : least), first),
    toBlock: rest.reduce((most, block) => (block > most ? block : most), first)
  });
  return new Map(logs.map(({ args, transactionHash }) => [args.offerId, bytes32Schema.parse(transactionHash)]));
}
