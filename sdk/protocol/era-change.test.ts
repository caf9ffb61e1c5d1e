import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import { bucketSecret, pathKeysOf } from './complete-subtree.ts';
import {
  decodeEraChange,
  encodeEraChange,
  encodeEraChangeSignedPart,
  eraChangeFromJson,
  eraChangeToJson
} from './era-change-encoding.ts';
import {
  eraChangeCovers,
  EraChangeUnopenableError,
  makeEraChange,
  openEraChange,
  verifyEraChangeSignature
} from './era-change-sealing.ts';
import { type EraChange, EraChangeMalformedError } from './era-change.ts';
import {
  encodeGrantHeader,
  encodeGrantSignedPart,
  openGrantContent,
  sealGrant,
  verifyGrantSignature
} from './grant-sealing.ts';
import { grantSchema } from './grant.ts';
import { generateKeyPair, keyPairOf } from './hpke.ts';
import type { Hex } from './primitives.ts';
import { privateKeySigner } from './signature.ts';
import { coversExactly, encodeRangeSeeds, RangeNotHeldError, rangeSeeds, rootSeed } from './slot-keys.ts';
import vectors from './vectors/era-change.json' with { type: 'json' };
import grantVectors from './vectors/grant.json' with { type: 'json' };

const bytes = (hex: string) => bytesOf(hex as Hex);
const signer = privateKeySigner(vectors.issuerPrivateKey as Hex);
const root = rootSeed(bytes(vectors.root));
const streamSecret = bytes(vectors.streamSecret);
const [firstChange] = vectors.changes;
const change = decodeEraChange(bytes(firstChange?.encoded ?? '0x'));
const leafOf = (bucketEnd: number, leaf: number) => ({
  bucketEnd,
  leaf,
  pathKeys: pathKeysOf(bucketSecret(streamSecret, bucketEnd), leaf)
});

describe('vectors', () => {
  it.each(vectors.changes)('$name', async (vector) => {
    const decoded = decodeEraChange(bytes(vector.encoded));
    expect(hexOf(encodeEraChange(decoded))).toBe(vector.encoded);
    expect(hexOf(encodeEraChangeSignedPart(decoded))).toBe(vector.signedPart);
    expect(eraChangeToJson(decoded)).toEqual(vector.json);
    expect(eraChangeFromJson(vector.json)).toEqual(decoded);
    expect(verifyEraChangeSignature(decoded)).toBe(true);
    const { stream, era, fromSlot, untilSlot, salt } = decoded;
    const buckets = vector.members.map(({ end, leaves }) => ({ end, secret: bucketSecret(streamSecret, end), leaves }));
    const randomness = { salt: bytes(salt), bucketKey: bytes(vector.latestBucketKey) };
    const again = await makeEraChange({ stream, era, fromSlot, untilSlot, seeds: [root], buckets, randomness }, signer);
    expect(again).toEqual(decoded);
    for (const { bucketEnd, leaf, untilSlot: end, seeds } of vector.opened) {
      const opened = openEraChange(decoded, [leafOf(bucketEnd, leaf)]);
      expect(opened).toMatchObject({ era, fromSlot, untilSlot: end });
      expect(hexOf(encodeRangeSeeds(opened?.seeds ?? [], fromSlot, end))).toBe(seeds);
      expect(eraChangeCovers(decoded, bucketEnd, leaf)).toBe(true);
    }
    for (const { bucketEnd, leaf } of vector.notOpened) {
      expect(openEraChange(decoded, [leafOf(bucketEnd, leaf)])).toBeUndefined();
      expect(eraChangeCovers(decoded, bucketEnd, leaf)).toBe(false);
    }
  });

  it.each(vectors.refused)('refused: $name', ({ encoded, reason }) => {
    expect(() => decodeEraChange(bytes(encoded))).toThrow(reason);
  });
});

