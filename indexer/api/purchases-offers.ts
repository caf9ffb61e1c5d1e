import { zeroHash } from 'viem';
import { ContractRefusedError } from '#sdk/actions/chain-errors';
import type { Market } from '#sdk/actions/connect-market';
import { AttestationMissingError } from '#sdk/actions/attestation-errors';
import { readAttestation } from '#sdk/actions/read-attestation';
import type { OfferRecord, Product } from '#sdk/protocol/discovery';
import type { Offer } from '#sdk/protocol/offer';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { factsById } from '../search/list-facts.ts';
import { productsById } from '../search/products.ts';
import { toOffer } from '../search/records.ts';
import type { View } from '../search/view.ts';
import { NotFoundError } from './problems.ts';

/** @throws {@link NotFoundError} */
export async function productOf(view: View, productId: Hex): Promise<Product> {
  const [found] = await productsById(view, [productId]);
  if (found === undefined) throw new NotFoundError('No product has this id on the chain, or not yet.');
  return found;
}

/** @throws {@link NotFoundError} */
export async function offerOf(view: View, offerId: Hex): Promise<OfferRecord> {
  const [found] = await factsById(view, 'offer', [offerId]);
  if (found === undefined) throw new NotFoundError('No offer has this id on the chain, or not yet.');
  return toOffer(found);
}

/**
 * Looks whether the licensee has the attestation that an offer demands, as the contract will, so that nobody signs in
 * vain.
 *
 * @param now Unix seconds: time of the newest block.
 * @throws {@link ContractRefusedError} (AttestationInvalid), {@link ChainUnreachableError}
 */
export async function checkAttestation(
  market: Market,
  offer: Pick<Offer, 'attestationSchema' | 'attesters'>,
  purchase: { readonly attestation: Hex; readonly licensee: Address; readonly now: number }
): Promise<void> {
  if (offer.attestationSchema === zeroHash) return;
  const { attestation, licensee, now } = purchase;
  const refused = new ContractRefusedError('AttestationInvalid', [attestation, licensee]);
  if (attestation === zeroHash) throw refused;
  const found = await readAttestation({ market, uid: attestation }).catch((error: unknown) => {
    throw error instanceof AttestationMissingError ? refused : error;
  });
  const holds =
    found.schema === offer.attestationSchema &&
    found.recipient === licensee &&
    found.revokedAt === undefined &&
    (found.expiresAt === undefined || found.expiresAt > now) &&
    offer.attesters.includes(found.attester);
  if (!holds) throw refused;
}
