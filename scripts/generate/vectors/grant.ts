import { hexOf, utf8 } from '#sdk/protocol/binary';
import { bucketSecret, pathKeysOf } from '#sdk/protocol/complete-subtree';
import { bucketEndOf } from '#sdk/protocol/expiry-bucket';
import {
  encodeDelegationHeader,
  encodeDelegationSignedPart,
  encodeGrantHeader,
  encodeGrantSignedPart,
  sealDelegation,
  sealGrant
} from '#sdk/protocol/grant-sealing';
import { keyPairOf } from '#sdk/protocol/hpke';
import { encodeRangeSeeds, encodeSeeds, rangeSeeds, rootSeed } from '#sdk/protocol/slot-keys';
import { ascending, licensee, publisher, publisherKey, root, slot, slotDuration, stream } from './inputs.ts';

export async function grantVectors(): Promise<unknown> {
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
