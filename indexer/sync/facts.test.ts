import { describe, expect, it } from 'vitest';
import type { Hex } from '#sdk/protocol/primitives';
import { createFactSet } from './fact-set.ts';
import { applyEvent, furtherRowsTouchedBy, rowsTouchedBy } from './facts.ts';
import type { EventCalled, EventName, MarketEvent } from './market-logs.ts';
import { cohortId, depositId, licenseId } from './rules/ids.ts';

const word = (digit: string): Hex => `0x${digit.repeat(64)}`;
const account = (digit: string): Hex => `0x${digit.repeat(40)}`;
const at = (block: number) => ({
  address: account('1'),
  block,
  timestamp: block * 10,
  transactionHash: word('e'),
  logIndex: 3
});

const listed = (offerId: Hex, block: number, pricePerSecond = 5n, settlement = 0): MarketEvent => ({
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
      maximumPeriod: 86_400,
      boundary: 100,
      feeBasisPoints: 333,
      settlement,
      oracle: account('0'),
      events: 0n,
      deliveryPeriod: 0,
      attestationSchema: word('0'),
      attesters: [],
      termsHash: word('5'),
      streams: [account('1')]
    },
    position: 1n,
    documentHash: word('6')
  }
});
const purchased = (from: bigint, until: bigint, block: number, licensee = account('8')): MarketEvent => ({
  ...at(block),
  eventName: 'LicensePurchased',
  args: {
    offerId: word('a'),
    productId: word('2'),
    licensee,
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
    const known = {
      offer: () => ({ settlement: 'BY_EVENT', boundary: 100 }),
      openDeposits: () => [200, 300].map((since) => ({ id: deposit(since), cohort: cohort(since, since + 100) })),
      cohortOf: (id: string) => (id === deposit(300) ? cohort(300, 400) : cohort(200, 300))
    };
    const story = [listed(word('a'), 1, 5n, 3), purchased(150n, 300n, 2), purchased(300n, 400n, 3)];
    const wish = [of('WishMade', { wish: 1n, asker: account('8'), descriptionHash: word('1'), deadline: 9n })];
    const events: MarketEvent[] = [
      ...story,
      of('DepositClosed', { ...ids, since: 300n, spent: 0n, refund: 500n }),
      of('LicenseCancelled', { ...ids, until: 250n, refund: 750n }),
      of('DeliveryReleased', { ...ids, since: 200n, until: 300n, time: 250n, amount: 10n, fee: 1n, final_: false }),
      of('DepositReleased', { ...ids, since: 200n, until: 250n, amount: 10n, fee: 1n }),
      of('AttestationPresented', { ...ids, attestation: word('9') }),
      of('LicenseSettled', { ...ids, until: 250n, amount: 7n }),
      of('KarmaEarned', { account: account('8'), role: 1, points: 5n, units: 5n }),
      of('WishBacked', { wish: 1n, backer: account('8'), amount: 5n, stake: 5n })
    ];
    for (const event of events) {
      const named = new Set(
        [...rowsTouchedBy(event), ...furtherRowsTouchedBy(event, known)].map(({ fact, id }) => `${fact} ${id}`)
      );
      const { facts } = factsAfter(...story, ...wish);
      const touched: string[] = [];
      applyEvent(
        {
          ...facts,
          get: (fact, id) => {
            touched.push(`${fact} ${id}`);
            return facts.get(fact, id);
          },
          put: (fact, row, block) => {
            // rows that can be made but once need not be loaded
            if (fact !== 'purchase') touched.push(`${fact} ${row.id}`);
            facts.put(fact, row, block);
          }
        },
        event
      );
      expect(touched.filter((key) => !named.has(key))).toEqual([]);
    }
  });
});

const ids = { offerId: word('a'), productId: word('2'), licensee: account('8') };
const id = licenseId(word('a'), account('8'));
const deposit = (since: number) => depositId(word('a'), account('8'), since);
const cohort = (since: number, until: number) => cohortId(word('a'), since, until);
const of = <Name extends EventName>(eventName: Name, args: EventCalled<Name>['args'], block = 9): MarketEvent =>
  ({ ...at(block), eventName, args }) as unknown as MarketEvent;

