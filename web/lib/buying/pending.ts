import type { Address, Hex } from '#sdk/protocol/primitives';

/** A purchase that was sent and of whose block nothing is known yet. Holds nothing secret. */
export interface PendingPurchase {
  readonly productId: Hex;
  readonly offerId: Hex;
  readonly account: Address;
  readonly hash: Hex;
}

// In the session and not for ever: a transaction that got lost must not haunt the product's page.
const storageKey = (productId: Hex) => `tributary.purchase.${productId}`;

/** The purchase of this product that was under way when the page was left, if any. */
export function pendingPurchase(productId: Hex): PendingPurchase | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(storageKey(productId)) ?? 'null');
    if (typeof value !== 'object' || value === null) return null;
    const { offerId, account, hash } = value as Record<string, unknown>;
    const isHex = (text: unknown, digits: number): text is Hex =>
      typeof text === 'string' && text.startsWith('0x') && text.length === 2 + digits && /^0x[0-9a-f]+$/.test(text);
    if (!isHex(offerId, 64) || !isHex(account, 40) || !isHex(hash, 64)) return null;
    return { productId, offerId, account, hash };
  } catch {
    // Storage is switched off or holds rubbish: nothing can be taken up.
    return null;
  }
}

export function rememberPending(purchase: PendingPurchase): void {
  try {
    sessionStorage.setItem(storageKey(purchase.productId), JSON.stringify(purchase));
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
