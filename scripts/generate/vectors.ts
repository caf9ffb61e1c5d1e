/**
 * Writes the test vectors in sdk/protocol/vectors from the code: language-neutral JSON, all bytes as hex, amounts as
 * decimal strings. The vectors of RFC 9180 (hpke-rfc9180.json) are the RFC's and not written here.
 *
 *   node --import tsx scripts/generate/vectors.ts           writes
 *   node --import tsx scripts/generate/vectors.ts --check   exits 1 and names the files that differ
 */
import { bytesOf, hexOf, utf8 } from '#sdk/protocol/binary';
import { eventKey, sealContent } from '#sdk/protocol/content-cipher';
import { contentIdOf, sha256 } from '#sdk/protocol/content-id';
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
import { eventVersion, type StreamEvent } from '#sdk/protocol/event';
import {
  decodeEvent,
  encodeEvent,
  encodeHeader,
  EventMalformedError,
  encodeSignedPart,
  type EventHeader
} from '#sdk/protocol/event-encoding';
import { encodeEventFrame, encodePublishFrame } from '#sdk/protocol/frame';
import {
  encodeDelegationHeader,
  encodeDelegationSignedPart,
  encodeGrantHeader,
  encodeGrantSignedPart,
  sealDelegation,
  sealGrant
} from '#sdk/protocol/grant-sealing';
import { keyPairOf } from '#sdk/protocol/hpke';
import { authorizationNonceOf } from '#sdk/protocol/authorization';
import { offerIdOf, productIdOf, type Offer } from '#sdk/protocol/offer';
import type { Hex } from '#sdk/protocol/primitives';
import { partitionOf } from '#sdk/protocol/partition-key';
import { TributaryError } from '#sdk/protocol/problem';
import { personalMessageHash, privateKeySigner, signEvent } from '#sdk/protocol/signature';
import {
  encodeRangeSeeds,
  encodeSeeds,
  rangeSeeds,
  rootSeed,
  slotAt,
  slotKey,
  type Seed
} from '#sdk/protocol/slot-keys';
import { eventBatchVectors } from './event-batch-vectors.ts';
import { formatted, writeOrCheck } from './generated-files.ts';

/** Recognisable bytes: 32 ascending ones from `first` on. */
const ascending = (first: number, length = 32) => Uint8Array.from({ length }, (_, index) => (first + index) % 256);

const publisherKey: Hex = '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318';
const publisher = privateKeySigner(publisherKey);
const root = ascending(0x40);
const stream: Hex = '0x00112233445566778899aabbccddeeff00112233';
const licensee: Hex = '0xaabbccddeeff00112233445566778899aabbccdd';
const slotDuration = 60;
const timestamp = 1_764_000_030_123;
const slot = slotAt(timestamp, slotDuration);

const seedJson = (seed: Seed) => ({ depth: seed.depth, index: seed.index, key: hexOf(seed.key) });
const eventFields = (event: StreamEvent) => ({
  ...event,
  content: hexOf(event.content),
  signature: hexOf(event.signature)
});

class VectorNotRefusedError extends TributaryError {
  readonly code = 'vector-not-refused';
  readonly title = 'Something malformed decodes';
}

/** Why the code refuses these bytes. */
function reasonAgainst(encoded: Hex): string {
  try {
    decodeEvent(bytesOf(encoded));
  } catch (error) {
    if (error instanceof EventMalformedError) return error.message;
    throw error;
  }
  throw new VectorNotRefusedError(`Refuse this event, or take it from the vectors: ${encoded}.`);
}

