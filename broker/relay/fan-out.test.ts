import { expect, it } from 'vitest';
import { frameLimits } from '#sdk/protocol/frame';
import { cutIntoFrames, type LiveReader, PartitionFanOut } from './fan-out.ts';

const recordOf = (offset: number, size = 1) => ({ offset, bytes: new Uint8Array(size) });

function readerFrom(next: number): LiveReader & { frames: Uint8Array[]; events: number } {
  return {
    next,
    frames: [],
    events: 0,
    deliver(frame, events) {
      this.frames.push(frame);
      this.events += events;
    }
  };
}

it('encodes a frame once for all readers, and cuts off what a reader from history has got', () => {
  const fanOut = new PartitionFanOut(10, 1_000, 100);
  const early = readerFrom(10);
  fanOut.add(early);
  fanOut.push([recordOf(10), recordOf(11)]);
  const [same, late] = [readerFrom(10), readerFrom(12)];
  fanOut.add(same);
  fanOut.add(late);
  fanOut.push([recordOf(12)]);
  fanOut.flush();
  expect(fanOut.head).toBe(13);
  expect([early, same, late].map((reader) => [reader.events, reader.next])).toEqual([
    [3, 13],
    [3, 13],
    [1, 13]
  ]);
  expect(early.frames[0]).toBe(same.frames[0]);
  fanOut.remove(early);
  fanOut.push([recordOf(13)]);
  fanOut.flush();
  expect([early.events, same.events]).toEqual([3, 4]);
});

it('sends at once when enough has come together', () => {
  const fanOut = new PartitionFanOut(0, 1_000_000, 3);
  const reader = readerFrom(0);
  fanOut.add(reader);
  fanOut.push([recordOf(0), recordOf(1)]);
  expect(reader.frames).toHaveLength(0);
  fanOut.push([recordOf(2), recordOf(3)]);
  expect([reader.frames.length, reader.events]).toEqual([2, 4]);
  fanOut.stop();
});

it('cuts records by number and by bytes', () => {
  const size = 270_000;
  const records = Array.from({ length: 40 }, (_, offset) => recordOf(offset, size));
  const parts = [...cutIntoFrames(records, 100)];
  expect(parts.flat()).toEqual(records);
  expect(parts.length).toBeGreaterThan(2);
  for (const part of parts) expect(part.length * (size + 12)).toBeLessThan(frameLimits.bytes);
  expect([...cutIntoFrames(records.slice(0, 5), 2)].map((part) => part.length)).toEqual([2, 2, 1]);
});
