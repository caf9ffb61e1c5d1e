import fc from 'fast-check';
import { hexOf } from './binary.ts';
import { eventVersion, type StreamEvent } from './event.ts';

/** Random values for property tests: every event that the protocol allows. */

const unsigned32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

export const addressArbitrary = bytes(20, 20).map(hexOf);

const contentType = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => new TextEncoder().encode(text).length <= 128);

const protection = fc.oneof(
  fc.record({
    encryptionType: fc.constant('none' as const),
    era: fc.constant(0),
    slot: fc.constant(0),
    content: bytes(0, 300)
  }),
  fc.record({
    encryptionType: fc.constant('aes-256-gcm' as const),
    era: unsigned32,
    slot: unsigned32,
    content: bytes(28, 300)
  })
);

const provenance = fc.oneof(
  fc.record({ originType: fc.constant('address'), origin: addressArbitrary }),
  fc.record({ originType: name.filter((type) => type !== 'address'), origin: bytes(1, 256).map(hexOf) })
);

export const eventArbitrary: fc.Arbitrary<StreamEvent> = fc
  .tuple(
    fc.record({
      version: fc.constant(eventVersion),
      stream: addressArbitrary,
      partition: unsigned32,
      timestamp: fc.maxSafeNat(),
      sequence: unsigned32,
      contentType,
      signatureType: name,
      signature: bytes(1, 200)
    }),
    protection,
    provenance
  )
  .map(([fields, content, origin]) => ({ ...fields, ...content, ...origin }));
