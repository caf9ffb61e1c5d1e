import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OfferInvalidError } from './offer.ts';
import { chargedFrom, endOnBoundary, feeOf, priceOf, refundQuote } from './price.ts';
import { isSettledByEvents, settlementSchema, type Settlement } from './settlement.ts';

const offer = (settlement: Settlement, pricePerSecond = 5n) => ({
  settlement,
  pricePerSecond,
  boundary: 60,
  minimumPeriod: 90
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
  it.each(['at-once', 'by-second'] as const)('is that of exactly the seconds, settled %s', (settlement) => {
    expect(priceOf(offer(settlement, 277_777_777_777_777n), 1000, 4600)).toBe(999_999_999_999_997_200n);
    expect(priceOf(offer(settlement), 7, 7)).toBe(0n);
  });

  it.each(['after-events', 'by-event'] as const)(
    'is that of the seconds from the next boundary on, %s',
    (settlement) => {
      expect(chargedFrom(offer(settlement), 61)).toBe(120);
      expect(priceOf(offer(settlement), 61, 240)).toBe(600n);
      expect(priceOf(offer(settlement), 120, 240)).toBe(600n);
      expect(priceOf(offer(settlement), 61, 120)).toBe(0n);
      expect(priceOf(offer(settlement), 61, 62)).toBe(0n);
    }
  );

  it('does not run backwards or in fractions', () => {
    expect(() => priceOf(offer('at-once'), 2, 1)).toThrow(OfferInvalidError);
    expect(() => priceOf(offer('at-once'), 0, 0.5)).toThrow(OfferInvalidError);
  });
});

describe('the fee', () => {
  it('is rounded up, and never more than the payment', () => {
    expect(feeOf(10_000n, 100)).toBe(100n);
    expect(feeOf(10_001n, 100)).toBe(101n);
    expect(feeOf(1n, 1)).toBe(1n);
    expect(feeOf(1n, 0)).toBe(0n);
    expect(feeOf(0n, 10_000)).toBe(0n);
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 140n), fc.integer({ min: 0, max: 10_000 }), (gross, points) => {
        const fee = feeOf(gross, points);
        expect(fee).toBeLessThanOrEqual(gross);
        expect(fee * 10_000n).toBeGreaterThanOrEqual(gross * BigInt(points));
        expect((fee - 1n) * 10_000n).toBeLessThan(gross * BigInt(points));
      })
    );
  });
});

describe('a refund', () => {
  const license = { from: 1, until: 360 };

  it('is by the second what has not run', () => {
    expect(refundQuote(offer('by-second'), license, 61)).toEqual({ until: 61, refund: 1_495n });
  });

  it('is, by event, what lies after the next boundary', () => {
    expect(refundQuote(offer('by-event'), license, 181)).toEqual({ until: 240, refund: 600n });
    expect(refundQuote(offer('by-event'), license, 240)).toEqual({ until: 240, refund: 600n });
    expect(refundQuote(offer('by-event'), license, 359)).toEqual({ until: 360, refund: 0n });
  });

  it('leaves, by event, the minimum that a purchase adds, in whole boundaries', () => {
    expect(refundQuote(offer('by-event'), license, 2)).toEqual({ until: 180, refund: 900n });
    expect(refundQuote(offer('by-event'), { from: 1, until: 120 }, 2)).toEqual({ until: 120, refund: 0n });
  });

  it.each(['at-once', 'after-events'] as const)('is not to be had when settled %s', (settlement) => {
    expect(refundQuote(offer(settlement), license, 61)).toBeUndefined();
  });

  it('is not to be had from a licence that has ended', () => {
    expect(refundQuote(offer('by-second'), license, 360)).toBeUndefined();
  });

  it('is never more than was paid', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...settlementSchema.options),
        fc.nat(10_000),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(20_000),
        (settlement, from, periods, wait) => {
          const until = endOnBoundary(from, 60) + periods * 60;
          const quote = refundQuote(offer(settlement), { from, until }, from + wait);
          if (quote === undefined) return;
          expect(quote.refund).toBeLessThanOrEqual(priceOf(offer(settlement), from, until));
          expect(quote.until).toBeLessThanOrEqual(until);
          if (isSettledByEvents(settlement)) expect(quote.until % 60).toBe(0);
          else expect(quote.until).toBe(from + wait);
        }
      )
    );
  });
});
