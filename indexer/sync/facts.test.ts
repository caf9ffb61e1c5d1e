import { describe, expect, it } from 'vitest';
import type { Hex } from '#sdk/protocol/primitives';
import { createFactSet } from './fact-set.ts';
import { applyEvent, licenseId, rowsTouchedBy } from './facts.ts';
import type { MarketEvent } from './market-logs.ts';

const word = (digit: string): Hex => `0x${digit.repeat(64)}`;
const account = (digit: string): Hex => `0x${digit.repeat(40)}`;
const at = (block: number) => ({
  address: account('1'),
  block,
  timestamp: block * 10,
  transactionHash: word('e'),
  logIndex: 3
});

const listed = (offerId: Hex, block: number, pricePerSecond = 5n): MarketEvent => ({
  ...at(block),
  eventName: 'OfferListed',
  args: {
    offerId,
    productId: word('2'),
    seller: account('3'),
    offer: {
      seller: account('3'),
      productNumber: 7n,
      beneficiary: account('4'),
      pricePerSecond,
      minimumPeriod: 60,
      boundary: 3_600,
      termsHash: word('5'),
      streams: [account('1')]
    },
    position: 1n,
    documentHash: word('6')
  }
});
const purchased = (from: bigint, until: bigint, block: number): MarketEvent => ({
  ...at(block),
  eventName: 'LicensePurchased',
  args: {
    offerId: word('a'),
    productId: word('2'),
    licensee: account('8'),
    payer: account('9'),
    from,
    until,
    paid: (until - from) * 5n,
    publicKey: word('7')
  }
});

function factsAfter(...events: MarketEvent[]) {
  const facts = createFactSet(new Map());
  return { facts, applied: events.map((event) => applyEvent(facts, event)) };
}

describe('the rules of the facts', () => {
  it('continue the range of a licence that is renewed without a gap, and begin a new one after a gap', () => {
    const { facts } = factsAfter(listed(word('a'), 1), purchased(100n, 200n, 2), purchased(200n, 300n, 3));
    const id = licenseId(word('a'), account('8'));
    expect(facts.get('license', id)).toMatchObject({ from: 100, until: 300, paid: '1000', purchases: 2 });
    applyEvent(facts, purchased(400n, 500n, 4));
    expect(facts.get('license', id)).toMatchObject({ from: 400, until: 500, paid: '1500', purchases: 3 });
    expect(facts.get('offer', word('a'))?.revenue).toBe('1500');
    expect(facts.get('product', word('2'))).toMatchObject({ revenue: '1500', purchases: 3 });
  });

  it('let a product follow the offer listed last, and only that one', () => {
    const { facts } = factsAfter(listed(word('a'), 1), listed(word('b'), 2, 9n));
    expect(facts.get('product', word('2'))).toMatchObject({
      currentOffer: word('b'),
      pricePerSecond: '9',
      createdAtBlock: 1
    });
    const ids = { offerId: word('a'), productId: word('2') };
    applyEvent(facts, { ...at(3), eventName: 'OfferRetired', args: ids });
    applyEvent(facts, { ...at(4), eventName: 'OfferDescribed', args: { ...ids, documentHash: word('c') } });
    expect(facts.get('product', word('2'))).toMatchObject({ listed: true, documentHash: word('6') });
    expect(facts.get('offer', word('a'))).toMatchObject({ listed: false, retiredAt: 30, documentHash: word('c') });
  });

  it('take nothing from an event about what was never made', () => {
    const { facts, applied } = factsAfter(purchased(1n, 2n, 1), {
      ...at(1),
      eventName: 'Deleted',
      args: { account: account('1') }
    });
    expect(applied).toEqual([false, false]);
    expect(facts.changed().size).toBe(0);
  });

  it('keep one image per row and block: how the row was before the block', () => {
    const { facts } = factsAfter(listed(word('a'), 1), purchased(100n, 200n, 2), purchased(200n, 300n, 2));
    const images = facts.images().filter(({ fact }) => fact === 'offer');
    expect(images.map(({ block }) => block)).toEqual([1, 2]);
    expect(images[0]?.image).toBeNull();
    expect(images[1]?.image).toMatchObject({ revenue: '0' });
  });

  it('name beforehand every row that they ask for', () => {
    const events = [listed(word('a'), 1), purchased(100n, 200n, 2)];
    for (const event of events) {
      const named = new Set(rowsTouchedBy(event).map(({ fact, id }) => `${fact} ${id}`));
      const { facts } = factsAfter(listed(word('a'), 0));
      const asked: string[] = [];
      applyEvent(
        {
          ...facts,
          get: (fact, id) => {
            asked.push(`${fact} ${id}`);
            return facts.get(fact, id);
          }
        },
        event
      );
      expect(asked.filter((key) => !named.has(key))).toEqual([]);
    }
  });
});
