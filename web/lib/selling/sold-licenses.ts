import type { LicenseRecord } from '#sdk/protocol/discovery';

/** Which licences a seller looks at. */
export type SoldKind = 'all' | 'running' | 'ended' | 'flagged';

export const soldPerPage = 20;

const isOfKind: Record<SoldKind, (license: LicenseRecord, now: number) => boolean> = {
  all: () => true,
  running: ({ until }, now) => until > now,
  ended: ({ until }, now) => until <= now,
  // An answered flag asks nothing of the seller, but stays findable.
  flagged: ({ flag }) => flag !== null
};

/**
 * The licences that a seller looks for.
 *
 * @param text Part of the licensee's address, of the product's name, its id or the offer's, in any case; every word must be found.
 * @param now Unix seconds.
 * @returns Those licences in the order given.
 */
export function findSold(
  licenses: readonly LicenseRecord[],
  { text, kind, now }: { text: string; kind: SoldKind; now: number }
): readonly LicenseRecord[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return licenses.filter((license) => {
    if (!isOfKind[kind](license, now)) return false;
    const { licensee, productName, productId, offerId } = license;
    const where = `${licensee} ${productName ?? ''} ${productId} ${offerId}`.toLowerCase();
    return words.every((word) => where.includes(word));
  });
}

export interface SoldFigures {
  /** Licences that run at `now`. */
  readonly running: number;
  /** Purchases after the first of each licence. */
  readonly renewals: number;
  /** DATAcoin wei that buyers paid, fee included, and what of it flowed back. */
  readonly paid: bigint;
  readonly refunded: bigint;
}

/** What licences come to together. @param now Unix seconds. */
export function figuresOfSold(licenses: readonly LicenseRecord[], now: number): SoldFigures {
  const sum = (of: (license: LicenseRecord) => string) =>
    licenses.reduce((total, license) => total + BigInt(of(license)), 0n);
  return {
    running: licenses.filter(({ until }) => until > now).length,
    renewals: licenses.reduce((total, { purchases }) => total + Math.max(purchases - 1, 0), 0),
    paid: sum(({ paid }) => paid),
    refunded: sum(({ refunded }) => refunded)
  };
}

/** The page that there is, where the one asked for is gone: counted from 0. */
export function pageWithin(page: number, count: number): number {
  return Math.max(0, Math.min(page, Math.ceil(count / soldPerPage) - 1));
}
