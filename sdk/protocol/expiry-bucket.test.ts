import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bucketEndOf, bucketSeconds } from './expiry-bucket.ts';
import { slotCount, SlotInvalidError } from './slot-keys.ts';
import vectors from './vectors/era-change.json' with { type: 'json' };

it.each(vectors.ends)('slot $untilSlot of $slotDuration s ends in bucket $bucketEnd', (vector) => {
  expect(bucketEndOf(vector.untilSlot, vector.slotDuration)).toBe(vector.bucketEnd);
});

it('never ends after the licence, nor an hour and a slot before it', () => {
  fc.assert(
    fc.property(fc.nat(slotCount), fc.integer({ min: 1, max: 100_000 }), (untilSlot, duration) => {
      const end = bucketEndOf(untilSlot, duration);
      expect(end).toBeLessThanOrEqual(untilSlot);
      expect((untilSlot - end) * duration).toBeLessThan(bucketSeconds + duration);
      expect(bucketEndOf(end, duration)).toBeLessThanOrEqual(end);
    })
  );
});

it('is the same for all ends within an hour, so that buckets are at most one per hour', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 3600 }), (hour, duration) => {
      const first = Math.ceil((hour * bucketSeconds) / duration);
      const last = Math.ceil(((hour + 1) * bucketSeconds) / duration) - 1;
      const ends = new Set([first, Math.floor((first + last) / 2), last].map((slot) => bucketEndOf(slot, duration)));
      if (first <= last) expect(ends.size).toBe(1);
    })
  );
});

it('refuses what is no slot and no duration', () => {
  for (const slot of [-1, 0.5, slotCount + 1]) expect(() => bucketEndOf(slot, 60)).toThrow(SlotInvalidError);
  for (const duration of [0, 1.5, -60]) expect(() => bucketEndOf(60, duration)).toThrow(SlotInvalidError);
});
