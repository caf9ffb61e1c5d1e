import type { Notice } from '#sdk/protocol/notices';
import type { OutboxMessage } from '../outbox/messages.ts';
import type { NewNotice } from './record.ts';

/** What a message of the outbox is to webhooks; null for what concerns none. The same for one that takes it back. */
export function noticeOf(message: OutboxMessage): NewNotice | null {
  const timestamp = isoOf(message.time);
  const { subjects } = message;
  const as = (notice: Notice, cause: string): NewNotice => ({ notice, cause, subjects, product: null, since: null });
  // told once as long as the outbox does: it takes back what it told by position
  const byPosition = `message ${String(message.undoes ?? message.position)}`;
  const offer = (type: 'offer.listed' | 'offer.changed' | 'offer.retired', cause: string): NewNotice => {
    const { payload } = message as Extract<OutboxMessage, { kind: 'offerListed' | 'offerDescribed' | 'offerRetired' }>;
    return { ...as({ type, timestamp, data: payload }, cause), product: payload.product };
  };
  switch (message.kind) {
    case 'purchased':
      return as({ type: 'purchase', timestamp, data: message.payload }, purchaseCause(message.payload.purchase));
    case 'keyReplaced':
      return as({ type: 'key.replaced', timestamp, data: message.payload }, byPosition);
    case 'licenseEnded': {
      const { payload } = message;
      return as({ type: 'license.ended', timestamp, data: payload }, endCause(payload.license, payload.until));
    }
    case 'licenseFlagged':
      return as({ type: 'license.flagged', timestamp, data: message.payload }, byPosition);
    case 'offerListed':
      return offer('offer.listed', listingCause(message.payload.offer));
    case 'offerDescribed':
      return offer('offer.changed', byPosition);
    case 'offerRetired':
      return offer('offer.retired', byPosition);
    case 'permissionChanged':
      return as({ type: 'permission.changed', timestamp, data: message.payload }, byPosition);
    case 'attestationChanged':
      return as({ type: 'attestation.changed', timestamp, data: message.payload }, byPosition);
    // every webhook has its own lead: see tell-times.ts
    case 'licenseExpiring':
    case 'recipientKeyRegistered':
    case 'karmaChanged':
    case 'documentRead':
    case 'indexEmptied':
    case 'indexFilled':
      return null;
  }
}

/** Causes that follow from the fact itself, so that it is told once also when the index was made anew. */
export const purchaseCause = (purchase: string): string => `purchase ${purchase}`;
export const listingCause = (offer: string): string => `listing ${offer}`;
/** @param until Unix seconds. */
export const endCause = (license: string, until: number): string => `end ${license} ${String(until)}`;
export const expiryCause = (license: string, until: number): string => `expiry ${license} ${String(until)}`;

/** Unix seconds -> ISO 8601. */
export const isoOf = (seconds: number): string => new Date(seconds * 1_000).toISOString();
