import * as z from 'zod';

/** When a seller's money becomes its own, in the order of IOffers.Settlement: a settlement's place is its number. */
export const settlements = ['at-once', 'by-second', 'after-events', 'by-event'] as const;

/**
 * at-once: with the purchase; nothing flows back. by-second: as the licence runs. after-events: all of it, once the
 * promised events came; otherwise all flows back. by-event: as events come, never faster than time passes.
 */
export const settlementSchema = z.enum(settlements);
export type Settlement = z.infer<typeof settlementSchema>;

/** The settlement's number on the chain (uint8). */
export function settlementNumber(settlement: Settlement): number {
  return settlements.indexOf(settlement);
}

/**
 * The settlement of a number that the contract gave.
 *
 * @throws zod's error where the number is none of IOffers.Settlement.
 */
export function settlementOfNumber(number: number): Settlement {
  return settlementSchema.parse(settlements[number]);
}

/** Whether events are counted for it: then the offer names an oracle, and licences are charged from a boundary on. */
export function isSettledByEvents(settlement: Settlement): boolean {
  return settlement === 'after-events' || settlement === 'by-event';
}
