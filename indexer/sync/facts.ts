import { permissionKinds, type FactRow, type PermissionKind } from '../schema.ts';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { FactKey, FactSet } from './fact-set.ts';
import type { MarketEvent } from './market-logs.ts';

/** The rules by which a log becomes facts: subgraph/schema.graphql in code. */

const zeroAddress = '0x0000000000000000000000000000000000000000';

/** Id of a permission, for example "0x1f90…-0x0000…-READ". */
export const permissionId = (stream: Address, account: Address, kind: PermissionKind) => `${stream}-${account}-${kind}`;
/** Id of a registered key, for example "0x1f90…-0x7099…". */
export const recipientKeyId = (stream: Address, account: Address) => `${stream}-${account}`;
/** Id of a licence, for example "0x8e3f…00-0x7099…". */
export const licenseId = (offer: Hex, licensee: Address) => `${offer}-${licensee}`;

/** A log of our own contracts says what they cannot say: the code of contract and indexer do not belong together. */
const kindOf = (permission: number): PermissionKind | undefined => permissionKinds[permission];

/** The rows that `applyEvent` will ask for. */
export function rowsTouchedBy(event: MarketEvent): FactKey[] {
  switch (event.eventName) {
    case 'StreamCreated':
      return [{ fact: 'stream', id: event.args.stream }];
    case 'MetadataChanged':
    case 'OwnershipTransferStarted':
    case 'OwnershipTransferred':
    case 'Deleted':
      return [{ fact: 'stream', id: event.address }];
    case 'PermissionChanged': {
      const kind = kindOf(event.args.permission);
      return kind === undefined
        ? []
        : [{ fact: 'permission', id: permissionId(event.address, event.args.account, kind) }];
    }
    case 'PublicKeyRegistered':
      return [{ fact: 'recipientKey', id: recipientKeyId(event.address, event.args.account) }];
    case 'OfferListed':
    case 'OfferDescribed':
    case 'OfferRetired':
      return [
        { fact: 'product', id: event.args.productId },
        { fact: 'offer', id: event.args.offerId }
      ];
    case 'LicensePurchased':
      return [
        { fact: 'product', id: event.args.productId },
        { fact: 'offer', id: event.args.offerId },
        { fact: 'license', id: licenseId(event.args.offerId, event.args.licensee) }
      ];
  }
}

/**
 * Applies one log, in the order of the chain.
 *
 * @returns false when the log speaks of something that was never made; it then changes nothing.
 */
export function applyEvent(facts: FactSet, event: MarketEvent): boolean {
  switch (event.eventName) {
    case 'StreamCreated': {
      const { stream, owner, name, description, slotDuration, partitions } = event.args;
      const row = { id: stream, owner, pendingOwner: null, name, description, slotDuration, partitions };
      const made = { deleted: false, createdAtBlock: event.block, createdAt: event.timestamp };
      facts.put('stream', { ...row, ...made }, event.block);
      return true;
    }
    case 'MetadataChanged':
      return changeStream(facts, event, { name: event.args.name, description: event.args.description });
    case 'OwnershipTransferStarted': {
      const { pendingOwner } = event.args;
      return changeStream(facts, event, { pendingOwner: pendingOwner === zeroAddress ? null : pendingOwner });
    }
    case 'OwnershipTransferred': {
      const { owner } = event.args;
      return changeStream(facts, event, { pendingOwner: null, ...(owner === zeroAddress ? {} : { owner }) });
    }
    case 'Deleted':
      return changeStream(facts, event, { pendingOwner: null, deleted: true });
    case 'PermissionChanged': {
      const { account, permission: number, until, grantor } = event.args;
      const permission = kindOf(number);
      if (permission === undefined) return false;
      const id = permissionId(event.address, account, permission);
      facts.put('permission', { id, stream: event.address, account, permission, until, grantor }, event.block);
      return true;
    }
    case 'PublicKeyRegistered': {
      const { account, publicKey } = event.args;
      const id = recipientKeyId(event.address, account);
      facts.put('recipientKey', { id, stream: event.address, account, publicKey }, event.block);
      return true;
    }
    case 'OfferListed':
      return listOffer(facts, event);
    case 'OfferDescribed': {
      const { documentHash } = event.args;
      return changeOffer(facts, event, event.args, { documentHash });
    }
    case 'OfferRetired':
      return changeOffer(facts, event, event.args, { listed: false, retiredAt: event.timestamp });
    case 'LicensePurchased':
      return purchaseLicense(facts, event);
  }
}

