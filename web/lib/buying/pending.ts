import type { SentTransaction } from '#sdk/actions/follow-transaction';
import type { Address, Hex } from '#sdk/protocol/primitives';

/** A purchase that was sent and of whose block nothing is known yet. Holds nothing secret. */
export interface PendingPurchase {
  readonly productId: Hex;
  readonly offerId: Hex;
  /** Who pays. */
  readonly account: Address;
  /** Who may read: another one for a gift. */
  readonly licensee: Address;
  readonly sent: SentTransaction;
}

// In the session and not for ever: a transaction that got lost must not haunt the product's page.
const storageKey = (productId: Hex) => `tributary.purchase.${productId}`;

const isHex = (text: unknown, digits: number): text is Hex =>
  typeof text === 'string' && text.length === 2 + digits && /^0x[0-9a-f]+$/.test(text);

/** The purchase of this product that was under way when the page was left, if any. */
export function pendingPurchase(productId: Hex): PendingPurchase | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(storageKey(productId)) ?? 'null');
    if (typeof value !== 'object' || value === null) return null;
    const { offerId, account, licensee, hash, to, data, nonce, sentAt } = value as Record<string, unknown>;
    if (!isHex(offerId, 64) || !isHex(account, 40) || !isHex(licensee, 40) || !isHex(hash, 64)) return null;
    if (!isHex(to, 40) || typeof data !== 'string' || !/^0x[0-9a-f]*$/i.test(data)) return null;
    if (!Number.isSafeInteger(nonce) || typeof sentAt !== 'string' || !/^\d{1,20}$/.test(sentAt)) return null;
    const sent = { hash, from: account, to, data: data as Hex, nonce: Number(nonce), sentAt: BigInt(sentAt) };
    return { productId, offerId, account, licensee, sent };
  } catch {
    // Storage is switched off or holds rubbish: nothing can be taken up.
    return null;
  }
}

export function rememberPending({ productId, offerId, account, licensee, sent }: PendingPurchase): void {
  const { hash, to, data, nonce, sentAt } = sent;
  try {
    sessionStorage.setItem(
      storageKey(productId),
      JSON.stringify({ offerId, account, licensee, hash, to, data, nonce, sentAt: String(sentAt) })
    );
  } catch {
    // Without storage the purchase goes on; only a reload would lose it from sight until the index shows it.
  }
}

export function forgetPending(productId: Hex): void {
  try {
    sessionStorage.removeItem(storageKey(productId));
  } catch {
    // Nothing was kept either.
  }
}
