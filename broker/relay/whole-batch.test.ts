import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeEvent, encodeEvent, signedPartOf, type UnsignedEvent } from '#sdk/protocol/event-encoding';
import { privateKeySigner } from '#sdk/protocol/signature';
import { batchVerifier, encodeBatchRoot, leafOf, merkleLevels, signEvents } from '#sdk/protocol/signature-batch';
import type { Entry } from './store/event-store.ts';
import { batchBegunBy, findWholeBatch, signedRootOf } from './whole-batch.ts';

const signer = privateKeySigner(`0x${'1'.repeat(64)}`);
const signature = new Uint8Array(65).fill(7);
/** Signs roots with the same bytes: what is looked at here is the tree. */
const sameSigner = { ...signer, sign: () => Promise.resolve(signature) };

async function batchOf(size: number, first = 0): Promise<Entry[]> {
  const unsigned = Array.from({ length: size }, (_, place): UnsignedEvent => ({
    version: 1,
    stream: `0x${'ab'.repeat(20)}`,
    partition: place % 3,
    timestamp: 1_800_000_000_000 + place,
    sequence: first + place,
    contentType: 'text/plain',
    encryptionType: 'none',
    era: 0,
    slot: 0,
    content: new Uint8Array(place % 50).fill(place),
    originType: signer.originType,
    origin: signer.origin,
    signatureType: 'secp256k1-merkle'
  }));
  return (await signEvents(unsigned, sameSigner)).map(entryOf);
}
const entryOf = (event: Parameters<typeof encodeEvent>[0]): Entry => {
  const bytes = encodeEvent(event);
  return { event: decodeEvent(bytes), bytes };
};
/** Whether each event is proven by itself to stand under a root that the signature was made for. */
async function rootsOf(entries: readonly Entry[]): Promise<Set<string>> {
  const roots = new Set<string>();
  const verifier = batchVerifier({
    signatureType: 'secp256k1',
    originType: 'address',
    verify: (payload) => roots.add(Buffer.from(payload).toString('hex')).size > 0
  });
  for (const { event, bytes } of entries) {
    expect(await verifier.verify(signedPartOf(bytes, event.signature), event.signature, event.origin)).toBe(true);
  }
  return roots;
}

it.each([2, 3, 4, 5, 6, 7, 8, 9, 31, 33, 63, 64, 65, 100, 1023, 1024])('finds the root of %i events', async (size) => {
  const entries = await batchOf(size);
  const batch = findWholeBatch([...(await batchOf(3)), ...entries, ...(await batchOf(1))], 3);
  expect(batch?.size).toBe(size);
  expect(batch && Buffer.from(batch.signature).equals(signature)).toBe(true);
  const levels = merkleLevels(entries.map(({ event, bytes }) => leafOf(signedPartOf(bytes, event.signature))));
  const root = levels.at(-1)?.[0] ?? expect.fail('no root');
  expect(batch && Buffer.from(signedRootOf(batch)).equals(encodeBatchRoot(root, size))).toBe(true);
});

it('finds none where events are missing, or do not begin a batch, or are one alone', async () => {
  const entries = await batchOf(8);
  expect(findWholeBatch(entries.slice(0, 7), 0)).toBeUndefined();
  expect(findWholeBatch(entries, 1)).toBeUndefined();
  expect(findWholeBatch(entries, 8)).toBeUndefined();
  expect(findWholeBatch(entries.toReversed(), 0)).toBeUndefined();
  expect(findWholeBatch([...entries.slice(0, 3), ...entries.slice(4), ...entries.slice(3, 4)], 0)).toBeUndefined();
  expect(findWholeBatch(await batchOf(1), 0)).toBeUndefined();
  expect(entries.map(({ event }) => batchBegunBy(event))).toEqual([8, 0, 0, 0, 0, 0, 0, 0]);
  expect(batchBegunBy({ signature: Uint8Array.of(255, 255, 0, 0) })).toBe(0);
});

it('never says more than verifying each event by itself', async () => {
  const sizes = await Promise.all([2, 3, 5, 13, 16].map((size) => batchOf(size)));
  const whole = await Promise.all(sizes.map((entries) => rootsOf(entries)));
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: sizes.length - 1 }),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (which, victim, at, change) => {
        const entries = [...(sizes[which] ?? [])];
        const place = victim % entries.length;
        const { bytes } = entries[place] ?? expect.fail('no event');
        const spoilt = Uint8Array.from(bytes);
        const index = at % spoilt.length;
        spoilt[index] = (spoilt[index] ?? 0) ^ change;
        try {
          entries[place] = { event: decodeEvent(spoilt), bytes: spoilt };
        } catch {
          return; // No event any more: it is refused before.
        }
        const batch = findWholeBatch(entries, 0);
        // Whatever changed, the root or a proof with it: what is said is never the old root.
        if (batch === undefined) return;
        const said = Buffer.from(signedRootOf(batch)).toString('hex');
        expect(whole[which]?.has(said)).toBe(false);
        expect(await rootsOf(entries)).toEqual(new Set([said]));
      }
    ),
    { numRuns: 400 }
  );
});
