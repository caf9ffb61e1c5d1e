import { getAbiItem } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Market } from '#sdk/actions/connect-market';
import { readWithdrawable } from '#sdk/actions/read-withdrawable';
import { requestJson } from '#sdk/actions/request';
import { searchLogs } from '#sdk/actions/search-logs';
import { translateChainError } from '#sdk/actions/translate-chain-error';
import { cohortPageSchema, licensePageSchema, type CohortRecord, type LicenseRecord } from '#sdk/protocol/discovery';
import { offerIdOf, offerOfContract, productIdOf, type Offer } from '#sdk/protocol/offer';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { isSettledByEvents } from '#sdk/protocol/settlement';
import { loadMarket } from '../wallet/market.ts';

/** As many licences as a page reads of one seller. */
const mostLicenses = 5_000;

/** An offer of a seller, and what can be withdrawn of it now. */
export interface Sale {
  readonly offerId: Hex;
  readonly productId: Hex;
  readonly offer: Offer;
  readonly position: number;
  readonly listed: boolean;
  /** DATAcoin wei, fee included; null unless settled by the second. */
  readonly withdrawable: bigint | null;
  /** Unix seconds: the licences' ends that it comes from. */
  readonly ends: readonly number[];
}

export interface Sales {
  /** Newest first; also offers that were retired, which may still earn. */
  readonly sales: readonly Sale[];
  /** Licences sold, newest first: the newest `mostLicenses` at most. */
  readonly licenses: readonly LicenseRecord[];
  /** How many were sold in all. */
  readonly sold: number;
  /** Payments by events that can still earn. */
  readonly cohorts: readonly CohortRecord[];
}

/**
 * What an account sells, from the chain itself, and to whom, from the index.
 *
 * @throws ChainUnreachableError, MarketUnreachableError, MarketRefusedError or AnswerInvalidError of the sdk.
 */
export async function readSales(seller: Address): Promise<Sales> {
  const market = await loadMarket();
  const page = `seller=${seller}&limit=100`;
  const { fetch, marketUrl } = market;
  const [sales, { licenses, sold }] = await Promise.all([readOffers(market, seller), readLicenses(market, page)]);
  const cohorts = sales.some(({ offer }) => isSettledByEvents(offer.settlement))
    ? await requestJson({ fetch, url: `${marketUrl}/v1/cohorts?${page}&final=false`, schema: cohortPageSchema })
    : { items: [] };
  return { sales, licenses, sold, cohorts: cohorts.items };
}

async function readLicenses({ fetch, marketUrl }: Market, query: string): Promise<Pick<Sales, 'licenses' | 'sold'>> {
  const licenses = new Map<string, LicenseRecord>();
  let cursor: string | null = null;
  for (;;) {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const url = `${marketUrl}/v1/licenses?${query}${after}`;
    const { items, total, nextCursor } = await requestJson({ fetch, url, schema: licensePageSchema });
    // A licence renewed between two pages may come twice.
    for (const license of items) licenses.set(`${license.offerId}-${license.licensee}`, license);
    if (nextCursor === null || items.length === 0 || licenses.size >= mostLicenses)
      return { licenses: [...licenses.values()], sold: total };
    cursor = nextCursor;
  }
}

async function readOffers(market: Market, seller: Address): Promise<Sale[]> {
  const { publicClient, deployment } = market;
  const address = deployment.contracts.DataLicense;
  try {
    const logs = await searchLogs({
      client: publicClient,
      address,
      event: getAbiItem({ abi: dataLicenseAbi, name: 'OfferListed' }),
      args: { seller },
      fromBlock: BigInt(deployment.startBlock),
      toBlock: await publicClient.getBlockNumber()
    });
    // An offer that was retired and listed again stands where it was listed last.
    const latest = new Map(logs.map((log) => [log.args.offerId, log]));
    const newestFirst = logs.toReversed().filter((log) => latest.get(log.args.offerId) === log);
    return await Promise.all(
      newestFirst.map(async ({ args }) => {
        const offer = offerOfContract(args.offer);
        const [[, listed], due] = await Promise.all([
          publicClient.readContract({
            address,
            abi: dataLicenseAbi,
            functionName: 'offerAt',
            args: [offer.streams[0] ?? address, args.position]
          }),
          offer.settlement === 'by-second' ? readWithdrawable({ market, offer }) : null
        ]);
        return {
          offerId: offerIdOf(offer),
          productId: productIdOf(offer.seller, offer.productNumber),
          offer,
          position: Number(args.position),
          listed,
          withdrawable: due?.amount ?? null,
          ends: due?.ends ?? []
        };
      })
    );
  } catch (error) {
    throw translateChainError(error, dataLicenseAbi);
  }
}
