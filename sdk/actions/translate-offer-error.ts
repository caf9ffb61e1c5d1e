import { offerIdOf } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import { ContractRefusedError, OfferRetiredError } from './chain-errors.ts';

/** Says that an offer is not on sale where the contract answered so; any other error stays as it is. */
export function translateOfferError(error: unknown, offer: Offer): unknown {
  const missing = error instanceof ContractRefusedError && error.reason === 'OfferNotListed';
  return missing ? new OfferRetiredError(offerIdOf(offer)) : error;
}
