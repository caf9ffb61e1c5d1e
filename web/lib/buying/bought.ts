import type { LicenseRecord } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';

/**
 * Licences that were bought a moment ago in this browser, from the receipts: shown until the index has them too.
 */
const storageKey = 'tributary.bought';
const kept = 20;

async function read(): Promise<LicenseRecord[]> {
  const { licenseSchema } = await import('#sdk/protocol/discovery');
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(value)
      ? value.flatMap((item) => {
          const parsed = licenseSchema.safeParse(item);
          return parsed.success ? [parsed.data] : [];
        })
      : [];
  } catch {
    // Storage is switched off or holds rubbish: the index alone decides.
    return [];
  }
}

export async function rememberBought(license: LicenseRecord): Promise<void> {
  const others = (await read()).filter(
    (other) => other.offerId !== license.offerId || other.licensee !== license.licensee
  );
  try {
    sessionStorage.setItem(storageKey, JSON.stringify([license, ...others].slice(0, kept)));
  } catch {
    // The index shows it in a moment.
  }
}

/** What the index says, with this browser's newer purchases put in. Newest first. */
export async function withBought(indexed: readonly LicenseRecord[], account: Address): Promise<LicenseRecord[]> {
  const merged = new Map(indexed.map((license) => [license.offerId, license]));
  for (const license of await read()) {
    if (license.licensee !== account) continue;
    const known = merged.get(license.offerId);
    if (known && known.purchasedAt.number >= license.purchasedAt.number) continue;
    merged.set(license.offerId, { ...license, productName: license.productName ?? known?.productName ?? null });
  }
  return [...merged.values()].sort((one, other) => other.purchasedAt.number - one.purchasedAt.number);
}