describe('a grant of version 2', () => {
  it.each(grantVectors.grantsOfVersion2)('vector: $name', async (vector) => {
    const parsed = grantSchema.parse(vector.grant);
    const keyPair = keyPairOf(bytes(grantVectors.recipientPrivateKey));
    expect(hexOf(encodeGrantHeader(parsed))).toBe(vector.additionalData);
    expect(hexOf(encodeGrantSignedPart(parsed))).toBe(vector.signedPart);
    expect(await verifyGrantSignature(parsed)).toBe(true);
    const { seeds, leaf } = await openGrantContent(parsed, keyPair);
    expect(hexOf(encodeRangeSeeds(seeds, parsed.fromSlot, parsed.untilSlot))).toBe(vector.seeds);
    expect(leaf && hexOf(leaf.pathKeys)).toBe(vector.pathKeys);
    const held = rootSeed(bytes(grantVectors.root));
    const ephemeralKeyMaterial = bytes(grantVectors.ephemeralKeyMaterial);
    expect(await sealGrant({ ...parsed, leaf, seeds: [held], ephemeralKeyMaterial }, signer)).toEqual(parsed);
  });

  const bucketEnd = 1200;
  const parameters = {
    stream: change.stream,
    era: 3,
    fromSlot: 1000,
    untilSlot: 1234,
    licensee: change.issuer,
    offerId: `0x${'01'.repeat(32)}` as const,
    seeds: [root]
  };

  it('brings seeds and path keys, and opens an era change by them', async () => {
    const keyPair = await generateKeyPair();
    const leaf = leafOf(bucketEnd, 5);
    const grant = await sealGrant({ ...parameters, recipient: keyPair.publicKey, leaf }, signer);
    const parsed = grantSchema.parse(JSON.parse(JSON.stringify(grant)));
    expect(parsed).toEqual(grant);
    const content = await openGrantContent(parsed, keyPair);
    expect(content).toEqual({ seeds: rangeSeeds([root], 1000, 1234), leaf });
    const next = rootSeed(new Uint8Array(32).fill(9));
    const made = await makeEraChange(
      {
        stream: change.stream,
        era: 4,
        fromSlot: 1100,
        untilSlot: 2 ** 32,
        seeds: [next],
        buckets: [{ end: bucketEnd, secret: bucketSecret(streamSecret, bucketEnd), leaves: [4, 5, 7] }]
      },
      signer
    );
    const opened = made === undefined || content.leaf === undefined ? undefined : openEraChange(made, [content.leaf]);
    expect(coversExactly(opened?.seeds ?? [], 1100, bucketEnd)).toBe(true);
    expect(opened?.seeds).toEqual(rangeSeeds([next], 1100, bucketEnd));
  });

  it('cannot be passed off with another leaf, nor as version 1', async () => {
    const keyPair = await generateKeyPair();
    const grant = await sealGrant({ ...parameters, recipient: keyPair.publicKey, leaf: leafOf(bucketEnd, 5) }, signer);
    const other = { ...grant, bucket: { end: bucketEnd, leaf: 6 } };
    await expect(openGrantContent(other, keyPair)).rejects.toThrow(/grant/);
    const { bucket, ...rest } = grant;
    expect(bucket).toEqual({ end: bucketEnd, leaf: 5 });
    await expect(openGrantContent({ ...rest, version: 1 }, keyPair)).rejects.toThrow(/grant/);
    expect(grantSchema.safeParse(rest).success).toBe(false);
    expect(grantSchema.safeParse({ ...grant, version: 1 }).success).toBe(false);
  });

  it('of 30 days at one-minute slots has at most 1,500 bytes, wherever it begins', async () => {
    const { publicKey } = await generateKeyPair();
    // The beginning whose cover is largest, 20 seeds: see grant-sealing.test.ts.
    let [most, fromSlot] = [0, 0];
    for (let from = 0; from < 2048; from += 1) {
      const size = rangeSeeds([root], from, from + 43_200).length;
      if (size > most) [most, fromSlot] = [size, from];
      if (most === 20) break;
    }
    expect(most).toBe(20);
    const untilSlot = fromSlot + 43_200;
    const grant = await sealGrant(
      { ...parameters, fromSlot, untilSlot, recipient: publicKey, leaf: leafOf(untilSlot, 5) },
      signer
    );
    // Header 105 bytes, recipient and encapsulation 64, length 4, issuer 20, signature 65.
    expect(105 + 64 + 4 + bytesOf(grant.ciphertext).length + 20 + 65).toBeLessThanOrEqual(1500);
  });
});

