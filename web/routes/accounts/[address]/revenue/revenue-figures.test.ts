import { expect, it } from 'vitest';
import type { RevenueBucket } from '#sdk/protocol/discovery';
import { drawRevenue, totalsOf } from './revenue-figures.ts';

const data = 10n ** 18n;
const bucket = (earned: bigint, withdrawn: bigint, unearned: bigint): RevenueBucket => ({
  ...{ from: 0, until: 1, paid: '7', earned: String(earned), refunded: '1', withdrawn: String(withdrawn) },
  ...{ unearned: String(unearned), due: String(earned - withdrawn), licenses: 2, renewals: 1, ended: 3, renewed: 1 }
});
const two = [bucket(2n * data, data, 4n * data), bucket(data, 0n, data)];

it('adds up units; what is held is that of the last', () => {
  expect(totalsOf(two)).toEqual({
    ...{ paid: 14n, earned: 3n * data, refunded: 2n, withdrawn: data, unearned: data, due: data },
    ...{ licenses: 4, renewals: 2, ended: 6, renewed: 2 }
  });
  expect(totalsOf([]).unearned).toBe(0n);
});

it('draws against the highest amount', () => {
  expect(drawRevenue(two)).toEqual({
    ...{ earned: [48, 24], withdrawn: [24, 0], unearned: 'M0 4.0H1L1 76.0H2', most: 4n * data }
  });
  expect(drawRevenue([bucket(0n, 0n, 0n)])).toBeNull();
});
