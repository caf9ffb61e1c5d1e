import { expect, it } from 'vitest';
import { depositState, lastJudgement, nextJudgement, reportingTime } from './judgement.ts';

const deposit = { since: 3600, until: 10_800 };
const afterEvents = { settlement: 'after-events' as const, deliveryPeriod: 3600 };
const byEvent = { settlement: 'by-event' as const, deliveryPeriod: 3600 };

it('judges after events at the end of the delivery period, and by event at the end of the deposit', () => {
  expect(lastJudgement(afterEvents, deposit)).toBe(7200);
  expect(lastJudgement(byEvent, deposit)).toBe(10_800);
});

it.each([
  ['running', 10_799],
  ['to-judge', 10_800],
  ['to-judge', 10_800 + reportingTime - 1],
  ['overdue', 10_800 + reportingTime]
] as const)('is %s at %i', (state, now) => {
  expect(depositState(byEvent, deposit, now)).toBe(state);
});

it('is judged at the latest boundary that has come, and not after the last', () => {
  const offer = { ...byEvent, boundary: 3600 };
  expect(nextJudgement(offer, deposit, 7199)).toBeNull();
  expect(nextJudgement(offer, deposit, 7200)).toBe(7200);
  expect(nextJudgement(offer, deposit, 50_000)).toBe(10_800);
});
