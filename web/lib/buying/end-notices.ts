import type { LicenseRecord } from '#sdk/protocol/discovery';
import { formatPeriod } from '../ui/period.ts';
import { endsSoon } from './license-filter.ts';
import { m } from '../generated/messages/messages.js';

/** Ends of licences that were announced already, so that no page view says it again. */
const storageKey = 'tributary.end-notices';
const kept = 200;

function announced(): Set<string> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return new Set(Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);
  } catch {
    // Storage is switched off or holds rubbish: said once more at worst.
    return new Set();
  }
}

const keyOf = ({ offerId, licensee, until }: LicenseRecord) => `${offerId}-${licensee}-${String(until)}`;

/** Whether this browser can announce something outside of the page, and may. */
export function notificationState(): 'granted' | 'denied' | 'default' | 'absent' {
  return 'Notification' in globalThis ? Notification.permission : 'absent';
}

/**
 * Announces, as the system does, licences that end within a day: each end once, and only where the reader allowed it.
 *
 * @param now Unix seconds.
 */
export function announceEnds(licenses: readonly LicenseRecord[], now: number): void {
  if (notificationState() !== 'granted') return;
  const known = announced();
  const due = licenses.filter((license) => endsSoon(license, now) && !known.has(keyOf(license)));
  if (due.length === 0) return;
  for (const license of due) {
    const left = formatPeriod(license.until - now, 1);
    try {
      new Notification(
        m.licenses_notice_title({ name: license.productName ?? m.licenses_notice_unnamed(), time: left }),
        {
          body: m.licenses_notice_body(),
          tag: keyOf(license)
        }
      );
    } catch {
      // Some phones allow notifications to service workers alone: the page itself says it.
      return;
    }
    known.add(keyOf(license));
  }
  try {
    localStorage.setItem(storageKey, JSON.stringify([...known].slice(-kept)));
  } catch {
    // Said once more at worst.
  }
}
