import type { Address } from '#sdk/protocol/primitives';
import type { LicenseNews } from './chain-reader.ts';
import { licenseKey } from './purchases.ts';
import type { Urgency } from './work.ts';

/** Licences that are to be looked at, by stream: many are done at once, and one that is asked for twice is done once. */
export class PendingLicenses {
  private readonly waiting: Readonly<Record<Urgency, Map<Address, Map<string, LicenseNews>>>> = {
    urgent: new Map(),
    later: new Map()
  };

  /** Licences that wait. */
  get size(): number {
    let count = 0;
    for (const streams of Object.values(this.waiting)) for (const licenses of streams.values()) count += licenses.size;
    return count;
  }

  add(stream: Address, licenses: readonly LicenseNews[], urgency: Urgency): void {
    const known = this.waiting[urgency].get(stream) ?? new Map<string, LicenseNews>();
    for (const license of licenses) {
      const before = known.get(licenseKey(license));
      // The first time counts: from then on somebody waits.
      known.set(licenseKey(license), before?.blockTime === undefined ? license : before);
    }
    if (known.size > 0) this.waiting[urgency].set(stream, known);
  }

  /** Of those of a stream that are next; undefined where none waits. */
  urgencyOf(stream: Address): Urgency | undefined {
    return (['urgent', 'later'] as const).find((urgency) => this.waiting[urgency].has(stream));
  }

  /** Takes those that wait longest. */
  take(stream: Address, urgency: Urgency, most: number): LicenseNews[] {
    const known = this.waiting[urgency].get(stream);
    if (known === undefined) return [];
    const taken = [...known].slice(0, most);
    for (const [key] of taken) known.delete(key);
    if (known.size === 0) this.waiting[urgency].delete(stream);
    return taken.map(([, license]) => license);
  }

  clear(): void {
    this.waiting.urgent.clear();
    this.waiting.later.clear();
  }
}
