import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import { decodeEvent, encodeEvent, encodeSignedPart, type UnsignedEvent } from './event-encoding.ts';
import type { StreamEvent } from './event.ts';
import { verifiers, verifyEvent, verifyEventSignature } from './event-verification.ts';
import type { Hex } from './primitives.ts';
import {
  BatchSignatureMalformedError,
  BatchSizeError,
  batchVerifier,
  decodeBatchSignature,
  encodeBatchRoot,
  encodeBatchSignature,
  leafOf,
  merkleLevels,
  merkleRoot,
  signEvents
} from './signature-batch.ts';
import { privateKeySigner, secp256k1Verifier, SignerMismatchError } from './signature.ts';
import { VerificationMemory } from './verification-memory.ts';
import vectors from './vectors/event-batch.json' with { type: 'json' };

const signer = privateKeySigner(`0x${'11'.repeat(32)}`);
const stranger = privateKeySigner(`0x${'22'.repeat(32)}`);

const unsigned = (sequence: number, by = signer): UnsignedEvent => ({
  version: 1,
  stream: `0x${'ab'.repeat(20)}`,
  partition: 0,
  timestamp: 1_800_000_000_000,
  sequence,
  contentType: 'text/plain',
  encryptionType: 'none',
  era: 0,
  slot: 0,
  content: new TextEncoder().encode(`reading ${String(sequence)}`),
  originType: 'address',
  origin: by.origin,
  signatureType: 'secp256k1-merkle'
});
const batchOf = (size: number, by = signer) =>
  signEvents(
    Array.from({ length: size }, (_, at) => unsigned(at, by)),
    by
  );

/** Counts how often a signature itself is checked. */
function counting() {
  const count = { checks: 0 };
  const base = {
    ...secp256k1Verifier,
    verify: (...given: Parameters<typeof secp256k1Verifier.verify>) => {
      count.checks += 1;
      return secp256k1Verifier.verify(...given);
    }
  };
  return { count, table: [batchVerifier(base)] };
}

/** The root of RFC 6962, 2.1, as it is written there: split at the largest power of two below the size. */
function rootOfTheRfc(payloads: readonly Uint8Array[]): Uint8Array {
  const [only] = payloads;
  if (payloads.length <= 1) return leafOf(only ?? new Uint8Array());
  let split = 1;
  while (split * 2 < payloads.length) split *= 2;
  const parts = [payloads.slice(0, split), payloads.slice(split)].map((part) => [rootOfTheRfc(part)]);
  const [[left = new Uint8Array()] = [], [right = new Uint8Array()] = []] = parts;
  return merkleLevels([left, right]).at(-1)?.[0] ?? new Uint8Array();
}

describe('vectors', () => {
  it.each(vectors.batches)('$name', async ({ root, signedRoot, events }) => {
    for (const { encoded, leaf } of events) {
      const event = decodeEvent(bytesOf(encoded as Hex));
      expect(hexOf(encodeEvent(event))).toBe(encoded);
      expect(hexOf(leafOf(encodeSignedPart(event)))).toBe(leaf);
      const batch = decodeBatchSignature(event.signature);
      expect(hexOf(merkleRoot(bytesOf(leaf as Hex), batch))).toBe(root);
      expect(hexOf(encodeBatchRoot(bytesOf(root as Hex), batch.size))).toBe(signedRoot);
      expect(await verifyEvent(event)).toBe(event.origin);
    }
  });

  it.each(vectors.refused)('refused: $name', async ({ signature }) => {
    const [first] = vectors.batches[0]?.events ?? [];
    const event = decodeEvent(bytesOf((first?.encoded ?? '0x') as Hex));
    expect(await verifyEventSignature({ ...event, signature: bytesOf(signature as Hex) })).toBe(false);
  });
});

