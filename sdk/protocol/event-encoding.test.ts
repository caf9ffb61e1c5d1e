import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import { eventArbitrary } from './event.arbitrary.ts';
import {
  decodeEvent,
  encodeEvent,
  encodeHeader,
  encodeSignedPart,
  EventDecoder,
  EventMalformedError,
  signedPartOf
} from './event-encoding.ts';
import { eventLimits, type StreamEvent } from './event.ts';
import type { Hex } from './primitives.ts';
import vectors from './vectors/event.json' with { type: 'json' };

function eventOf(fields: (typeof vectors.events)[number]['event']): StreamEvent {
  return {
    ...fields,
    content: bytesOf(fields.content as Hex),
    signature: bytesOf(fields.signature as Hex)
  } as StreamEvent;
}
const [first] = vectors.events;
const sample = eventOf((first ?? expect.fail('no vectors')).event);
const encrypted: StreamEvent = { ...sample, encryptionType: 'aes-256-gcm', content: new Uint8Array(28) };

describe('vectors', () => {
  it.each(vectors.events)('$name', ({ event, encoded, signedPart }) => {
    expect(hexOf(encodeEvent(eventOf(event)))).toBe(encoded);
    expect(hexOf(encodeSignedPart(eventOf(event)))).toBe(signedPart);
    expect(decodeEvent(bytesOf(encoded as Hex))).toEqual(eventOf(event));
  });

  it.each(vectors.refused)('refused: $name', ({ encoded, reason }) => {
    expect(() => decodeEvent(bytesOf(encoded as Hex))).toThrow(new EventMalformedError(reason));
  });
});

describe('encoding', () => {
  it('is undone by decoding', () => {
    fc.assert(
      fc.property(eventArbitrary, (event) => {
        const bytes = encodeEvent(event);
        expect(decodeEvent(bytes)).toEqual(event);
        expect(encodeEvent(decodeEvent(bytes))).toEqual(bytes);
      })
    );
  });

  it('is canonical: bytes that decode are those that the result encodes to', () => {
    fc.assert(
      fc.property(eventArbitrary, fc.nat(), fc.integer({ min: 1, max: 255 }), (event, at, change) => {
        const bytes = encodeEvent(event);
        const index = at % bytes.length;
        const changed = bytes.with(index, (bytes[index] ?? 0) ^ change);
        let decoded: StreamEvent;
        try {
          decoded = decodeEvent(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(EventMalformedError);
          return;
        }
        expect(encodeEvent(decoded)).toEqual(changed);
      }),
      { numRuns: 1000 }
    );
  });

  it('never throws anything but EventMalformedError on bytes of strangers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          expect(encodeEvent(decodeEvent(bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(EventMalformedError);
        }
      })
    );
  });

  it('refuses every event that ends early or goes on', () => {
    const bytes = encodeEvent(sample);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeEvent(bytes.subarray(0, length))).toThrow(EventMalformedError);
    }
    expect(() => decodeEvent(Uint8Array.of(...bytes, 0))).toThrow(EventMalformedError);
  });

  it('differs wherever the events differ, in the signed part too', () => {
    fc.assert(
      fc.property(eventArbitrary, eventArbitrary, (one, other) => {
        const same = hexOf(encodeEvent(one)) === hexOf(encodeEvent(other));
        expect(same).toBe(isDeepEqual(one, other));
        const sameUnsigned = hexOf(encodeSignedPart(one)) === hexOf(encodeSignedPart(other));
        expect(sameUnsigned).toBe(isDeepEqual({ ...one, signature: 0 }, { ...other, signature: 0 }));
      })
    );
  });

  it('signs every field but the signature', () => {
    const base = hexOf(encodeSignedPart(encrypted));
    const changes: Partial<StreamEvent>[] = [
      { stream: '0x0000000000000000000000000000000000000001' },
      { partition: 1 },
      { timestamp: sample.timestamp + 1 },
      { sequence: 1 },
      { contentType: 'text/plain' },
      { encryptionType: 'none' },
      { era: 1 },
      { slot: 1 },
      { content: new Uint8Array(29) },
      { originType: 'x509' },
      { origin: '0x0000000000000000000000000000000000000002' },
      { signatureType: 'erc1271' }
    ];
    for (const change of changes) expect(hexOf(encodeSignedPart({ ...encrypted, ...change }))).not.toBe(base);
    const fields = changes.flatMap((change) => Object.keys(change));
    const untouched = Object.keys(encrypted).filter((field) => !fields.includes(field));
    expect(untouched.sort()).toEqual(['signature', 'version']);
    const otherwiseSigned: StreamEvent = { ...encrypted, signature: Uint8Array.of(1) };
    expect(hexOf(encodeSignedPart(otherwiseSigned))).toBe(base);
  });

  it('signs what the encoding holds in front of the signature', () => {
    fc.assert(
      fc.property(eventArbitrary, (event) => {
        expect(signedPartOf(encodeEvent(event), event.signature)).toEqual(encodeSignedPart(event));
      })
    );
  });

  it('binds content to every field of the header', () => {
    expect(hexOf(encodeSignedPart(sample)).startsWith(hexOf(encodeHeader(sample)))).toBe(true);
  });
});

