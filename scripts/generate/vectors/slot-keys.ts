import { hexOf } from '#sdk/protocol/binary';
import { encodeSeeds, rangeSeeds, rootSeed, slotAt, slotKey } from '#sdk/protocol/slot-keys';
import { root, seedJson, slot, timestamp } from './inputs.ts';

export function slotVectors(): unknown {
  const held = [rootSeed(root)];
  const ranges = [
    [0, 0],
    [0, 2 ** 32],
    [1, 2 ** 32 - 1],
    [0, 1],
    [2 ** 32 - 1, 2 ** 32],
    [5, 11],
    [slot, slot + 60],
    [slot, slot + 30 * 24 * 60]
  ] as const;
  const times = [
    [0, 60],
    [59_999, 60],
    [60_000, 60],
    [timestamp, 60],
    [timestamp, 1],
    [timestamp, 3600]
  ] as const;
  return {
    description:
      'Slot keys of an era (MARKS): keys of single slots, the minimal cover of ranges [from, until) and its encoding, and the slot of a time in milliseconds for a slot duration in seconds.',
    root: hexOf(root),
    slots: [0, 1, 2, 2 ** 31 - 1, 2 ** 31, slot, 2 ** 32 - 1].map((number) => ({
      slot: number,
      key: hexOf(slotKey(held, number))
    })),
    ranges: ranges.map(([from, until]) => {
      const seeds = rangeSeeds(held, from, until);
      return { from, until, seeds: seeds.map(seedJson), encoded: hexOf(encodeSeeds(seeds)) };
    }),
    times: times.map(([time, duration]) => ({
      timestamp: time,
      slotDuration: duration,
      slot: slotAt(time, duration)
    }))
  };
}
