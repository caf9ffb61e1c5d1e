import type { LicenseRecord } from '#sdk/protocol/discovery';

/** Seconds before its end from which a licence is said to end soon; for a short one, the last quarter of its time. */
const soon = 86_400;
const part = 4;

export type LicenseFilter = 'all' | 'running' | 'soon' | 'ended';

/** Whether a licence is among those that a filter shows. @param now Unix seconds. */
export function fitsFilter(
  license: Pick<LicenseRecord, 'from' | 'until'>,
  filter: LicenseFilter,
  now: number
): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'running':
      return license.until > now;
    case 'soon':
      return endsSoon(license, now);
    case 'ended':
      return license.until <= now;
  }
}

/** It runs, and ends within a day, or within the last quarter of its time. @param now Unix seconds. */
export const endsSoon = ({ from, until }: Pick<LicenseRecord, 'from' | 'until'>, now: number): boolean =>
  until > now && until - now <= Math.min(soon, (until - from) / part);
