import type { Address, Hex } from '#sdk/protocol/primitives';
import { karmaRoles, permissionKinds, type FactRow } from '../schema.ts';
import type { FactSet } from '../sync/fact-set.ts';
import type { MarketEvent } from '../sync/market-logs.ts';
import { licenseId } from '../sync/rules/ids.ts';
import type { NewMessage } from './messages.ts';

/**
 * What an event tells to those outside; null when it concerns nobody there.
 *
 * @param facts As they are right after the event was applied.
 */
export function messageOf(facts: FactSet, event: MarketEvent): NewMessage | null {
  const at = { block: event.block, time: event.timestamp };
  switch (event.eventName) {
    case 'LicensePurchased': {
      const { payer, from, until, paid, publicKey } = event.args;
      const found = licenseOf(facts, event.args);
      if (found === null) return null;
      const { ids, license } = found;
      const purchase = `${event.transactionHash}-${String(event.logIndex)}`;
      const period = { from: Number(from), until: Number(until), paid: paid.toString() };
      const how = {
        purchase,
        transactionHash: event.transactionHash,
        payer,
        publicKey,
        renewal: license.purchases > 1
      };
      return { ...at, kind: 'purchased', payload: { ...ids, ...period, ...how } };
    }
    case 'KeyReplaced': {
      const found = licenseOf(facts, event.args);
      if (found === null) return null;
      const { publicKey, until } = found.license;
      return { ...at, kind: 'keyReplaced', payload: { ...found.ids, publicKey, until } };
    }
    case 'LicenseCancelled':
    case 'LicenseRevoked': {
      const found = licenseOf(facts, event.args);
      if (found === null) return null;
      const [how, reasonHash] =
        event.eventName === 'LicenseRevoked'
          ? (['REVOKED', event.args.reasonHash] as const)
          : (['CANCELLED', null] as const);
      const end = { how, reasonHash, until: found.license.until, refund: event.args.refund.toString() };
      return { ...at, kind: 'licenseEnded', payload: { ...found.ids, ...end } };
    }
    case 'LicenseFlagged': {
      const { points, reasonHash } = event.args;
      const found = licenseOf(facts, event.args);
      if (found === null) return null;
      return { ...at, kind: 'licenseFlagged', payload: { ...found.ids, points: points.toString(), reasonHash } };
    }
    case 'OfferListed':
      return ofOffer('offerListed', facts, event.args.offerId, at);
    case 'OfferRetired':
      return ofOffer('offerRetired', facts, event.args.offerId, at);
    case 'OfferDescribed':
      return ofOffer('offerDescribed', facts, event.args.offerId, at);
    case 'PermissionChanged': {
      const { account, permission: number, until, grantor } = event.args;
      const permission = permissionKinds[number];
      if (permission === undefined) return null;
      const payload = { stream: event.address, account, permission, until, grantor };
      return { ...at, kind: 'permissionChanged', payload };
    }
    case 'PublicKeyRegistered': {
      const { account, publicKey } = event.args;
      return { ...at, kind: 'recipientKeyRegistered', payload: { stream: event.address, account, publicKey } };
    }
    case 'KarmaEarned':
    case 'KarmaTaken': {
      const { account, units } = event.args;
      const role = karmaRoles[event.args.role];
      if (role === undefined) return null;
      return { ...at, kind: 'karmaChanged', payload: { account, role, units: units.toString() } };
    }
    case 'AttestationRecorded':
    case 'AttestationWithdrawn': {
      const attestation = facts.get('attestation', event.args.uid);
      if (attestation === undefined) return null;
      const { id, recipient, revokedAt } = attestation;
      const payload = { account: recipient, attestation: id, valid: revokedAt === null };
      return { ...at, kind: 'attestationChanged', payload };
    }
    default:
      return null;
  }
}

interface LicenseIds {
  readonly license: string;
  readonly offer: Hex;
  readonly product: Hex;
  readonly seller: Address;
  readonly licensee: Address;
}

function licenseOf(
  facts: FactSet,
  { offerId, licensee }: { readonly offerId: Hex; readonly licensee: Address }
): { ids: LicenseIds; license: FactRow<'license'> } | null {
  const license = facts.get('license', licenseId(offerId, licensee));
  const offer = facts.get('offer', offerId);
  if (license === undefined || offer === undefined) return null;
  const { product, seller } = offer;
  return { ids: { license: license.id, offer: offerId, product, seller, licensee }, license };
}

function ofOffer(
  kind: 'offerListed' | 'offerRetired' | 'offerDescribed',
  facts: FactSet,
  offerId: Hex,
  at: { readonly block: number; readonly time: number }
): NewMessage | null {
  const row = facts.get('offer', offerId);
  if (row === undefined) return null;
  const { product, seller, streams, pricePerSecond, documentHash } = row;
  const payload = { offer: offerId, product, seller, streams, pricePerSecond, documentHash };
  return { ...at, kind, payload };
}
