import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import { encodeEvent, EventMalformedError } from './event-encoding.ts';
import { eventArbitrary } from './event.arbitrary.ts';
import {
  decodeEventFrame,
  decodePublishFrame,
  encodeEventFrame,
  encodePublishFrame,
  FrameMalformedError,
  frameLimits
} from './frame.ts';
import type { Hex } from './primitives.ts';
import vectors from './vectors/frame.json' with { type: 'json' };

const events = vectors.events.map((event) => bytesOf(event as Hex));

describe('vectors', () => {
  it('publish', () => {
    expect(hexOf(encodePublishFrame(vectors.publish.id, events))).toBe(vectors.publish.frame);
    const decoded = decodePublishFrame(bytesOf(vectors.publish.frame as Hex));
    expect(decoded.id).toBe(vectors.publish.id);
    expect(decoded.events.map(hexOf)).toEqual(vectors.events);
  });

  it('deliver', () => {
    const { offsets, frame } = vectors.delivered;
    const records = events.map((bytes, index) => ({ offset: offsets[index] ?? -1, bytes }));
    expect(hexOf(encodeEventFrame(records))).toBe(frame);
    const decoded = decodeEventFrame(bytesOf(frame as Hex));
    expect(decoded.map(({ offset }) => offset)).toEqual(offsets);
    expect(decoded.map(({ event }) => hexOf(encodeEvent(event)))).toEqual(vectors.events);
  });
});

describe('a publish frame', () => {
  it('reads back as written, whatever the events are', () => {
    const some = fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), some, (id, list) => {
        expect(decodePublishFrame(encodePublishFrame(id, list))).toEqual({ id, events: list });
      })
    );
  });

  it('holds 1 to 4,096 events in at most 4 MiB', () => {
    const many = (count: number) => Array.from({ length: count }, () => new Uint8Array(1));
    expect(decodePublishFrame(encodePublishFrame(1, many(4096))).events).toHaveLength(4096);
    expect(() => encodePublishFrame(1, many(4097))).toThrow(FrameMalformedError);
    expect(() => encodePublishFrame(1, [])).toThrow(FrameMalformedError);
    expect(encodePublishFrame(1, [new Uint8Array(frameLimits.bytes - 11)])).toHaveLength(frameLimits.bytes);
    expect(() => encodePublishFrame(1, [new Uint8Array(frameLimits.bytes - 10)])).toThrow(FrameMalformedError);
    expect(() => encodePublishFrame(2 ** 32, many(1))).toThrow(FrameMalformedError);
  });

  it('is refused where it ends early, goes on, lies about its count or is of another kind', () => {
    const frame = encodePublishFrame(1, events);
    for (let length = 0; length < frame.length; length += 1) {
      expect(() => decodePublishFrame(frame.subarray(0, length))).toThrow(FrameMalformedError);
    }
    const none = Uint8Array.of(1, 0, 0, 0, 1, 0, 0);
    const endless = frame.with(7, 0xff);
    for (const bad of [
      Uint8Array.of(...frame, 0),
      frame.with(6, 1),
      frame.with(6, 3),
      frame.with(0, 2),
      none,
      endless
    ]) {
      expect(() => decodePublishFrame(bad)).toThrow(FrameMalformedError);
    }
    expect(() => decodePublishFrame(new Uint8Array(frameLimits.bytes + 1))).toThrow(FrameMalformedError);
  });

  it('never throws anything else on bytes of strangers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          const { id, events: list } = decodePublishFrame(bytes);
          expect(encodePublishFrame(id, list)).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameMalformedError);
        }
      })
    );
  });
});

describe('an event frame', () => {
  it('reads back as written', () => {
    const records = fc.array(fc.record({ offset: fc.maxSafeNat(), event: eventArbitrary }), {
      minLength: 1,
      maxLength: 5
    });
    fc.assert(
      fc.property(records, (list) => {
        const frame = encodeEventFrame(list.map(({ offset, event }) => ({ offset, bytes: encodeEvent(event) })));
        expect(decodeEventFrame(frame)).toEqual(list);
      })
    );
  });

  it('is refused where it ends early or is of another kind', () => {
    const frame = encodeEventFrame(events.map((bytes, offset) => ({ offset, bytes })));
    for (const bad of [frame.subarray(0, -1), Uint8Array.of(...frame, 0), frame.with(0, 1), frame.with(2, 0)]) {
      expect(() => decodeEventFrame(bad)).toThrow(FrameMalformedError);
    }
    expect(() => encodeEventFrame([])).toThrow(FrameMalformedError);
    expect(() => encodeEventFrame([{ offset: -1, bytes: new Uint8Array() }])).toThrow(FrameMalformedError);
  });

  it('with a malformed event is refused as that', () => {
    const frame = encodeEventFrame([{ offset: 0, bytes: Uint8Array.of(9) }]);
    expect(() => decodeEventFrame(frame)).toThrow(EventMalformedError);
  });
});
