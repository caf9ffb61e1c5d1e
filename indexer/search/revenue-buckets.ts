import type { RevenueBucket, RevenuePeriod } from '#sdk/protocol/discovery';

/**
 * What happened in a slot of time. `rate` (wei a second) and `rated` (wei a second times Unix seconds) tell what is
 * earned by the second: up to a time t, all rates until then times t, less all that was rated.
 */
export const flowKinds = [
  'paid',
  'earned',
  'refunded',
  'withdrawn',
  'rate',
  'rated',
  'license',
  'renewal',
  'ended',
  'renewed'
] as const;
export type FlowKind = (typeof flowKinds)[number];

/** Sum and number of the flows of a kind; slot 0 lies before the first boundary, slot n before boundary n. */
export interface Flow {
  readonly slot: number;
  readonly kind: FlowKind;
  readonly amount: bigint;
  readonly count: number;
}

const day = 86_400;

/** Beginning of the unit, in UTC, in which a time lies; `step` units later. Unix seconds. */
export function startOfUnit(period: RevenuePeriod, time: number, step = 0): number {
  if (period === 'month') {
    const date = new Date(time * 1_000);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + step) / 1_000;
  }
  if (period === 'day') return (Math.floor(time / day) + step) * day;
  // 1970 began on a Thursday: its first Monday was the fifth day
  return (Math.floor((time / day - 4) / 7) + step) * 7 * day + 4 * day;
}

/** Boundaries of the units from the one of `from` to the one in which the second before `to` lies. */
export function boundariesOf(period: RevenuePeriod, from: number, to: number): number[] {
  const boundaries = [Math.max(0, startOfUnit(period, from))];
  for (let next = boundaries[0] ?? 0; next < to;) {
    next = startOfUnit(period, next, 1);
    boundaries.push(next);
  }
  return boundaries;
}

/**
 * Sums up flows unit by unit.
 *
 * @param boundaries Unix seconds, ascending: unit n lies between boundary n and the next.
 * @param now Unix seconds: what runs has been earned until then, and no flow is later.
 */
export function sumUp(flows: readonly Flow[], boundaries: readonly number[], now: number): RevenueBucket[] {
  const bySlot = new Map<number, Flow[]>();
  for (const flow of flows) bySlot.set(flow.slot, [...(bySlot.get(flow.slot) ?? []), flow]);
  const total: Record<FlowKind, bigint> = {
    ...{ paid: 0n, earned: 0n, refunded: 0n, withdrawn: 0n, rate: 0n, rated: 0n },
    ...{ license: 0n, renewal: 0n, ended: 0n, renewed: 0n }
  };
  /** Adds the flows of a slot; what came to be until its end. */
  const advance = (slot: number, end: number) => {
    for (const { kind, amount, count } of bySlot.get(slot) ?? []) {
      const counted = kind === 'license' || kind === 'renewal' || kind === 'ended' || kind === 'renewed';
      total[kind] += counted ? BigInt(count) : amount;
    }
    const earned = total.earned + BigInt(Math.min(end, now)) * total.rate - total.rated;
    return { ...total, earned };
  };
  let before = advance(0, boundaries[0] ?? 0);
  return boundaries.slice(1).map((until, index) => {
    const after = advance(index + 1, until);
    const added = (kind: FlowKind) => after[kind] - before[kind];
    const bucket = {
      from: boundaries[index] ?? 0,
      until,
      ...{ paid: String(added('paid')), earned: String(added('earned')) },
      ...{ refunded: String(added('refunded')), withdrawn: String(added('withdrawn')) },
      unearned: String(after.paid - after.refunded - after.earned),
      due: String(after.earned - after.withdrawn),
      ...{ licenses: Number(added('license')), renewals: Number(added('renewal')) },
      ...{ ended: Number(added('ended')), renewed: Number(added('renewed')) }
    };
    before = after;
    return bucket;
  });
}
