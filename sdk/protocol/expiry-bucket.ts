import { SlotInvalidError, slotCount } from './slot-keys.ts';

/** Licences whose ends lie within the same span of this many seconds, an hour, share an expiry bucket. */
export const bucketSeconds = 3600;

/**
 * The expiry bucket of a licence: the slot at which everybody in it has stopped reading by what the bucket gives. It is
 * the licence's end cut down to a full hour, so that there are few buckets; what the licence has left after that hour is
 * granted to it alone. Never later than the licence's end: nobody may get a slot that was not paid for.
 *
 * Where an hour does not begin with a slot, the bucket ends with the last slot that ends before the hour does. Slots of
 * an hour or longer are as coarse as buckets: each end is a bucket of its own.
 *
 * @param untilSlot - First slot that the licence does not open any more.
 * @param slotDurationSeconds - Length of the stream's slots in seconds, a whole number.
 * @returns First slot that the bucket does not open any more.
 * @throws {@link SlotInvalidError} where there is no such slot or duration.
 */
export function bucketEndOf(untilSlot: number, slotDurationSeconds: number): number {
  if (!Number.isSafeInteger(slotDurationSeconds) || slotDurationSeconds < 1) {
    throw new SlotInvalidError('Give the slot duration as a whole number of seconds, 1 or more.');
  }
  if (!Number.isSafeInteger(untilSlot) || untilSlot < 0 || untilSlot > slotCount) {
    throw new SlotInvalidError(`Give an end from slot 0 to ${String(slotCount)}; ${String(untilSlot)} is outside.`);
  }
  if (slotDurationSeconds >= bucketSeconds) return untilSlot;
  const fullHour = Math.floor((untilSlot * slotDurationSeconds) / bucketSeconds) * bucketSeconds;
  return Math.floor(fullHour / slotDurationSeconds);
}
