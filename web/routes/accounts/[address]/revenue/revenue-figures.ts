import type { RevenueBucket } from '#sdk/protocol/discovery';

/** What all units come to together: sums of wei and counts, and what is held at the end. */
export function totalsOf(buckets: readonly RevenueBucket[]) {
  const wei = (name: 'paid' | 'earned' | 'refunded' | 'withdrawn') =>
    buckets.reduce((total, bucket) => total + BigInt(bucket[name]), 0n);
  const count = (name: 'licenses' | 'renewals' | 'ended' | 'renewed') =>
    buckets.reduce((total, bucket) => total + bucket[name], 0);
  const last = buckets.at(-1);
  return {
    ...{ paid: wei('paid'), earned: wei('earned'), refunded: wei('refunded'), withdrawn: wei('withdrawn') },
    ...{ unearned: BigInt(last?.unearned ?? '0'), due: BigInt(last?.due ?? '0') },
    ...{ licenses: count('licenses'), renewals: count('renewals') },
    ...{ ended: count('ended'), renewed: count('renewed') }
  };
}

export interface RevenueDrawing {
  /** Heights of bars, 0 to 100, unit by unit. */
  readonly earned: readonly number[];
  readonly withdrawn: readonly number[];
  /** SVG path in a box as many wide as there are units and 100 high, the origin at the top left. */
  readonly unearned: string;
  /** Wei at the top. */
  readonly most: bigint;
}

/** Revenue -> what is drawn of it; null where there is nothing. Exact enough to be drawn. */
export function drawRevenue(
  buckets: readonly Pick<RevenueBucket, 'earned' | 'withdrawn' | 'unearned'>[]
): RevenueDrawing | null {
  const amounts = buckets.flatMap(({ earned, withdrawn, unearned }) => [earned, withdrawn, unearned].map(BigInt));
  const most = amounts.reduce((highest, wei) => (wei > highest ? wei : highest), 0n);
  if (most === 0n) return null;
  const height = (wei: string) => Number((BigInt(wei) * 9_600n) / most) / 100;
  const line = buckets.map(({ unearned }, place) => {
    const top = (100 - height(unearned)).toFixed(1);
    return `${String(place)} ${top}H${String(place + 1)}`;
  });
  return {
    earned: buckets.map(({ earned }) => height(earned)),
    withdrawn: buckets.map(({ withdrawn }) => height(withdrawn)),
    unearned: `M${line.join('L')}`,
    most
  };
}
