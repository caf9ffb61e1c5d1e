import type { SlotRange } from './ranges.ts';

/** First slot that cannot exist. */
export const slotEnd = 2 ** 32;

/** The slots of a purchase, as far as the licence still holds. */
export function heldSlots(purchase: SecondRange, license: SecondRange, slotDuration: number): SlotRange {
  const from = Math.max(purchase.from, license.from);
  return slotsOf(from, Math.min(purchase.until, license.until), slotDuration);
}

/** A range in Unix seconds. */
export interface SecondRange {
  readonly from: number;
  readonly until: number;
}

/** Slots that begin before `until` and end within it, from the one that contains `from`; times in Unix seconds. */
export function slotsOf(from: number, until: number, slotDuration: number): SlotRange {
  return {
    from: Math.min(Math.floor(from / slotDuration), slotEnd),
    until: Math.min(Math.floor(until / slotDuration), slotEnd)
  };
}