describe('an era change', () => {
  const members = (end: number, leaves: readonly number[]) => ({
    end,
    secret: bucketSecret(streamSecret, end),
    leaves
  });
  const parameters = { stream: change.stream, era: 4, fromSlot: 1000, untilSlot: 2 ** 32, seeds: [root] };

  it('is not made for nobody', async () => {
    expect(await makeEraChange({ ...parameters, buckets: [] }, signer)).toBeUndefined();
    expect(
      await makeEraChange({ ...parameters, buckets: [members(1000, [1]), members(1060, [])] }, signer)
    ).toBeUndefined();
  });

  it('ends where the issuer holds no more, and is not made of what it does not hold', async () => {
    const untilSlot = 1100;
    const seeds = rangeSeeds([root], 1000, untilSlot);
    const buckets = [members(1060, [0]), members(1120, [0]), members(1180, [0])];
    const made = await makeEraChange({ ...parameters, untilSlot, seeds, buckets }, signer);
    if (made === undefined) throw new EraChangeMalformedError('Make the era change.');
    for (const [end, reach] of [
      [1060, 1060],
      [1120, untilSlot],
      [1180, untilSlot]
    ] as const) {
      expect(openEraChange(made, [leafOf(end, 0)])).toMatchObject({ fromSlot: 1000, untilSlot: reach });
    }
    await expect(makeEraChange({ ...parameters, seeds, buckets }, signer)).rejects.toThrow(RangeNotHeldError);
  });

  it('gives whoever holds several leaves what opens most', async () => {
    const made = await makeEraChange({ ...parameters, buckets: [members(1060, [0]), members(1120, [3])] }, signer);
    if (made === undefined) throw new EraChangeMalformedError('Make the era change.');
    expect(openEraChange(made, [leafOf(1060, 0), leafOf(1120, 3)])?.untilSlot).toBe(1120);
    expect(openEraChange(made, [leafOf(1120, 2), leafOf(1060, 0)])?.untilSlot).toBe(1060);
    expect(openEraChange(made, [leafOf(1180, 0)])).toBeUndefined();
  });

  it('made again for fewer does not give away the bucket key to whoever opened the first', async () => {
    const first = await makeEraChange({ ...parameters, buckets: [members(1060, [0, 2])] }, signer);
    const second = await makeEraChange({ ...parameters, buckets: [members(1060, [2])] }, signer);
    const pads = [first, second].map((made) => made?.buckets[0]?.wraps.find(({ node }) => node.index === 2)?.wrapped);
    // Under the same pad, the difference of two wraps would be the difference of the keys.
    expect(first?.salt).not.toBe(second?.salt);
    expect(pads[0]).not.toEqual(pads[1]);
  });

  it('does not open with wrong path keys, and says so', () => {
    const { bucketEnd, leaf } = firstChange?.opened[0] ?? { bucketEnd: 0, leaf: 0 };
    const pathKeys = new Uint8Array(leafOf(bucketEnd, leaf).pathKeys.length);
    expect(() => openEraChange(change, [{ bucketEnd, leaf, pathKeys }])).toThrow(EraChangeUnopenableError);
  });

  it.each<[string, Partial<EraChange>]>([
    ['stream', { stream: `0x${'01'.repeat(20)}` }],
    ['era', { era: change.era + 1 }],
    ['first slot', { fromSlot: change.fromSlot - 1 }],
    ['end slot', { untilSlot: change.untilSlot - 1 }],
    ['salt', { salt: `0x${'01'.repeat(16)}` }]
  ])('with another %s neither opens nor is signed', (_, changed) => {
    const wrong = { ...change, ...changed };
    const { bucketEnd, leaf } = firstChange?.opened[0] ?? { bucketEnd: 0, leaf: 0 };
    expect(() => openEraChange(wrong, [leafOf(bucketEnd, leaf)])).toThrow(EraChangeUnopenableError);
    expect(verifyEraChangeSignature(wrong)).toBe(false);
  });

  it('has one encoding: whatever else decodes to something encodes to the same bytes', () => {
    const encoded = encodeEraChange(change);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(encoded.length - 1), fc.nat(255)), { maxLength: 3 }),
        fc.nat(3),
        (edits, cut) => {
          const bent = encoded.slice(0, encoded.length - cut);
          for (const [place, byte] of edits) bent[place] = byte;
          try {
            expect(hexOf(encodeEraChange(decodeEraChange(bent)))).toBe(hexOf(bent));
          } catch (error) {
            expect(error).toBeInstanceOf(EraChangeMalformedError);
          }
        }
      ),
      { numRuns: 2000 }
    );
  });

  it('of noise behind forged counts is refused', () => {
    const counts = encodeEraChange(change)
      .slice(0, 57 + 20 + 2)
      .fill(0xff, 57 + 20);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        const bent = Uint8Array.from([...counts, ...noise]);
        expect(() => decodeEraChange(bent)).toThrow(EraChangeMalformedError);
      })
    );
  });

  it('is refused as JSON with fields that are missing, too long or of another form', () => {
    const json = eraChangeToJson(decodeEraChange(bytes(vectors.changes[1]?.encoded ?? '0x')));
    const wrong: unknown[] = [
      null,
      {},
      { ...json, version: 2 },
      { ...json, salt: '0x00' },
      { ...json, signature: '0x' },
      { ...json, buckets: json.buckets.map((bucket) => ({ ...bucket, wraps: `${bucket.wraps}!` })) },
      { ...json, buckets: json.buckets.map((bucket) => ({ ...bucket, wraps: 'AAAA' })) },
      { ...json, buckets: [...json.buckets].reverse() },
      { ...json, buckets: [] }
    ];
    for (const one of wrong) expect(() => eraChangeFromJson(one)).toThrow(EraChangeMalformedError);
  });
});
