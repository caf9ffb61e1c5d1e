import { zeroAddress, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import type { Offer } from '#sdk/protocol/offer';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { faultsOf } from './faults.ts';
import { draftOfOffer } from './offer-draft.ts';
import { offerTermsOf, type SellRules } from './offer-terms.ts';
import { faultsInStep } from './sell-step.ts';

const account = (digit: string): Address => `0x${digit.repeat(40)}`;
const schema: Hex = `0x${'5'.repeat(64)}`;
const rules: SellRules = {
  feeBasisPoints: 500,
  contracts: { DeliveryOracle: account('c'), AttestationService: account('e') },
  schemas: { domain: null, organisation: null, ensName: null, knownBuyer: null }
};
const context = { terms: 'Read it, do not pass it on.', slotDuration: 60, publicRead: false };
const bySecond: Offer = {
  seller: account('1'),
  productNumber: 7n,
  beneficiary: account('2'),
  pricePerSecond: 277_777_777_777_777n,
  minimumPeriod: 5400,
  maximumPeriod: 700_000,
  boundary: 1800,
  feeBasisPoints: 500,
  settlement: 'by-second',
  oracle: zeroAddress,
  events: 0n,
  deliveryPeriod: 0,
  attestationSchema: zeroHash,
  termsHash: zeroHash,
  attesters: [],
  streams: [account('a')]
};
const again = (offer: Offer) => offerTermsOf(draftOfOffer(offer, context, rules), rules);

describe('the draft of an offer', () => {
  it('makes the same offer where nothing is changed, to the wei', () => {
    const { pricePerSecond, minimumPeriod, maximumPeriod, boundary, settlement } = bySecond;
    expect(again(bySecond)).toEqual({ pricePerSecond, minimumPeriod, maximumPeriod, boundary, settlement });
    expect(again({ ...bySecond, pricePerSecond: 0n, settlement: 'at-once' }).pricePerSecond).toBe(0n);
    const draft = draftOfOffer(bySecond, context, rules);
    for (const step of ['terms', 'price', 'settlement'] as const) {
      expect(faultsInStep(faultsOf(draft, rules), step)).toEqual({});
    }
    expect(draft.terms).toBe(context.terms);
  });

  it.each([account('c'), account('d')])(
    'keeps the promise of events, counted by %s, and what buyers need',
    (oracle) => {
      const attesters = [account('3'), account('4')];
      const offer: Offer = { ...bySecond, settlement: 'by-event', oracle, events: 90n, deliveryPeriod: 3600 };
      const demanding = { ...offer, attestationSchema: schema, attesters };
      expect(again(demanding)).toMatchObject({
        settlement: 'by-event',
        delivery: { events: 90n, period: 3600, oracle },
        requires: { schema, attesters }
      });
    }
  );
});
