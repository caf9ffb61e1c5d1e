import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StreamEvent } from '#sdk/protocol/event';
import { sortByPartition } from './append-batch.ts';

const few = fc.nat({ max: 3 });
const entry = fc.record({ stream: few, partition: few, timestamp: few, sequence: few, origin: few }).map((event) => ({
  event: event as unknown as StreamEvent,
  bytes: new Uint8Array()
}));
type Keyed = { readonly event: StreamEvent };
const keyOf = ({ event }: Keyed) => JSON.stringify(event);
const placeOf = ({ event: { stream, partition } }: Keyed) => JSON.stringify([stream, partition]);

it('keeps the first of each place in the order of its partition, and finds every double', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
      const { partitions, doubles } = sortByPartition(entries);
      const first = entries.filter((one, at) => entries.findIndex((other) => keyOf(other) === keyOf(one)) === at);
      expect(doubles).toEqual(entries.filter((one) => !first.includes(one)));
      expect(partitions.map(({ place }) => JSON.stringify([place.stream, place.partition]))).toEqual([
        ...new Set(first.map(placeOf))
      ]);
      for (const { place, events } of partitions) {
        const own = JSON.stringify([place.stream, place.partition]);
        expect(events).toEqual(first.filter((one) => placeOf(one) === own));
      }
    })
  );
});
