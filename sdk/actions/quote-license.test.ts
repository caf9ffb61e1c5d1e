import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteLicense } from './quote-license.ts';

const offer = { pricePerSecond: 5n, minimumPeriod: 3600, boundary: 3600 };
const now = 1_795_000_000;

describe('a quote', () => {
  it('ends on the boundary and costs exactly the seconds up to it', () => {
    const quote = quoteLicense({ offer, seconds: 3600, now });
    expect(quote).toEqual({ from: now, until: 1_795_006_800, seconds: 6800, price: 34_000n });
  });

  it('begins a renewal at the end of the running licence', () => {
    const runningUntil = 1_795_006_800;
    const quote = quoteLicense({ offer, seconds: 3600, now, runningUntil });
    expect(quote).toEqual({ from: runningUntil, until: runningUntil + 3600, seconds: 3600, price: 18_000n });
  });

  it('does not count a licence that has ended', () => {
    expect(quoteLicense({ offer, seconds: 3600, now, runningUntil: now - 1 }).from).toBe(now);
  });

  it('costs nothing when the offer is free', () => {
    expect(quoteLicense({ offer: { ...offer, pricePerSecond: 0n }, seconds: 3600, now }).price).toBe(0n);
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
          offer: { pricePerSecond: 3n, minimumPeriod, boundary },
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