async function eventVectors(): Promise<unknown> {
  const plain: EventHeader = {
    version: eventVersion,
    stream,
    partition: 0,
    timestamp,
    sequence: 0,
    contentType: 'application/json',
    encryptionType: 'none',
    era: 0,
    slot: 0,
    originType: 'address',
    origin: publisher.origin,
    signatureType: 'secp256k1'
  };
  const encrypted: EventHeader = { ...plain, encryptionType: 'aes-256-gcm', era: 3, slot, partition: 7, sequence: 1 };
  const widest: EventHeader = {
    ...plain,
    partition: 2 ** 32 - 1,
    timestamp: 2 ** 53 - 1,
    sequence: 2 ** 32 - 1,
    contentType: 'text/plain; title="Übergröße 🌊"'
  };
  const key = slotKey([rootSeed(root)], slot);
  const plaintext = utf8('{"price":101.5,"unit":"EUR"}');
  const nonce = ascending(0xa0, 12);
  const content = sealContent(encrypted, plaintext, key, nonce);

  const cases = [
    { name: 'unencrypted', unsigned: { ...plain, content: utf8('{"temperature":21.5}') } },
    { name: 'no content at all', unsigned: { ...plain, content: new Uint8Array() } },
    { name: 'largest numbers, and a content type beyond ASCII', unsigned: { ...widest, content: ascending(0) } },
    { name: 'encrypted', unsigned: { ...encrypted, content } }
  ];
  const events = [];
  for (const { name, unsigned } of cases) {
    const event = await signEvent(unsigned, publisher);
    const signedPart = encodeSignedPart(event);
    events.push({
      name,
      event: eventFields(event),
      encoded: hexOf(encodeEvent(event)),
      signedPart: hexOf(signedPart),
      signedHash: hexOf(personalMessageHash(signedPart))
    });
  }

  const encoded = bytesOf(events[0]?.encoded ?? '0x');
  const changed = (at: number, value: number) => hexOf(encoded.with(at, value));
  const malformed = [
    { name: 'nothing', encoded: '0x' },
    { name: 'ends one byte early', encoded: hexOf(encoded.subarray(0, -1)) },
    { name: 'one byte follows the end', encoded: hexOf(Uint8Array.from([...encoded, 0])) },
    { name: 'unknown version', encoded: changed(0, 2) },
    { name: 'timestamp beyond 2^53 - 1', encoded: changed(26, 0x20) },
    { name: 'content type is not UTF-8', encoded: changed(38, 0xff) },
    { name: 'content type longer than 128 bytes', encoded: changed(37, 129) },
    { name: 'unknown encryption type', encoded: changed(56, 0x4e) },
    { name: 'unencrypted with an era', encoded: changed(61, 1) },
    { name: 'unencrypted with a slot', encoded: changed(65, 1) },
    { name: 'origin type in capitals', encoded: changed(68, 0x41) }
  ];
  const refused = malformed.map((vector) => ({ ...vector, reason: reasonAgainst(vector.encoded as Hex) }));

  const signature = bytesOf(events[0]?.event.signature ?? '0x');
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const highS = (order - BigInt(hexOf(signature.subarray(32, 64)))).toString(16).padStart(64, '0');
  const v = signature[64] ?? 0;
  const parts = (r: Uint8Array, s: Uint8Array, last: number) => hexOf(Uint8Array.from([...r, ...s, last]));
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32, 64)];
  const other = await signEvent({ ...plain, content: utf8('{"temperature":21.6}') }, publisher);
  const refusedSignatures = [
    { name: 'high s, with v to match', signature: parts(r, bytesOf(`0x${highS}`), 55 - v) },
    { name: 'the other v', signature: parts(r, s, 55 - v) },
    { name: 'v as recovery bit', signature: parts(r, s, v - 27) },
    { name: 'without v', signature: hexOf(signature.subarray(0, 64)) },
    { name: 'one byte too many', signature: hexOf(Uint8Array.from([...signature, 0])) },
    { name: 'r is zero', signature: parts(new Uint8Array(32), s, v) },
    { name: 's is zero', signature: parts(r, new Uint8Array(32), v) },
    { name: 'r is the order of the curve', signature: parts(bytesOf(`0x${order.toString(16)}`), s, v) },
    { name: 'over another content', signature: hexOf(other.signature) }
  ];
  return {
    description:
      'Events: encoded and decoded they give each other; signedHash is the EIP-191 hash of signedPart; the signature is RFC 6979 deterministic. What is refused must not decode; refusedSignatures are not valid for the first event.',
    privateKey: publisherKey,
    events,
    encryption: {
      slotKey: hexOf(key),
      eventKey: hexOf(eventKey(encrypted, key)),
      nonce: hexOf(nonce),
      additionalData: hexOf(encodeHeader(encrypted)),
      plaintext: hexOf(plaintext),
      content: hexOf(content)
    },
    refused,
    refusedSignatures
  };
}

