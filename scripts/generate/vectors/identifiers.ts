import { authorizationNonceOf } from '#sdk/protocol/authorization';
import { hexOf, utf8 } from '#sdk/protocol/binary';
import { contentIdOf, sha256 } from '#sdk/protocol/content-id';
import { type Offer, offerIdOf, productIdOf } from '#sdk/protocol/offer';
import type { Hex } from '#sdk/protocol/primitives';
import { ascending, licensee, publisher, stream } from './inputs.ts';

export function identifierVectors(): unknown {
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
