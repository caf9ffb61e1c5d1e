import type { KeyState } from '#sdk/actions/event-reader';
import type { LicenseRecord } from '#sdk/protocol/discovery';

/** How somebody stands to a stream: what they may read, and why not. */
export type Standing =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'public' }
  /** Nobody is connected. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'unlicensed' }
  /** The root of the stream is in this browser. */
  | { readonly kind: 'own' }
  | { readonly kind: 'key-elsewhere'; readonly license: LicenseRecord }
  | { readonly kind: 'waiting'; readonly license: LicenseRecord }
  | { readonly kind: 'readable'; readonly license: LicenseRecord }
  | { readonly kind: 'ended'; readonly license: LicenseRecord };

export interface StandingParameters {
  readonly publicRead: boolean;
  /** Whether it is known if somebody is connected, and what they bought. */
  readonly known: boolean;
  readonly connected: boolean;
  /** The account's licences to this stream. */
  readonly licenses: readonly LicenseRecord[];
  /** Public keys whose private halves this browser holds. */
  readonly held: ReadonlySet<string>;
  /** State of the subscription's keys; undefined before it answered. */
  readonly keys: KeyState | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The licence that counts: the one that ends last. */
export function latestLicense(licenses: readonly LicenseRecord[]): LicenseRecord | undefined {
  return licenses.toSorted((one, other) => other.until - one.until)[0];
}

/** Tells how somebody stands to a stream. */
export function standingOf(parameters: StandingParameters): Standing {
  const { publicRead, known, connected, licenses, held, keys, now } = parameters;
  if (publicRead) return { kind: 'public' };
  if (!known) return { kind: 'unknown' };
  if (!connected) return { kind: 'stranger' };
  const license = latestLicense(licenses);
  if (!license) return keys === 'held' ? { kind: 'own' } : { kind: 'unlicensed' };
  if (license.until * 1000 <= now) return { kind: 'ended', license };
  if (keys === 'held') return { kind: 'readable', license };
  if (!held.has(license.publicKey)) return { kind: 'key-elsewhere', license };
  return { kind: 'waiting', license };
}