function changeStream(facts: FactSet, event: MarketEvent, change: Partial<FactRow<'stream'>>): boolean {
  const row = facts.get('stream', event.address);
  if (row === undefined) return false;
  facts.put('stream', { ...row, ...change }, event.block);
  return true;
}

type EventCalled<Name extends MarketEvent['eventName']> = Extract<MarketEvent, { eventName: Name }>;

function listOffer(facts: FactSet, event: EventCalled<'OfferListed'>): boolean {
  const { offerId, productId, seller, offer, position, documentHash } = event.args;
  const streams = [...offer.streams];
  const productNumber = offer.productNumber.toString();
  const pricePerSecond = offer.pricePerSecond.toString();
  const { block, timestamp } = event;
  facts.put(
    'offer',
    {
      id: offerId,
      product: productId,
      seller,
      productNumber,
      beneficiary: offer.beneficiary,
      pricePerSecond,
      minimumPeriod: offer.minimumPeriod,
      boundary: offer.boundary,
      termsHash: offer.termsHash,
      streams,
      position: Number(position),
      documentHash,
      listed: true,
      listedAtBlock: block,
      listedAt: timestamp,
      retiredAt: null,
      revenue: '0'
    },
    block
  );
  const known = facts.get('product', productId) ?? {
    id: productId,
    seller,
    number: productNumber,
    createdAtBlock: block,
    createdAt: timestamp,
    purchases: 0,
    revenue: '0'
  };
  facts.put('product', { ...known, currentOffer: offerId, listed: true, pricePerSecond, streams, documentHash }, block);
  return true;
}

function changeOffer(
  facts: FactSet,
  { block }: MarketEvent,
  { offerId, productId }: { offerId: Hex; productId: Hex },
  change: Partial<Pick<FactRow<'offer'>, 'documentHash' | 'listed' | 'retiredAt'>>
): boolean {
  const offer = facts.get('offer', offerId);
  const product = facts.get('product', productId);
  if (offer === undefined || product === undefined) return false;
  facts.put('offer', { ...offer, ...change }, block);
  if (product.currentOffer === offerId) {
    const { documentHash = product.documentHash, listed = product.listed } = change;
    facts.put('product', { ...product, documentHash, listed }, block);
  }
  return true;
}

function purchaseLicense(facts: FactSet, event: EventCalled<'LicensePurchased'>): boolean {
  const { offerId, productId, licensee, payer, publicKey } = event.args;
  const { block, timestamp, transactionHash } = event;
  const offer = facts.get('offer', offerId);
  const product = facts.get('product', productId);
  if (offer === undefined || product === undefined) return false;
  const from = Number(event.args.from);
  const until = Number(event.args.until);
  const paid = event.args.paid.toString();
  const id = licenseId(offerId, licensee);
  const before = facts.get('license', id);
  facts.put(
    'license',
    {
      id,
      offer: offerId,
      product: productId,
      licensee,
      from: before !== undefined && before.until === from ? before.from : from,
      until,
      publicKey,
      paid: sum(before?.paid ?? '0', paid),
      purchases: (before?.purchases ?? 0) + 1,
      purchasedAtBlock: block,
      purchasedAt: timestamp,
      transactionHash
    },
    block
  );
  facts.put(
    'purchase',
    {
      id: `${transactionHash}-${String(event.logIndex)}`,
      license: id,
      payer,
      from,
      until,
      paid,
      publicKey,
      block,
      timestamp,
      transactionHash
    },
    block
  );
  facts.put('offer', { ...offer, revenue: sum(offer.revenue, paid) }, block);
  facts.put('product', { ...product, purchases: product.purchases + 1, revenue: sum(product.revenue, paid) }, block);
  return true;
}

/** Sum of two amounts of wei in decimal digits. */
function sum(first: string, second: string): string {
  return (BigInt(first) + BigInt(second)).toString();
}