describe('the rules of settlement', () => {
  it('count the fee of a purchase that is settled at once, rounded up, and none of others', () => {
    const { facts } = factsAfter(listed(word('a'), 1, 1n), purchased(100n, 200n, 2));
    // 500 wei at 3.33 per cent
    expect(facts.get('offer', word('a'))).toMatchObject({ revenue: '500', fees: '17', withdrawn: '0' });
    const held = factsAfter(listed(word('a'), 1, 1n, 1), purchased(100n, 200n, 2)).facts;
    applyEvent(held, of('Withdrawn', { ...ids, beneficiary: account('4'), amount: 300n, fee: 10n }));
    expect(held.get('offer', word('a'))).toMatchObject({ revenue: '500', fees: '10', withdrawn: '300' });
  });

  it('end a licence by the second early with what flows back, and forget it with the next purchase', () => {
    const { facts } = factsAfter(
      listed(word('a'), 1, 5n, 1),
      purchased(100n, 200n, 2),
      of('LicenseSettled', { ...ids, until: 150n, amount: 250n }),
      of('LicenseRevoked', { ...ids, until: 150n, refund: 250n, reasonHash: word('c') })
    );
    const revoked = { until: 150, refunded: '250', spent: '250', settledUntil: 150, endedEarly: 'REVOKED' };
    expect(facts.get('license', id)).toMatchObject({ ...revoked, endReasonHash: word('c'), endedEarlyAt: 90 });
    expect(facts.get('offer', word('a'))?.refunded).toBe('250');
    applyEvent(facts, purchased(160n, 300n, 10));
    const again = { from: 160, until: 300, endedEarly: null, endReasonHash: null, endedEarlyAt: null, refunded: '250' };
    expect(facts.get('license', id)).toMatchObject(again);
  });

  it('begin deposits at the boundary, in a chain, each in its cohort', () => {
    const { facts } = factsAfter(listed(word('a'), 1, 5n, 3), purchased(150n, 300n, 2), purchased(300n, 400n, 3));
    expect(facts.get('deposit', deposit(200))).toMatchObject({ since: 200, until: 300, previous: null, alone: false });
    expect(facts.get('deposit', deposit(300))).toMatchObject({ until: 400, previous: deposit(200), amount: '500' });
    expect(facts.get('license', id)?.latestDeposit).toBe(deposit(300));
    expect(facts.get('cohort', cohort(200, 300))).toMatchObject({ deposits: 1, released: '0', final: false });
  });

  it('cut the deposit in which a licence by event ends, and close those after it, counting nothing twice', () => {
    const { facts } = factsAfter(
      listed(word('a'), 1, 5n, 3),
      purchased(150n, 400n, 2),
      purchased(400n, 500n, 3),
      // as the escrow says it before the licence contract does: all of the later one, and half of the first
      of('DepositClosed', { ...ids, since: 400n, spent: 0n, refund: 500n }),
      of('LicenseCancelled', { ...ids, until: 300n, refund: 1_000n })
    );
    expect(facts.get('deposit', deposit(200))).toMatchObject({
      until: 300,
      alone: true,
      refund: '500',
      closedAt: null
    });
    expect(facts.get('deposit', deposit(400))).toMatchObject({ refund: '500', closedAt: 90 });
    expect(facts.get('license', id)).toMatchObject({ until: 300, refunded: '1000', latestDeposit: deposit(200) });
    expect(facts.get('offer', word('a'))?.refunded).toBe('1000');
    expect([cohort(200, 400), cohort(400, 500)].map((key) => facts.get('cohort', key)?.deposits)).toEqual([0, 0]);
    // the next purchase starts where the cut one ends, and the one cut is judged by itself when it is closed
    applyEvent(facts, purchased(300n, 500n, 10));
    expect(facts.get('deposit', deposit(300))).toMatchObject({ previous: deposit(200), until: 500 });
    applyEvent(facts, of('DepositReleased', { ...ids, since: 200n, until: 300n, amount: 200n, fee: 7n }));
    applyEvent(facts, of('DepositClosed', { ...ids, since: 200n, spent: 200n, refund: 300n }));
    expect(facts.get('deposit', deposit(200))).toMatchObject({ spent: '200', refund: '800' });
    expect(facts.get('offer', word('a'))).toMatchObject({ withdrawn: '200', fees: '7', refunded: '1300' });
    expect(facts.get('license', id)).toMatchObject({ spent: '200', refunded: '1300' });
    expect(facts.get('cohort', cohort(200, 400))?.released).toBe('0');
  });

  it('leave a cohort alone that has the times of a deposit judged by itself', () => {
    const { facts, applied } = factsAfter(
      listed(word('a'), 1, 5n, 3),
      purchased(150n, 400n, 2),
      of('LicenseCancelled', { ...ids, until: 300n, refund: 500n }, 3),
      // as long as what is left of the first
      purchased(150n, 300n, 4, account('9')),
      of('DepositReleased', { ...ids, since: 200n, until: 300n, amount: 200n, fee: 7n })
    );
    expect(applied).not.toContain(false);
    const untouched = { deposits: 1, released: '0', fees: '0', judgedUntil: null, final: false };
    expect(facts.get('cohort', cohort(200, 300))).toMatchObject(untouched);
    expect(facts.get('offer', word('a'))).toMatchObject({ withdrawn: '200', fees: '7' });
    const released = { ...ids, since: 200n, until: 300n, time: 300n, amount: 100n, fee: 4n, final_: true };
    applyEvent(facts, of('DeliveryReleased', released));
    expect(facts.get('cohort', cohort(200, 300))).toMatchObject({ released: '100', fees: '4', final: true });
    expect(facts.get('offer', word('a'))).toMatchObject({ withdrawn: '300', fees: '11' });
  });

  it('make a deposit anew where one that flowed back began', () => {
    const { facts } = factsAfter(
      listed(word('a'), 1, 5n, 3),
      purchased(150n, 300n, 2),
      purchased(300n, 400n, 3),
      of('DepositClosed', { ...ids, since: 300n, spent: 0n, refund: 500n }),
      of('LicenseCancelled', { ...ids, until: 300n, refund: 500n }),
      purchased(300n, 600n, 10)
    );
    const anew = { until: 600, previous: deposit(200), refund: '0', closedAt: null, amount: '1500' };
    expect(facts.get('deposit', deposit(300))).toMatchObject(anew);
    expect(facts.get('deposit', deposit(200))).toMatchObject({ alone: false, until: 300 });
  });

  it('pay cohorts out, up to a time', () => {
    const { facts } = factsAfter(listed(word('a'), 1, 5n, 2), purchased(150n, 300n, 2));
    const released = { ...ids, since: 200n, until: 300n, time: 250n, amount: 40n, fee: 2n, final_: false };
    applyEvent(facts, of('DeliveryReleased', released));
    applyEvent(facts, of('DeliveryReleased', { ...released, time: 300n, amount: 60n, fee: 2n, final_: true }));
    const paid = { released: '100', fees: '4', judgedUntil: 300, final: true };
    expect(facts.get('cohort', cohort(200, 300))).toMatchObject(paid);
  });

  it('keep the attestation of a first purchase, and flags with their answers', () => {
    const { facts } = factsAfter(
      listed(word('a'), 1),
      of('AttestationPresented', { ...ids, attestation: word('9') }, 2),
      purchased(100n, 200n, 2),
      of('KeyReplaced', { ...ids, publicKey: word('b') }),
      of('LicenseFlagged', { ...ids, points: 12n, reasonHash: word('c') }),
      of('FlagAnswered', { ...ids, answerHash: word('d') })
    );
    const row = { attestation: word('9'), purchases: 1, from: 100, paid: '500', publicKey: word('b') };
    expect(facts.get('license', id)).toMatchObject({ ...row, flagPoints: '12', flagAnswerHash: word('d') });
    expect(facts.images().filter((image) => image.fact === 'license' && image.block === 2)).toHaveLength(1);
    applyEvent(facts, of('LicenseFlagged', { ...ids, points: 3n, reasonHash: word('e') }));
    const second = { flagPoints: '3', flagReasonHash: word('e'), flagAnswerHash: null };
    expect(facts.get('license', id)).toMatchObject(second);
  });
});

