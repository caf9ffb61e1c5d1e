import { encodeAbiParameters, getAddress, keccak256, parseAbiParameters } from 'viem';
import { describe, expect, it } from 'vitest';
import { contractOffer, OfferInvalidError, offerIdOf, offerOfContract, productIdOf, type Offer } from './offer.ts';
import { settlementNumber, settlementSchema } from './settlement.ts';
import vectors from './vectors/identifiers.json' with { type: 'json' };

const offers = vectors.offers.map(({ offer, ...ids }) => ({
  ...ids,
  offer: {
    ...offer,
    productNumber: BigInt(offer.productNumber),
    pricePerSecond: BigInt(offer.pricePerSecond),
    events: BigInt(offer.events)
  } as Offer
}));
const [first] = offers;
const sample = (first ?? expect.fail('no vectors')).offer;

describe('the id of an offer', () => {
  it.each(offers)('vector: $offerId', ({ offer, offerId, productId }) => {
    expect(offerIdOf(offer)).toBe(offerId);
    expect(productIdOf(offer.seller, offer.productNumber)).toBe(productId);
  });

  it('is keccak-256 of the ABI encoding as the interface states it, last byte zero', () => {
    const tuple = parseAbiParameters(
      '(address, uint96, address, uint96, uint40, uint40, uint40, uint16, uint8, address, uint64, uint40, bytes32, bytes32, address[], address[])'
    );
    const values = [
      sample.seller,
      sample.productNumber,
      sample.beneficiary,
      sample.pricePerSecond,
      sample.minimumPeriod,
      sample.maximumPeriod,
      sample.boundary,
      sample.feeBasisPoints,
      settlementNumber(sample.settlement),
      sample.oracle,
      sample.events,
      sample.deliveryPeriod,
      sample.attestationSchema,
      sample.termsHash,
      sample.attesters,
      sample.streams
    ] as const;
    expect(offerIdOf(sample)).toBe(`${keccak256(encodeAbiParameters(tuple, [values])).slice(0, 64)}00`);
  });

  it('changes with everything the offer promises', () => {
    const other = '0x0000000000000000000000000000000000000001' as const;
    const changes: Partial<Offer>[] = [
      { seller: other },
      { productNumber: 2n },
      { beneficiary: other },
      { pricePerSecond: 1n },
      { minimumPeriod: 1 },
      { maximumPeriod: 7_200 },
      { boundary: 60 },
      { feeBasisPoints: 0 },
      { settlement: 'by-event' },
      { oracle: other },
      { events: 1n },
      { deliveryPeriod: 1 },
      { attestationSchema: `0x${'01'.repeat(32)}` },
      { attesters: [other] },
      { attesters: [...sample.streams], streams: [] },
      { termsHash: `0x${'00'.repeat(32)}` },
      { streams: [other] },
      { streams: [...sample.streams, sample.beneficiary] }
    ];
    const ids = [{}, ...changes].map((change) => offerIdOf({ ...sample, ...change }));
    expect(new Set(ids).size).toBe(changes.length + 1);
  });

  it('comes back from the chain as it was, whatever the letter case', () => {
    for (const { offer } of offers) {
      const seen = {
        ...contractOffer(offer),
        seller: getAddress(offer.seller),
        streams: offer.streams.map((s) => getAddress(s))
      };
      expect(offerOfContract(seen)).toEqual(offer);
    }
  });

  it('knows no settlement beyond those of the contract', () => {
    expect(settlementSchema.options.map(settlementNumber)).toEqual([0, 1, 2, 3]);
    expect(() => offerOfContract({ ...contractOffer(sample), settlement: 4 })).toThrow();
  });

  it('takes addresses with a checksum too', () => {
    expect(offerIdOf({ ...sample, seller: getAddress(sample.seller) })).toBe(offerIdOf(sample));
  });

  it.each<[string, Partial<Offer>]>([
    ['a price beyond 96 bits', { pricePerSecond: 2n ** 96n }],
    ['a negative price', { pricePerSecond: -1n }],
    ['a boundary beyond 40 bits', { boundary: 2 ** 40 }],
    ['a fee beyond 16 bits', { feeBasisPoints: 65_536 }],
    ['events beyond 64 bits', { events: 2n ** 64n }],
    ['half a second', { minimumPeriod: 0.5 }],
    ['half an address', { seller: '0x1234' }],
    ['half a hash', { termsHash: '0x1234' }]
  ])('does not exist for %s', (_, change) => {
    expect(() => offerIdOf({ ...sample, ...change })).toThrow(OfferInvalidError);
  });
});

describe('the id of a product', () => {
  it('is the seller and the number', () => {
    expect(productIdOf('0x00112233445566778899AABBCCDDEEFF00112233', 255n)).toBe(
      `0x00112233445566778899aabbccddeeff00112233${'0'.repeat(22)}ff`
    );
  });

  it.each([-1n, 2n ** 96n])('does not exist for number %d', (number) => {
    expect(() => productIdOf(sample.seller, number)).toThrow(OfferInvalidError);
  });
});
