import { bytesOf, hexOf } from '#sdk/protocol/binary';
import { bucketSecret, coverOf, nodeKey, pathKeysOf } from '#sdk/protocol/complete-subtree';
import { EraChangeMalformedError } from '#sdk/protocol/era-change';
import {
  decodeEraChange,
  encodeEraChange,
  encodeEraChangeHeader,
  encodeEraChangeSignedPart,
  eraChangeToJson
} from '#sdk/protocol/era-change-encoding';
import { earlierKeyOf, makeEraChange, openEraChange, sealKeyOf } from '#sdk/protocol/era-change-sealing';
import { bucketEndOf } from '#sdk/protocol/expiry-bucket';
import type { Hex } from '#sdk/protocol/primitives';
import { encodeRangeSeeds, rootSeed } from '#sdk/protocol/slot-keys';
import { VectorNotRefusedError, ascending, publisher, publisherKey, root, slot, stream } from './inputs.ts';

export async function eraChangeVectors(): Promise<unknown> {
  const streamSecret = ascending(0x20);
  const seeds = [rootSeed(root)];
  const [hour, day] = [60, 24 * 60];
  const start = Math.ceil(slot / hour) * hour;
  const secretOf = (end: number) => bucketSecret(streamSecret, end);
  const leaves = (from: number, until: number, without: readonly number[] = []) =>
    Array.from({ length: until - from }, (_, place) => from + place).filter((leaf) => !without.includes(leaf));
  const inputs = [
    {
      name: 'one bucket, leaf 5 of 0 to 10 cut off',
      fromSlot: start - 7,
      untilSlot: 2 ** 32,
      members: [{ end: start + day, leaves: leaves(0, 11, [5]) }],
      notOpened: [
        { bucketEnd: start + day, leaf: 5 },
        { bucketEnd: start + day, leaf: 11 },
        { bucketEnd: start + 2 * day, leaf: 0 }
      ]
    },
    {
      name: 'three buckets, the last as far as the issuer holds seeds',
      fromSlot: start,
      untilSlot: start + 2 * day - 1,
      members: [
        { end: start + hour, leaves: [2 ** 20 - 1] },
        { end: start + day, leaves: leaves(0, 8) },
        { end: start + 2 * day, leaves: leaves(0, 6, [1, 2]) }
      ],
      notOpened: [
        { bucketEnd: start + hour, leaf: 0 },
        { bucketEnd: start + 2 * day, leaf: 2 }
      ]
    }
  ];
  const changes = [];
  for (const { name, members, notOpened, ...range } of inputs) {
    const latestBucketKey = ascending(0xd0, 16);
    const buckets = members.map((bucket) => ({ ...bucket, secret: secretOf(bucket.end) }));
    const randomness = { salt: ascending(0xe0, 16), bucketKey: latestBucketKey };
    const change = await makeEraChange({ stream, era: 4, ...range, seeds, buckets, randomness }, publisher);
    if (change === undefined) throw new VectorNotRefusedError('Give the era change somebody to be for.');
    const opened = members.map(({ end, leaves: [leaf = 0] }) => {
      const pathKeys = pathKeysOf(secretOf(end), leaf);
      const got = openEraChange(change, [{ bucketEnd: end, leaf, pathKeys }]);
      const untilSlot = got?.untilSlot ?? range.untilSlot;
      return {
        bucketEnd: end,
        leaf,
        untilSlot,
        seeds: hexOf(encodeRangeSeeds(got?.seeds ?? [], range.fromSlot, untilSlot))
      };
    });
    const keys: Uint8Array[] = [latestBucketKey];
    while (keys.length < members.length) keys.unshift(earlierKeyOf(change, keys[0] ?? latestBucketKey));
    changes.push({
      name,
      members,
      latestBucketKey: hexOf(latestBucketKey),
      bucketKeys: keys.map(hexOf),
      sealKeys: change.buckets.map(({ end }, place) => hexOf(sealKeyOf(change, end, keys[place] ?? latestBucketKey))),
      additionalData: hexOf(encodeEraChangeHeader(change)),
      json: eraChangeToJson(change),
      encoded: hexOf(encodeEraChange(change)),
      signedPart: hexOf(encodeEraChangeSignedPart(change)),
      opened,
      notOpened
    });
  }

  const encoded = bytesOf(changes[0]?.encoded ?? '0x');
  const three = bytesOf(changes[1]?.encoded ?? '0x');
  const changed = (at: number, value: number) => hexOf(encoded.with(at, value));
  const end = encoded.length - 65;
  const [first, second] = [encoded.slice(end - 60, end - 40), encoded.slice(end - 40, end - 20)];
  const swapped = Uint8Array.from([...encoded.slice(0, end - 60), ...second, ...first, ...encoded.slice(end - 20)]);
  const malformed = [
    { name: 'nothing', encoded: '0x' },
    { name: 'ends one byte early', encoded: hexOf(encoded.subarray(0, -1)) },
    { name: 'one byte follows the end', encoded: hexOf(Uint8Array.from([...encoded, 0])) },
    { name: 'unknown version', encoded: changed(0, 2) },
    {
      name: 'empty range',
      encoded: hexOf(Uint8Array.from([...encoded.slice(0, 33), ...encoded.slice(25, 33), ...encoded.slice(41)]))
    },
    { name: 'no bucket', encoded: hexOf(Uint8Array.from([...encoded.slice(0, 77), 0, 0, ...encoded.slice(-65)])) },
    { name: 'bucket that has ended', encoded: hexOf(encoded.slice().fill(0, 79, 87)) },
    { name: 'nodes out of order', encoded: hexOf(swapped) },
    {
      name: 'the same node twice',
      encoded: hexOf(Uint8Array.from([...encoded.slice(0, end - 40), ...first, ...encoded.slice(end - 20)]))
    },
    { name: 'a node outside the tree', encoded: hexOf(encoded.with(end - 20, 0x01)) },
    { name: 'node 0', encoded: hexOf(encoded.slice().fill(0, end - 20, end - 16)) },
    { name: 'end beyond the last slot', encoded: hexOf(three.with(36, 0x02)) }
  ];
  const refused = malformed.map((vector) => ({ ...vector, reason: reasonAgainstEraChange(vector.encoded as Hex) }));
  const bucketEnds = [start + hour, start + day];
  return {
    description:
      'Expiry buckets (end of a licence in slots, slot duration in seconds), complete-subtree covers of the leaves in ranges [from, until), bucket secrets and node keys, and era changes: which leaves open them, with which seeds (encodeRangeSeeds), and which do not. Sealed seeds are AES-128-GCM under a seal key, nonce zero, additional data the header. What is refused must not decode.',
    root: hexOf(root),
    streamSecret: hexOf(streamSecret),
    issuerPrivateKey: publisherKey,
    ends: [
      [start, 60],
      [start - 1, 60],
      [start + 59, 60],
      [0, 60],
      [2 ** 32, 1],
      [3599, 1],
      [3600, 1],
      [1030, 7],
      [515, 7],
      [514, 7],
      [9, 3600],
      [9, 86_400],
      [100, 1000]
    ].map(([untilSlot = 0, duration = 1]) => ({
      untilSlot,
      slotDuration: duration,
      bucketEnd: bucketEndOf(untilSlot, duration)
    })),
    covers: [
      { name: 'nobody', leaves: [] },
      { name: 'one', leaves: [[5, 6]] },
      { name: 'the last leaf', leaves: [[2 ** 20 - 1, 2 ** 20]] },
      {
        name: '0 to 10 without 5',
        leaves: [
          [0, 5],
          [6, 11]
        ]
      },
      { name: 'all', leaves: [[0, 2 ** 20]] },
      {
        name: '100,000 without one',
        leaves: [
          [0, 77_777],
          [77_778, 100_000]
        ]
      }
    ].map(({ name, leaves: ranges }) => ({
      name,
      leaves: ranges,
      cover: coverOf(ranges.flatMap(([from = 0, until = 0]) => leaves(from, until)))
    })),
    buckets: bucketEnds.map((bucketEnd, place) => ({
      end: bucketEnd,
      secret: hexOf(secretOf(bucketEnd)),
      nodes: [
        { level: 0, index: 0 },
        { level: 1, index: 1 },
        { level: 20, index: 5 },
        { level: 20, index: 2 ** 20 - 1 }
      ].map((node) => ({ ...node, key: hexOf(nodeKey(secretOf(bucketEnd), node)) })),
      leaf: 5 + place,
      pathKeys: hexOf(pathKeysOf(secretOf(bucketEnd), 5 + place))
    })),
    changes,
    refused
  };
}

/** Why the code refuses these bytes. */
function reasonAgainstEraChange(encoded: Hex): string {
  try {
    decodeEraChange(bytesOf(encoded));
  } catch (error) {
    if (error instanceof EraChangeMalformedError) return error.message;
    throw error;
  }
  throw new VectorNotRefusedError(`Refuse this era change, or take it from the vectors: ${encoded}.`);
}