describe('a batch', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 64, 100])(
    'of %i has the root of RFC 6962; every event stands alone',
    async (size) => {
      const events = await batchOf(size);
      const roots = new Set<string>();
      for (const event of events) {
        expect(await verifyEventSignature(event)).toBe(true);
        roots.add(hexOf(merkleRoot(leafOf(encodeSignedPart(event)), decodeBatchSignature(event.signature))));
      }
      expect([...roots]).toEqual([hexOf(rootOfTheRfc(events.map((event) => encodeSignedPart(event))))]);
    }
  );

  it('of the largest size has proofs of ten hashes', async () => {
    const events = await batchOf(1024);
    const last = events.at(-1) ?? expect.fail('no event');
    expect(decodeBatchSignature(last.signature).proof).toHaveLength(10);
    expect(await verifyEventSignature(last)).toBe(true);
    await expect(batchOf(1025)).rejects.toThrow(BatchSizeError);
    await expect(batchOf(0)).rejects.toThrow(BatchSizeError);
  });

  it('names its way of signing and its signer', async () => {
    await expect(signEvents([{ ...unsigned(0), signatureType: 'secp256k1' }], signer)).rejects.toThrow(
      SignerMismatchError
    );
    await expect(signEvents([unsigned(0)], stranger)).rejects.toThrow(SignerMismatchError);
  });

  it('falls with any flipped bit of the signature field, with any other place, and for any other event', async () => {
    const events = await batchOf(5);
    for (const event of events) {
      for (let bit = 0; bit < event.signature.length * 8; bit += 3) {
        const at = bit >> 3;
        const signature = event.signature.with(at, (event.signature[at] ?? 0) ^ (1 << (bit & 7)));
        expect(await verifyEventSignature({ ...event, signature })).toBe(false);
      }
    }
    const [first, second] = events;
    if (first === undefined || second === undefined) return expect.fail('no events');
    expect(await verifyEventSignature({ ...first, signature: second.signature })).toBe(false);
    expect(await verifyEventSignature({ ...first, content: new Uint8Array() })).toBe(false);
    // The signature over a root is none over an event, nor the other way round.
    const { signature } = decodeBatchSignature(first.signature);
    expect(await verifyEventSignature({ ...first, signatureType: 'secp256k1', signature })).toBe(false);
  }, 60_000);

  it('has one encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(1100), fc.nat(1100), (rest, size, index) => {
        const field = Uint8Array.of(size >> 8, size & 255, index >> 8, index & 255, ...rest);
        try {
          expect(encodeBatchSignature(decodeBatchSignature(field))).toEqual(field);
        } catch (error) {
          expect(error).toBeInstanceOf(BatchSignatureMalformedError);
        }
      }),
      { numRuns: 2000 }
    );
  });
});

describe('the memory of what was verified', () => {
  it('lets a batch of 64 cost one check, in any order', async () => {
    const events = await batchOf(64);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(events, { minLength: 2, maxLength: 64 }), async (some) => {
        const { count, table } = counting();
        const memory = new VerificationMemory();
        for (const event of some) expect(await verifyEvent(event, { table, memory })).toBe(signer.origin);
        expect(count.checks).toBe(1);
      }),
      { numRuns: 20 }
    );
  });

  it('gives the answer that an event alone gets, whatever was changed', async () => {
    const [events, others, foreign] = [await batchOf(13), await batchOf(8), await batchOf(13, stranger)];
    const all = [...events, ...others, ...foreign];
    const change = fc.record({
      event: fc.nat(all.length - 1),
      at: fc.nat(),
      flip: fc.nat(255),
      from: fc.nat(all.length - 1),
      swap: fc.constantFrom('nothing', 'signature', 'content', 'origin')
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 5, maxLength: 30 }), async (changes) => {
        const memory = new VerificationMemory(2);
        for (const { event: place, at, flip, from, swap } of changes) {
          const [event, other] = [all[place], all[from]];
          if (event === undefined || other === undefined) continue;
          const index = at % event.signature.length;
          const flipped = event.signature.with(index, (event.signature[index] ?? 0) ^ flip);
          const changed: StreamEvent =
            swap === 'nothing'
              ? event
              : { ...event, [swap]: swap === 'signature' && flip % 2 === 0 ? flipped : other[swap] };
          expect(await verifyEvent(changed, { memory })).toBe(await verifyEvent(changed));
        }
      }),
      { numRuns: 60 }
    );
  }, 60_000);

  it('does not believe that a hash is known because an event says so', async () => {
    const events = await batchOf(4);
    const memory = new VerificationMemory();
    const [first, second] = events;
    if (first === undefined || second === undefined) return expect.fail('no events');
    expect(await verifyEvent(first, { memory })).toBe(signer.origin);
    // The leaf of the second is known by now as a sibling; above it the proof is another.
    const batch = decodeBatchSignature(second.signature);
    const proof = batch.proof.map((hash, at) => (at === 1 ? hash.map((byte) => byte ^ 1) : hash));
    const signature = encodeBatchSignature({ ...batch, proof });
    expect(await verifyEvent({ ...second, signature }, { memory })).toBeUndefined();
    expect(await verifyEvent({ ...second, stream: `0x${'cd'.repeat(20)}` }, { memory })).toBeUndefined();
    expect(await verifyEvent(second, { memory })).toBe(signer.origin);
  });
});

it('has a batch for every way of signing', () => {
  const single = verifiers.filter(({ signatureType }) => !signatureType.endsWith('-merkle'));
  for (const { signatureType, originType } of single) {
    expect(
      verifiers.some((other) => other.signatureType === `${signatureType}-merkle` && other.originType === originType)
    ).toBe(true);
  }
  expect(verifiers).toHaveLength(2 * single.length);
});
