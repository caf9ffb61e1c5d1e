import { describe, expect, it } from 'vitest';
import type { WishRecord } from '#sdk/protocol/discovery';
import { wishActs } from './wish-acts.ts';

const asker = `0x${'a1'.repeat(20)}` as const;
const backer = `0x${'b2'.repeat(20)}` as const;
const deadline = 1_000;

function answer(number: string, released: string): WishRecord['answers'][number] {
  return {
    number,
    productId: `0x${'c3'.repeat(32)}`,
    productName: null,
    seller: asker,
    beneficiary: asker,
    released,
    answeredAt: { number: 1, timestamp: 1 }
  };
}
const wish = { asker, deadline, total: '100', following: '0', rest: null, answers: [] };
const stake = { amount: 10n, follows: false };

describe('wishActs', () => {
  it('lets anybody back and answer until the deadline', () => {
    expect(wishActs(wish, null, null, deadline)).toMatchObject({ back: true, answer: true, refund: false });
    expect(wishActs(wish, null, null, deadline + 1)).toMatchObject({ back: false, answer: false });
  });

  it('lets a backer release to an answer, also after the deadline, and follow before it', () => {
    const answered = { ...wish, answers: [answer('1', '0')] };
    expect(wishActs(answered, stake, backer, 5)).toMatchObject({ release: true, follow: true, unfollow: false });
    expect(wishActs(answered, stake, backer, deadline + 1)).toMatchObject({ release: true, refund: true });
    expect(wishActs(wish, stake, backer, 5).release).toBe(false);
  });

  it('lets nobody without a stake take one back', () => {
    expect(wishActs(wish, { amount: 0n, follows: false }, backer, deadline + 1).refund).toBe(false);
  });

  it('lets the asker alone propose the rest, where more than half went to one answer and somebody follows', () => {
    const half = { ...wish, following: '20', answers: [answer('1', '50')] };
    const majority = { ...wish, following: '20', answers: [answer('1', '9'), answer('2', '51')] };
    expect(wishActs(half, null, asker, 5).propose).toBeNull();
    expect(wishActs(majority, null, asker, 5).propose).toBe('2');
    expect(wishActs(majority, null, backer, 5).propose).toBeNull();
    expect(wishActs({ ...majority, following: '0' }, null, asker, 5).propose).toBeNull();
    expect(wishActs(majority, null, asker, deadline + 1).propose).toBeNull();
  });

  it('lets backers object while the rest is proposed, and anybody pay it afterwards', () => {
    const proposed = { ...wish, following: '10', rest: { answer: '1', payableAt: 500 }, answers: [answer('1', '60')] };
    const following = { amount: 10n, follows: true };
    expect(wishActs(proposed, following, backer, 499)).toMatchObject({ refund: true, unfollow: true, payRest: false });
    expect(wishActs(proposed, stake, backer, 499).follow).toBe(false);
    expect(wishActs(proposed, null, null, 500).payRest).toBe(true);
  });
});
