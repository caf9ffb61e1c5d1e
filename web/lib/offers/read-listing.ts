import { getAbiItem } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Market } from '#sdk/actions/connect-market';
import { searchLogs } from '#sdk/actions/search-logs';
import { translateChainError } from '#sdk/actions/translate-chain-error';
import { offerIdOf, offerOfContract, type Offer } from '#sdk/protocol/offer';
import type { Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { m } from '../generated/messages/messages.js';

/** An offer as its seller listed it. */
export interface Listing {
  readonly offer: Offer;
  /** Where it stands among the offers of its first stream. */
  readonly position: number;
}

/** The chain has no record of the offer's listing. */
export class ListingMissingError extends TributaryError {
  readonly code = 'listing-missing';
  readonly title = m.offers_listing_missing();
  override readonly status = 404;
}

const known = new Map<Hex, Promise<Listing>>();

/**
 * The offer of an id in the chain's own record: also one that was replaced by a newer version long ago. Offers never
 * change, so each is asked for once.
 *
 * @throws {@link ListingMissingError}, ChainUnreachableError of the sdk.
 */
export function readListing(market: Market, offerId: Hex): Promise<Listing> {
  const asked = known.get(offerId) ?? ask(market, offerId);
  known.set(offerId, asked);
  // The next one asks again.
  asked.catch(() => known.delete(offerId));
  return asked;
}

async function ask({ publicClient, deployment }: Market, offerId: Hex): Promise<Listing> {
  try {
    const logs = await searchLogs({
      client: publicClient,
      address: deployment.contracts.DataLicense,
      event: getAbiItem({ abi: dataLicenseAbi, name: 'OfferListed' }),
      args: { offerId },
      fromBlock: BigInt(deployment.startBlock),
      toBlock: await publicClient.getBlockNumber()
    });
    const [log] = logs;
    const offer = log === undefined ? undefined : offerOfContract(log.args.offer);
    // What the node says is checked: the id is a hash of the offer.
    if (log === undefined || offer === undefined || offerIdOf(offer) !== offerId) {
      throw new ListingMissingError(m.offers_listing_missing_means());
    }
    return { offer, position: Number(log.args.position) };
  } catch (error) {
    throw error instanceof TributaryError ? error : translateChainError(error, dataLicenseAbi);
  }
}