describe('a decoder of one event after the other', () => {
  const outcomeOf = (decode: () => StreamEvent): unknown => {
    try {
      return decode();
    } catch (error) {
      return error;
    }
  };

  it('says of every event what decoding it alone says, whatever came before', () => {
    const likeBefore = fc.record({
      timestamp: fc.maxSafeNat(),
      sequence: fc.nat(),
      content: fc.uint8Array({ minLength: 28, maxLength: 40 }),
      signature: fc.uint8Array({ minLength: 1, maxLength: 80 })
    });
    const spoilt = fc.record({
      at: fc.nat(),
      change: fc.integer({ min: 0, max: 255 }),
      cut: fc.integer({ min: -9, max: 3 })
    });
    fc.assert(
      fc.property(
        eventArbitrary,
        fc.array(fc.tuple(likeBefore, fc.option(spoilt)), { maxLength: 8 }),
        (event, more) => {
          const decoder = new EventDecoder();
          expect(decoder.decode(encodeEvent(event))).toEqual(event);
          for (const [changes, fault] of more) {
            let bytes: Uint8Array = encodeEvent({ ...event, ...changes });
            if (fault !== null) {
              const at = fault.at % bytes.length;
              bytes = bytes
                .with(at, (bytes[at] ?? 0) ^ fault.change)
                .subarray(0, bytes.length + Math.min(0, fault.cut));
            }
            expect(outcomeOf(() => decoder.decode(bytes))).toEqual(outcomeOf(() => decodeEvent(bytes)));
          }
        }
      ),
      { numRuns: 500 }
    );
  });

  it('reads every part of a header that differs', () => {
    const changes: Partial<StreamEvent>[] = [
      {},
      { stream: '0x0000000000000000000000000000000000000001' },
      { partition: 1 },
      { timestamp: sample.timestamp + 2 ** 40 },
      { sequence: 2 ** 32 - 1 },
      { contentType: 'text/plain' },
      { era: 1 },
      { slot: 1 },
      { origin: '0x0000000000000000000000000000000000000002' },
      { signatureType: 'erc1271' },
      { content: new Uint8Array(eventLimits.content) },
      { signature: new Uint8Array(eventLimits.signature) }
    ];
    const decoder = new EventDecoder();
    for (const change of changes) {
      const event = { ...encrypted, ...change };
      expect(decoder.decode(encodeEvent(event))).toEqual(event);
    }
  });
});

describe('limits', () => {
  const accepted = (change: Partial<StreamEvent>) => decodeEvent(encodeEvent({ ...sample, ...change }));

  it.each<[string, Partial<StreamEvent>, Partial<StreamEvent>]>([
    ['content', { content: new Uint8Array(eventLimits.content) }, { content: new Uint8Array(eventLimits.content + 1) }],
    [
      'signature',
      { signature: new Uint8Array(eventLimits.signature) },
      { signature: new Uint8Array(eventLimits.signature + 1) }
    ],
    ['content type in bytes, not letters', { contentType: 'ü'.repeat(64) }, { contentType: `${'ü'.repeat(64)}a` }],
    [
      'origin',
      { originType: 'x509', origin: `0x${'ab'.repeat(256)}` },
      { originType: 'x509', origin: `0x${'ab'.repeat(257)}` }
    ],
    ['signature type', { signatureType: 'a'.repeat(32) }, { signatureType: 'a'.repeat(33) }],
    ['an encrypted content of nonce and tag', { ...encrypted }, { ...encrypted, content: new Uint8Array(27) }],
    ['partition', { partition: 2 ** 32 - 1 }, { partition: 2 ** 32 }],
    ['timestamp', { timestamp: 2 ** 53 - 1 }, { timestamp: 2 ** 53 }]
  ])('%s', (_, largest, beyond) => {
    expect(accepted(largest)).toEqual({ ...sample, ...largest });
    expect(() => accepted(beyond)).toThrow(EventMalformedError);
  });

  it.each<[string, object]>([
    ['unknown version', { version: 2 }],
    ['a half partition', { partition: 0.5 }],
    ['a negative timestamp', { timestamp: -1 }],
    ['an empty content type', { contentType: '' }],
    ['a lone surrogate', { contentType: 'text/\uD800' }],
    ['an address in capitals', { stream: sample.stream.replace('aabb', 'AABB') }],
    ['a short address', { stream: '0x00' }],
    ['a short origin', { origin: '0x00' }],
    ['no origin', { originType: 'x509', origin: '0x' }],
    ['half a byte of origin', { originType: 'x509', origin: '0x1' }],
    ['an empty signature', { signature: new Uint8Array() }],
    ['an unknown encryption', { encryptionType: 'rot13' }],
    ['an era without encryption', { era: 1 }],
    ['a slot without encryption', { slot: 1 }]
  ])('refuses %s', (_, change) => {
    expect(() => encodeEvent({ ...sample, ...change })).toThrow(EventMalformedError);
  });
});

function isDeepEqual(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
