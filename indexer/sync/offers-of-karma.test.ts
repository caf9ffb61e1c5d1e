import { expect, it } from 'vitest';
import type { Hex } from '#sdk/protocol/primitives';
import type { MarketEvent } from './market-logs.ts';
import { nameOffersOfKarma } from './offers-of-karma.ts';

const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;
let logIndex = 0;
const event = (transaction: string, eventName: string, args: object): MarketEvent => {
  logIndex += 1;
  const origin = { address: '0x', block: 1, timestamp: 1, transactionHash: hash(transaction), logIndex };
  return { ...origin, eventName, args } as unknown as MarketEvent;
};
const earned = (transaction: string, role: 0 | 1) => event(transaction, 'KarmaEarned', { account: '0x', role });
const of = (transaction: string, name: string, offer: string) => event(transaction, name, { offerId: hash(offer) });
const offersOf = (events: readonly MarketEvent[]) =>
  nameOffersOfKarma(events).flatMap(({ eventName, through }) =>
    eventName.startsWith('Karma') ? [through?.[2] ?? null] : []
  );

it('takes the purchase before it, of several purchases in a transaction each its own', () => {
  expect(
    offersOf([
      ...[of('1', 'LicensePurchased', 'a'), earned('1', 0), earned('1', 1)],
      ...[of('1', 'LicensePurchased', 'b'), of('1', 'LicenseSettled', 'b'), earned('1', 1)]
    ])
  ).toEqual(['a', 'a', 'b']);
});

it('takes the payment after it where a seller is paid out of what was held', () => {
  expect(
    offersOf([
      ...[earned('1', 0), of('1', 'Withdrawn', 'a'), earned('1', 0), of('1', 'Withdrawn', 'b')],
      ...[earned('2', 0), of('2', 'DeliveryReleased', 'c')],
      ...[earned('3', 0), of('3', 'DepositReleased', 'd'), of('3', 'DepositClosed', 'd'), earned('3', 1)]
    ])
  ).toEqual(['a', 'b', 'c', 'd', 'd']);
});

it('takes the flag before what it takes, also where the seller is paid in between', () => {
  const taken = event('1', 'KarmaTaken', { account: '0x', role: 0 });
  expect(offersOf([of('1', 'LicenseFlagged', 'a'), earned('1', 0), of('1', 'Withdrawn', 'a'), taken])).toEqual([
    'a',
    'a'
  ]);
});

it('takes nothing of another transaction', () => {
  expect(offersOf([of('1', 'LicensePurchased', 'a'), earned('2', 1), of('3', 'Withdrawn', 'b')])).toEqual([null]);
});