function slotVectors(): unknown {
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

async function grantVectors(): Promise<unknown> {
  const recipient = keyPairOf(ascending(0x01));
  const issuerKeys = keyPairOf(ascending(0x81));
  const seeds = [rootSeed(root)];
  const range = { stream, era: 3, seeds, ephemeralKeyMaterial: ascending(0xc0) };
  const [hour, month] = [60, 30 * 24 * 60];
  const streamSecret = ascending(0x20);
  const grants = [];
  for (const [name, fromSlot, untilSlot, offerId] of [
    ['an hour', slot, slot + hour, hexOf(ascending(0x10).with(31, 0))],
    ['30 days', slot, slot + month, hexOf(ascending(0x10).with(31, 0))],
    ['by a permission, the last slots of the era', 2 ** 32 - 3, 2 ** 32, hexOf(new Uint8Array(32))]
  ] as const) {
    const parameters = { ...range, fromSlot, untilSlot, licensee, offerId, recipient: recipient.publicKey };
    const grant = await sealGrant(parameters, publisher);
    grants.push({
      name,
      grant,
      additionalData: hexOf(encodeGrantHeader(grant)),
      plaintext: hexOf(encodeSeeds(rangeSeeds(seeds, fromSlot, untilSlot))),
      signedPart: hexOf(encodeGrantSignedPart(grant))
    });
  }
  const bucketEnd = bucketEndOf(slot + month, slotDuration);
  const leaf = { bucketEnd, leaf: 5, pathKeys: pathKeysOf(bucketSecret(streamSecret, bucketEnd), 5) };
  const withLeaf = await sealGrant(
    {
      ...range,
      fromSlot: slot,
      untilSlot: slot + month,
      licensee,
      offerId: hexOf(ascending(0x10).with(31, 0)),
      recipient: recipient.publicKey,
      leaf
    },
    publisher
  );
  const delegation = await sealDelegation(
    {
      ...range,
      fromSlot: slot,
      untilSlot: slot + 3 * month,
      issuer: licensee,
      recipient: issuerKeys.publicKey
    },
    publisher
  );
  return {
    description:
      'Grants and delegations: HPKE base mode, X25519 with HKDF-SHA256, HKDF-SHA256, AES-256-GCM; the encapsulation follows from ephemeralKeyMaterial (ikmE). info is the domain tag.',
    root: hexOf(root),
    issuerPrivateKey: publisherKey,
    ephemeralKeyMaterial: hexOf(range.ephemeralKeyMaterial),
    grantInfo: hexOf(utf8('tributary/grant')),
    delegationInfo: hexOf(utf8('tributary/delegation')),
    recipientPrivateKey: hexOf(recipient.privateKey),
    grants,
    grantsOfVersion2: [
      {
        name: '30 days, with the path keys of a leaf',
        streamSecret: hexOf(streamSecret),
        grant: withLeaf,
        additionalData: hexOf(encodeGrantHeader(withLeaf)),
        seeds: hexOf(encodeRangeSeeds(rangeSeeds(seeds, slot, slot + month), slot, slot + month)),
        pathKeys: hexOf(leaf.pathKeys),
        signedPart: hexOf(encodeGrantSignedPart(withLeaf))
      }
    ],
    delegations: [
      {
        name: '90 days',
        recipientPrivateKey: hexOf(issuerKeys.privateKey),
        delegation,
        additionalData: hexOf(encodeDelegationHeader(delegation)),
        plaintext: hexOf(encodeSeeds(rangeSeeds(seeds, delegation.fromSlot, delegation.untilSlot))),
        signedPart: hexOf(encodeDelegationSignedPart(delegation))
      }
    ]
  };
}

async function eraChangeVectors(): Promise<unknown> {
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

async function frameVectors(): Promise<unknown> {
  const header = { version: eventVersion, stream, partition: 0, timestamp, contentType: 'text/plain' } as const;
  const clear = { encryptionType: 'none', era: 0, slot: 0 } as const;
  const by = { originType: 'address', origin: publisher.origin, signatureType: 'secp256k1' } as const;
  const events: Uint8Array[] = [];
  for (const sequence of [0, 1]) {
    const unsigned = { ...header, ...clear, ...by, sequence, content: utf8(`event ${String(sequence)}`) };
    events.push(encodeEvent(await signEvent(unsigned, publisher)));
  }
  const offsets = [41, 2 ** 40];
  const records = events.map((bytes, index) => ({ offset: offsets[index] ?? 0, bytes }));
  return {
    description: 'Binary frames of the WebSocket: kind 1 publishes events, kind 2 delivers them with their offsets.',
    events: events.map(hexOf),
    publish: { id: 2 ** 32 - 1, frame: hexOf(encodePublishFrame(2 ** 32 - 1, events)) },
    delivered: { offsets, frame: hexOf(encodeEventFrame(records)) }
  };
}

function identifierVectors(): unknown {
  const nothing: Hex = `0x${'00'.repeat(32)}`;
  const plain: Offer = {
    seller: publisher.origin,
    productNumber: 1n,
    beneficiary: licensee,
    pricePerSecond: 277_777_777_777_777n,
    minimumPeriod: 3600,
    maximumPeriod: 31_536_000,
    boundary: 3600,
    feeBasisPoints: 100,
    settlement: 'by-second',
    oracle: '0x0000000000000000000000000000000000000000',
    events: 0n,
    deliveryPeriod: 0,
    attestationSchema: nothing,
    termsHash: sha256(utf8('You may read.')),
    attesters: [],
    streams: [stream]
  };
  const offers: Offer[] = [
    plain,
    {
      ...plain,
      productNumber: 2n ** 96n - 1n,
      beneficiary: publisher.origin,
      pricePerSecond: 0n,
      minimumPeriod: 0,
      maximumPeriod: 60,
      boundary: 60,
      feeBasisPoints: 0,
      settlement: 'at-once',
      termsHash: sha256(new Uint8Array()),
      streams: [stream, licensee]
    },
    {
      ...plain,
      settlement: 'after-events',
      oracle: '0x5b38da6a701c568545dcfcb03fcb875f56beddc4',
      events: 2n ** 64n - 1n,
      deliveryPeriod: 7200
    },
    {
      ...plain,
      settlement: 'by-event',
      oracle: licensee,
      events: 60n,
      deliveryPeriod: 3600,
      attestationSchema: sha256(utf8('string name')),
      attesters: [stream, publisher.origin, licensee].sort()
    }
  ];
  const authorizations = [
    {
      offerId: offerIdOf(plain),
      buyer: licensee,
      purchase: { until: 1_764_003_600n, publicKey: hexOf(ascending(0x10)), attestation: nothing }
    },
    {
      offerId: offerIdOf(offers[3] ?? plain),
      buyer: publisher.origin,
      purchase: { until: 2n ** 40n - 1n, publicKey: hexOf(ascending(0x20)), attestation: sha256(utf8('a uid')) }
    }
  ];
  return {
    description:
      'Ids: an offer (keccak-256 of its ABI encoding, last byte zero), a product (seller, then number in 12 bytes), content (CIDv1, raw, SHA2-256, base32); the ERC-3009 nonce that authorises one purchase (keccak-256 of the ABI encoding of offer id, buyer, end, key, attestation).',
    offers: offers.map((offer) => ({
      offer: {
        ...offer,
        productNumber: String(offer.productNumber),
        pricePerSecond: String(offer.pricePerSecond),
        events: String(offer.events)
      },
      offerId: offerIdOf(offer),
      productId: productIdOf(offer.seller, offer.productNumber)
    })),
    contents: [new Uint8Array(), utf8('You may read.'), ascending(0, 1000)].map((bytes) => ({
      bytes: hexOf(bytes),
      sha256: sha256(bytes),
      cid: contentIdOf(bytes)
    })),
    authorizations: authorizations.map(({ offerId, buyer, purchase }) => ({
      offerId,
      buyer,
      purchase: { ...purchase, until: String(purchase.until) },
      nonce: authorizationNonceOf(offerId, buyer, purchase)
    }))
  };
}

function partitionVectors(): unknown {
  const keys = ['', 'a', 'bus 550', 'Übergröße 🌊', '0x00112233445566778899aabbccddeeff00112233', 'x'.repeat(300)];
  return {
    keys: keys.map((key) => ({
      key,
      partitions: [1, 2, 7, 16, 1000, 1024].map((count) => ({ count, partition: partitionOf(key, count) }))
    }))
  };
}

const vectors = {
  event: await eventVectors(),
  'event-batch': await eventBatchVectors(stream, timestamp, publisher),
  'slot-keys': slotVectors(),
  grant: await grantVectors(),
  'era-change': await eraChangeVectors(),
  frame: await frameVectors(),
  identifiers: identifierVectors(),
  'partition-key': partitionVectors()
};
const files = new Map<string, string>();
for (const [name, content] of Object.entries(vectors)) {
  const path = `sdk/protocol/vectors/${name}.json`;
  files.set(path, await formatted(path, JSON.stringify(content)));
}
await writeOrCheck(files, 'scripts/generate/vectors.ts');
