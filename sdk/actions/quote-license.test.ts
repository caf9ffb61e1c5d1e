import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteLicense } from './quote-license.ts';

const offer = {
  pricePerSecond: 5n,
  minimumPeriod: 3600,
  maximumPeriod: 157_680_000,
  boundary: 3600,
  settlement: 'at-once'
} as const;
const latest = Math.floor((1_795_000_000 + offer.maximumPeriod) / 3600) * 3600;
const now = 1_795_000_000;

describe('a quote', () => {
  it('ends on the boundary and costs exactly the seconds up to it', () => {
    const quote = quoteLicense({ offer, seconds: 3600, now });
    expect(quote).toEqual({
      from: now,
      chargedFrom: now,
      until: 1_795_006_800,
      latest,
      seconds: 6800,
      price: 34_000n
    });
  });

  it('begins a renewal at the end of the running licence', () => {
    const runningUntil = 1_795_006_800;
    const quote = quoteLicense({ offer, seconds: 3600, now, runningUntil });
    expect(quote).toEqual({
      from: runningUntil,
      chargedFrom: runningUntil,
      until: runningUntil + 3600,
      latest,
      seconds: 3600,
      price: 18_000n
    });
  });

  it('does not count a licence that has ended', () => {
    expect(quoteLicense({ offer, seconds: 3600, now, runningUntil: now - 1 }).from).toBe(now);
  });

  it('costs nothing when the offer is free', () => {
    expect(quoteLicense({ offer: { ...offer, pricePerSecond: 0n }, seconds: 3600, now }).price).toBe(0n);
  });

  it.each(['after-events', 'by-event'] as const)('is charged from the next boundary on, settled %s', (settlement) => {
    const quote = quoteLicense({ offer: { ...offer, settlement }, seconds: 3600, now });
    expect(quote).toMatchObject({ from: now, chargedFrom: 1_795_003_200, until: 1_795_006_800, price: 18_000n });
    // So close to the boundary that the purchase may be mined after it: then the next hour still counts.
    const late = quoteLicense({ offer: { ...offer, settlement }, seconds: 3600, now: 1_795_003_190 });
    expect(late).toMatchObject({ chargedFrom: 1_795_003_200, until: 1_795_010_400, price: 36_000n });
  });

  it('goes no further ahead than the seller sells', () => {
    const sold = { ...offer, maximumPeriod: 7200 };
    const quote = quoteLicense({ offer: sold, seconds: 86_400, now });
    expect(quote).toMatchObject({ until: 1_795_006_800, latest: 1_795_006_800 });
  });

  it('says when not even the shortest renewal fits yet', () => {
    const sold = { ...offer, maximumPeriod: 7200 };
    const quote = quoteLicense({ offer: sold, seconds: 3600, now, runningUntil: 1_795_006_800 });
    expect(quote.until).toBe(1_795_010_400);
    expect(quote.latest).toBeLessThan(quote.until);
  });

  it('is never shorter than wanted or than the minimum, also when it is mined later, nor a boundary too long', () => {
    const numbers = fc.record({
      boundary: fc.integer({ min: 60, max: 31_536_000 }),
      minimumPeriod: fc.integer({ min: 0, max: 31_536_000 }),
      seconds: fc.integer({ min: 1, max: 31_536_000 }),
      at: fc.integer({ min: 1_600_000_000, max: 2_000_000_000 }),
      running: fc.integer({ min: -100_000, max: 100_000 }),
      inclusion: fc.integer({ min: 0, max: 600 })
    });
    fc.assert(
      fc.property(numbers, ({ boundary, minimumPeriod, seconds, at, running, inclusion }) => {
        const quote = quoteLicense({
          offer: { ...offer, pricePerSecond: 3n, minimumPeriod, boundary },
          seconds,
          now: at,
          runningUntil: at + running,
          inclusion
        });
        const renewal = running > 0;
        const least = Math.max(seconds, minimumPeriod + (renewal ? 0 : inclusion));
        expect(quote.until % boundary).toBe(0);
        expect(quote.from).toBe(renewal ? at + running : at);
        expect(quote.seconds).toBeGreaterThanOrEqual(least);
        expect(quote.seconds).toBeLessThan(least + boundary);
        expect(quote.price).toBe(3n * BigInt(quote.seconds));
      })
    );
  });
});
