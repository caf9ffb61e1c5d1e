import { encodeAbiParameters, getAddress, keccak256, parseAbiParameters } from 'viem';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOnBoundary, OfferInvalidError, offerIdOf, priceOf, productIdOf, type Offer } from './offer.ts';
import vectors from './vectors/identifiers.json' with { type: 'json' };

const offers = vectors.offers.map(({ offer, ...ids }) => ({
  ...ids,
  offer: {
    ...offer,
    productNumber: BigInt(offer.productNumber),
    pricePerSecond: BigInt(offer.pricePerSecond)
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
    const tuple = parseAbiParameters('(address, uint96, address, uint96, uint40, uint40, bytes32, address[])');
    const values = [
      sample.seller,
      sample.productNumber,
      sample.beneficiary,
      sample.pricePerSecond,
      sample.minimumPeriod,
      sample.boundary,
      sample.termsHash,
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
      { boundary: 60 },
      { termsHash: `0x${'00'.repeat(32)}` },
      { streams: [other] },
      { streams: [...sample.streams, sample.beneficiary] }
    ];
    const ids = [{}, ...changes].map((change) => offerIdOf({ ...sample, ...change }));
    expect(new Set(ids).size).toBe(changes.length + 1);
  });

  it('takes addresses with a checksum too', () => {
    expect(offerIdOf({ ...sample, seller: getAddress(sample.seller) })).toBe(offerIdOf(sample));
  });

  it.each<[string, Partial<Offer>]>([
    ['a price beyond 96 bits', { pricePerSecond: 2n ** 96n }],
    ['a negative price', { pricePerSecond: -1n }],
    ['a boundary beyond 40 bits', { boundary: 2 ** 40 }],
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

describe('the end of a licence', () => {
  it('is the first multiple of the boundary that is not too early', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.integer({ min: 60, max: 31_536_000 }), (earliest, boundary) => {
        const end = endOnBoundary(earliest, boundary);
        expect(end % boundary).toBe(0);
        expect(end).toBeGreaterThanOrEqual(earliest);
        expect(end - earliest).toBeLessThan(boundary);
      })
    );
  });

  it.each([0, -1, 0.5, Number.NaN])('cannot lie on a boundary of %d', (boundary) => {
    expect(() => endOnBoundary(1, boundary)).toThrow(OfferInvalidError);
  });
});

describe('the price', () => {
  it('is that of exactly the seconds', () => {
    expect(priceOf(277_777_777_777_777n, 1000, 4600)).toBe(999_999_999_999_997_200n);
    expect(priceOf(5n, 7, 7)).toBe(0n);
  });

  it('does not run backwards or in fractions', () => {
    expect(() => priceOf(1n, 2, 1)).toThrow(OfferInvalidError);
    expect(() => priceOf(1n, 0, 0.5)).toThrow(OfferInvalidError);
  });
});