describe('the rules of reputation and wishes', () => {
  it('hold karma by account and role: the balance as it is told, sums of what came and went', () => {
    const { facts, applied } = factsAfter(
      of('KarmaEarned', { account: account('8'), role: 0, points: 5n, units: 6n }),
      of('KarmaEarned', { account: account('8'), role: 1, points: 50n, units: 60n }),
      of('KarmaTaken', { account: account('8'), role: 0, points: 9n, units: 0n }),
      of('KarmaEarned', { account: account('8'), role: 7, points: 1n, units: 1n })
    );
    expect(applied).toEqual([true, true, true, false]);
    expect(facts.get('karma', `${account('8')}-SELLER`)).toMatchObject({ units: '0', earned: '5', taken: '9' });
    expect(facts.get('karma', `${account('8')}-BUYER`)).toMatchObject({ units: '60', earned: '50', taken: '0' });
  });

  it('follow a wish through stakes, answers and two rests', () => {
    const [first, second] = [account('8'), account('9')];
    const product = `${account('3')}${'7'.padStart(24, '0')}` as const;
    const { facts, applied } = factsAfter(
      of('WishMade', { wish: 1n, asker: first, descriptionHash: word('1'), deadline: 99n }),
      of('WishBacked', { wish: 1n, backer: first, amount: 60n, stake: 60n }),
      of('WishBacked', { wish: 1n, backer: second, amount: 30n, stake: 30n }),
      of('WishAnswered', { wish: 1n, answer: 1n, productId: product, beneficiary: account('4') }),
      of('StakeFollows', { wish: 1n, backer: second, follows: true }),
      of('WishBacked', { wish: 1n, backer: second, amount: 10n, stake: 40n }),
      of('StakeReleased', { wish: 1n, answer: 1n, backer: first, amount: 60n }),
      of('RestProposed', { wish: 1n, answer: 1n, payableAt: 70n })
    );
    expect(applied).not.toContain(false);
    const proposed = { total: '100', held: '40', following: '40', restAnswer: '1-1', restPayableAt: 70, round: 0 };
    expect(facts.get('wish', '1')).toMatchObject(proposed);
    applyEvent(facts, of('RestReleased', { wish: 1n, answer: 1n, amount: 40n }));
    const paid = { total: '100', held: '0', following: '0', restAnswer: null, restReleased: '40', round: 1 };
    expect(facts.get('wish', '1')).toMatchObject(paid);
    expect(facts.get('wishAnswer', '1-1')).toMatchObject({ released: '100', seller: account('3'), product });
    expect(facts.get('wishStake', `1-${first}`)).toMatchObject({ stake: '0', released: '60', answer: '1-1' });
    // the stake that followed is spent: what its backer adds is a new one, which does not follow
    applyEvent(facts, of('WishBacked', { wish: 1n, backer: second, amount: 5n, stake: 5n }));
    expect(facts.get('wishStake', `1-${second}`)).toMatchObject({ stake: '5', follows: false });
    expect(facts.get('wish', '1')).toMatchObject({ total: '105', held: '5', following: '0' });
    applyEvent(facts, of('StakeFollows', { wish: 1n, backer: second, follows: true }));
    applyEvent(facts, of('StakeRefunded', { wish: 1n, backer: second, amount: 5n }));
    expect(facts.get('wish', '1')).toMatchObject({ total: '100', held: '0', following: '0' });
    expect(facts.get('wishStake', `1-${second}`)).toMatchObject({ stake: '0', refunded: '5', follows: false });
  });

  it('record attestations, and when they were revoked', () => {
    const said = { uid: word('1'), schema: word('2'), recipient: account('3'), attester: account('4') };
    const { facts, applied } = factsAfter(
      of('AttestationRecorded', { ...said, expirationTime: 2n ** 64n - 1n, data: '0xab' }),
      of('AttestationWithdrawn', said, 11),
      of('AttestationWithdrawn', { ...said, uid: word('9') }, 11)
    );
    expect(applied).toEqual([true, true, false]);
    const row = { expirationTime: '18446744073709551615', data: '0xab', recordedAt: 90, revokedAt: 110 };
    expect(facts.get('attestation', word('1'))).toMatchObject(row);
  });

  it('name streams, and take the name back', () => {
    const created = { stream: account('1'), owner: account('2'), name: 'a', description: '', slotDuration: 1 };
    const { facts } = factsAfter(
      of('StreamCreated', { ...created, partitions: 1 }),
      of('EnsNameChanged', { stream: account('1'), name: 'a.eth', editor: account('2') })
    );
    expect(facts.get('stream', account('1'))?.ensName).toBe('a.eth');
    applyEvent(facts, of('EnsNameChanged', { stream: account('1'), name: '', editor: account('2') }));
    expect(facts.get('stream', account('1'))?.ensName).toBeNull();
  });
});
